"""Which campaigns wait, for a limit or for the lawful hours, and until when; derived, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, String, bindparam, func, select, type_coerce
from sqlalchemy.orm import aliased

from ..messaging.personalization import recipient_of, shared_of, template_of
from ..messaging.sms_parts import measure
from ..messaging.way_out import ending
from ..models import CampanaSMS, Consumo, Cuenta, EstadoSMS, SMSLog
from ..models.types import Money, utc_now
from ..values.days import day_after, first_of_next_month
from .allowance import HAS_LIMITS, NOTHING, cost_of, prices_of
from .law.opening import closed_ones
from .opt_outs import HAS_OPTED_OUT
from .states import RUNNING

_OfTheMonth = aliased(Consumo)


class Reason(StrEnum):
    """What a campaign may wait for."""

    DAY = "dia"
    """The account's most messages a day are used up."""
    MONTH = "mes"
    """So are its most pesos a month."""
    HOURS = "horario"
    """The lawful hours of advertising are closed."""


@dataclass(frozen=True)
class Wait:
    """Why a campaign waits, and until when."""

    reason: Reason
    until: datetime | None
    """None where what the account has settled lets nothing through, on no day."""
    day: date | None = None
    """Where it is a limit: the first day, in the account's zone, of the time that begins then."""
    by_shop: bool = False
    """Where it is the hours: whether the shop's own are closed, and the law would let it out."""


@dataclass(frozen=True)
class Standing:
    """How a running campaign stands to its account's limits, and to the hours."""

    wait: Wait | None
    is_covered: bool
    """Whether what the limits leave is enough for all that is pending."""


def standings(connection: Connection, campaign_ids: Sequence[int]) -> dict[int, Standing]:
    """Return how those of the campaigns stand that run and wait for the hours, or have limits and claimed today."""
    running = connection.execute(_LIMITED, {"campaign_ids": list(campaign_ids), "now": utc_now()})
    found = {campaign.id: _standing(connection, campaign) for campaign in running.all()}
    for campaign_id, closed in closed_ones(connection, campaign_ids).items():
        standing = found.get(campaign_id, _UNLIMITED)
        wait = Wait(Reason.HOURS, closed.until, by_shop=closed.by_shop)
        found[campaign_id] = replace(standing, wait=_longer(standing.wait, wait))
    return found


_UNLIMITED = Standing(wait=None, is_covered=True)


def _longer(wait: Wait | None, other: Wait) -> Wait:
    """Return the wait that ends later; one that never ends before all others."""
    if wait is None or other.until is None:
        return other
    return wait if wait.until is None or wait.until > other.until else other


def _limited() -> Select[*tuple[Any, ...]]:
    spent = select(func.sum(_OfTheMonth.pesos)).where(
        _OfTheMonth.usuario_id == Consumo.usuario_id, _OfTheMonth.termina_mes == Consumo.termina_mes
    )
    pending_cost = CampanaSMS.costo * CampanaSMS.pendientes / func.nullif(CampanaSMS.destinatarios, 0)
    return (
        select(
            CampanaSMS.id,
            CampanaSMS.usuario_id,
            CampanaSMS.mensaje,
            CampanaSMS.compartido,
            CampanaSMS.pie,
            CampanaSMS.pendientes,
            func.coalesce(type_coerce(pending_cost, Money), NOTHING).label("pending_cost"),
            Cuenta.mensajes_por_dia,
            Cuenta.pesos_por_mes,
            Consumo.dia,
            Consumo.termina,
            Consumo.termina_mes,
            Consumo.mensajes,
            spent.scalar_subquery().label("spent"),
        )
        .select_from(CampanaSMS)
        .join(Cuenta, Cuenta.usuario_id == CampanaSMS.usuario_id)
        .join(Consumo, Consumo.usuario_id == CampanaSMS.usuario_id)
        .where(CampanaSMS.id.in_(bindparam("campaign_ids", expanding=True)), CampanaSMS.estado.in_(RUNNING))
        .where(CampanaSMS.pendientes > 0, HAS_LIMITS, Consumo.termina > bindparam("now"))
    )


_LIMITED = _limited()
_NEXT_MESSAGE = (
    select(SMSLog.nombre, SMSLog.valores, type_coerce(SMSLog.telefono_e164, String()).label("telefono_e164"))
    .where(SMSLog.campana_id == bindparam("campaign_id"), SMSLog.estado == EstadoSMS.PENDIENTE, ~HAS_OPTED_OUT)
    .order_by(SMSLog.id)
    .limit(1)
)


def _standing(connection: Connection, campaign: Row[Any]) -> Standing:
    left = None if campaign.mensajes_por_dia is None else campaign.mensajes_por_dia - campaign.mensajes
    pesos_left = None if campaign.pesos_por_mes is None else campaign.pesos_por_mes - campaign.spent
    is_covered = (left is None or campaign.pendientes <= left) and (
        pesos_left is None or campaign.pending_cost <= pesos_left
    )
    wait = _wait_for_month(connection, campaign, pesos_left) if pesos_left is not None else None
    return Standing(wait or _wait_for_day(campaign, left), is_covered)


def _wait_for_day(campaign: Row[Any], left: int | None) -> Wait | None:
    if left is None or left > 0:
        return None
    until = campaign.termina if campaign.mensajes_por_dia else None
    return Wait(Reason.DAY, until, day_after(campaign.dia))


def _wait_for_month(connection: Connection, campaign: Row[Any], left: Decimal) -> Wait | None:
    """Return the wait of a campaign whose next message costs more than what is left."""
    cost = _next_cost(connection, campaign)
    if cost <= max(left, NOTHING):
        return None
    until = campaign.termina_mes if cost <= campaign.pesos_por_mes else None
    return Wait(Reason.MONTH, until, first_of_next_month(campaign.dia))


def _next_cost(connection: Connection, campaign: Row[Any]) -> Decimal:
    """Return what the message costs that is claimed next; nothing where all that are left opted out."""
    prices = prices_of(connection, campaign.usuario_id)
    names = {"campaign_id": campaign.id, "account_id": campaign.usuario_id}
    message = connection.execute(_NEXT_MESSAGE, names).one_or_none() if prices else None
    if message is None:
        return NOTHING
    template = template_of(campaign.mensaje, shared_of(campaign.compartido), ending(campaign.pie))
    body = template.render(recipient_of(message.nombre, message.valores))
    return cost_of(measure(body).parts, message.telefono_e164, prices)
