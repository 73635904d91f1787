"""The seam to workers: whatever gives a campaign rows to send says so here, in its own transaction.

The embedded sender finds the campaign by itself, and the sooner where the bell rings after the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlalchemy import Connection, select

from ...models import CampanaSMS
from ..states import RUNNING

OPTION = "place"
"""The execution option of an engine whose campaigns are given to workers."""

Place = Callable[[Connection, int, int], None]


def placed(connection: Connection, campaign_id: int) -> None:
    """Give a campaign that runs to the workers, if there are any."""
    place = cast("Place | None", connection.get_execution_options().get(OPTION))
    if place is None:
        return
    runs = select(CampanaSMS.pendientes).where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(RUNNING))
    if rows := connection.scalar(runs):
        place(connection, campaign_id, rows)
