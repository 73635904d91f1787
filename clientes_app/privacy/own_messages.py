"""Messages of people to themselves, tests and codes: blanked a day after, for nobody looks at them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, Engine, select, update

from ..database.paging import read_in_batches
from ..database.transactions import write_transaction
from ..models import CampanaSMS, SMSLog
from ..models.types import utc_now
from ..sending import control
from ..sending.states import lock_campaigns
from .blanking import IN_FLIGHT, blank

KEPT = timedelta(days=1)
BLANK = "…"
"""Stands for a text that is gone: the database wants one."""


def sweep(engine: Engine) -> int:
    """Blank the messages that people sent to themselves a day ago or longer; return how many."""
    return sum(_is_blanked(engine, sent_id) for sent_id in _due(engine))


def _due(engine: Engine) -> Iterator[int]:
    due = select(CampanaSMS.id).where(
        CampanaSMS.es_prueba, CampanaSMS.depurada.is_(None), CampanaSMS.creado < utc_now() - KEPT
    )
    for batch in read_in_batches(engine, due):
        yield from (row.id for row in batch)


def _is_blanked(engine: Engine, sent_id: int) -> bool:
    """Blank a message, and let it wait no longer if it does; return whether it is blank now: not on its way out."""
    with write_transaction(engine) as connection:
        lock_campaigns(connection, [sent_id])
        control.cancel(connection, sent_id)
        blank(connection, _settled(connection, sent_id))
        ended = CampanaSMS.id == sent_id, CampanaSMS.pendientes == 0, CampanaSMS.enviando == 0
        gone = update(CampanaSMS).where(*ended).values(depurada=utc_now(), mensaje=BLANK)
        return connection.execute(gone).rowcount == 1


def _settled(connection: Connection, sent_id: int) -> list[tuple[int, str | None]]:
    rows = select(SMSLog.id, SMSLog.telefono_e164).where(SMSLog.campana_id == sent_id, SMSLog.estado.not_in(IN_FLIGHT))
    return [(row_id, number) for row_id, number in connection.execute(rows)]
