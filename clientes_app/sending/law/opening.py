"""Which campaigns wait for the lawful hours to open, and until when; derived from the clock, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from ...models import CampanaSMS, EstadoSMS, SMSLog
from ..states import RUNNING
from .bounds import IS_BOUND, WITHIN, Hourly, Reach, hourly_of
from .hours import Window
from .rules import Closer

# Statements that run at each look are built once: building one costs more than running it.
_BOUND: Select[*tuple[Any, ...]] = (
    select(CampanaSMS.id, CampanaSMS.usuario_id, CampanaSMS.a_colombia, CampanaSMS.al_exterior)
    .where(CampanaSMS.id.in_(bindparam("campaign_ids", expanding=True)))
    .where(CampanaSMS.estado.in_(RUNNING), CampanaSMS.pendientes > 0, IS_BOUND)
    .order_by(CampanaSMS.id)
)


@dataclass(frozen=True)
class Closed:
    """How the hours are closed to a campaign."""

    until: datetime | None
    """None: they never open."""
    by_shop: bool
    """Whether the law would let it out."""


def closed_ones(connection: Connection, campaign_ids: Sequence[int]) -> dict[int, Closed]:
    """Return those of the campaigns that wait for the hours, each with the next opening."""
    if not campaign_ids:
        return {}
    accounts: dict[int, Hourly] = {}
    closed: dict[int, Closed] = {}
    for campaign in connection.execute(_BOUND, {"campaign_ids": list(campaign_ids)}).all():
        if campaign.usuario_id not in accounts:
            accounts[campaign.usuario_id] = hourly_of(connection, campaign.usuario_id)
        hours = accounts[campaign.usuario_id]
        windows = _windows(connection, campaign, hours)
        if windows and not any(window.is_open for window in windows):
            until = min((window.until for window in windows if window.until), default=None)
            closed[campaign.id] = Closed(until, hours.closer is Closer.SHOP)
    return closed


def _windows(connection: Connection, campaign: Row[Any], hourly: Hourly) -> list[Window]:
    """Return how the hours stand for those to whom something of a campaign is still to be sent."""
    if campaign.a_colombia and campaign.al_exterior and hourly.colombia.is_open is not hourly.elsewhere.is_open:
        return [
            window
            for window, reach in ((hourly.colombia, Reach.COLOMBIA), (hourly.elsewhere, Reach.ELSEWHERE))
            if connection.scalar(_pending_within(reach), {"campaign_id": campaign.id}) is not None
        ]
    asked = ((hourly.colombia, campaign.a_colombia), (hourly.elsewhere, campaign.al_exterior))
    return [window for window, goes_there in asked if goes_there]


@cache
def _pending_within(reach: Reach) -> Select[int]:
    return (
        select(SMSLog.id)
        .where(SMSLog.campana_id == bindparam("campaign_id"), SMSLog.estado == EstadoSMS.PENDIENTE, WITHIN[reach])
        .limit(1)
    )
