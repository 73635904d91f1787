"""The claim: rows of a campaign are taken to be sent now, committed before Twilio is called."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, String, bindparam, select, type_coerce

from ..database import clock
from ..database.transactions import fetch_together, write_transaction
from ..messaging import sms_parts
from ..messaging.personalization import recipient_of, shared_of, template_of
from ..messaging.way_out import ending
from ..models import CampanaSMS, Cuenta, EstadoSMS, SMSLog, TurnoDeEnvio
from ..models.types import utc_now
from .allowance import HAS_LIMITS, UNLIMITED, allowance_of
from .carrier import Message
from .faults import OPTED_OUT
from .law import codes
from .law.bounds import FREE, IS_ADVERTISING, IS_BOUND, WITHIN, Free, Reach, hourly
from .law.one_a_day import UNBOUND, Excepted, OneADay, Standing, Unbound
from .law.rules import rules_of
from .opt_outs import HAS_OPTED_OUT
from .states import RUNNING, Moves, carry_over, lock_campaigns, move_rows

_LOOKED_THROUGH = 500
"""So many rows are looked through at once after a batch of which nobody was left: there may be many such."""

# What is pending has a number: the database checks it.
_NUMBER = type_coerce(SMSLog.telefono_e164, String()).label("telefono_e164")

# A campaign that may be sent. The lease is locked with it: no other sender takes it until the transaction ends.
_CLAIMABLE = (
    select(
        CampanaSMS.mensaje,
        CampanaSMS.compartido,
        CampanaSMS.pie,
        CampanaSMS.usuario_id,
        HAS_LIMITS.label("has_limits"),
        IS_ADVERTISING.label("is_advertising"),
        IS_BOUND.label("is_bound"),
        TurnoDeEnvio.id.label("lease_id"),
    )
    .select_from(CampanaSMS)
    .join(TurnoDeEnvio, TurnoDeEnvio.titular == bindparam("owner"))
    .outerjoin(Cuenta, Cuenta.usuario_id == CampanaSMS.usuario_id)
    .where(CampanaSMS.id == bindparam("campaign_id"), CampanaSMS.estado.in_(RUNNING), CampanaSMS.pendientes > 0)
    .with_for_update(read=True, of=TurnoDeEnvio)
)

_NEXT_ROWS: Select[*tuple[Any, ...]] = (
    select(SMSLog.id, SMSLog.nombre, SMSLog.valores, _NUMBER, SMSLog.codigo, HAS_OPTED_OUT.label("opted_out"))
    .where(SMSLog.campana_id == bindparam("campaign_id"), SMSLog.estado == EstadoSMS.PENDIENTE)
    .order_by(SMSLog.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=SMSLog)
)

_NEXT_WITHIN = {reach: _NEXT_ROWS.where(within) for reach, within in WITHIN.items()}


def claim(
    engine: Engine, owner: str, campaign_id: int, most: int, draw: Callable[[], str] = codes.draw
) -> Sequence[Message]:
    """Take up to `most` rows to be sent now; none where the campaign does not run or the lease is another's.

    Of advertising only those are taken for whose numbers the lawful hours are open.

    The claim is committed before this returns, so that whatever happens later no row is sent twice. Left out is a row
    whose number has opted out since the campaign was stored, or gets no more advertising today; where that leaves
    nobody, more are looked through. `draw` gives codes to those that have none.
    """
    wanted = _Wanted(owner, campaign_id, most, most)
    while True:
        batch = codes.with_free_codes(partial(_claim, engine, wanted, draw))
        if batch.messages or not batch.left_out:
            return batch.messages
        wanted = replace(wanted, looked_through=max(most, _LOOKED_THROUGH))


@dataclass(frozen=True)
class _Wanted:
    """What is asked of one transaction."""

    owner: str
    campaign_id: int
    most: int
    looked_through: int
    """Rows of which so many may be left out."""


class _Pending(NamedTuple):
    """A row that may be claimed, as `_NEXT_ROWS` selects it."""

    row_id: int
    nombre: str
    valores: str | None
    to: str
    code: str | None
    has_opted_out: bool


@dataclass(frozen=True)
class _Batch:
    """What a transaction made of the rows that it looked through."""

    messages: Sequence[Message] = field(default_factory=list)
    left_out: int = 0


def _claim(engine: Engine, wanted: _Wanted, draw: Callable[[], str]) -> _Batch:
    campaign_id = wanted.campaign_id
    with write_transaction(engine) as connection:
        campaign = connection.execute(_CLAIMABLE, {"campaign_id": campaign_id, "owner": wanted.owner}).one_or_none()
        if campaign is None:
            return _Batch()
        allowance = allowance_of(connection, campaign.usuario_id) if campaign.has_limits else UNLIMITED
        room = allowance.room(wanted.most)
        if not room or lock_campaigns(connection, [campaign_id]).get(campaign_id) not in RUNNING:
            return _Batch()
        bounds, daily = _law_of(connection, campaign)
        if bounds.reach is Reach.NOBODY:
            return _Batch()
        asked = {"campaign_id": campaign_id, "account_id": campaign.usuario_id, "most": wanted.looked_through}
        found = fetch_together(connection, _NEXT_WITHIN.get(bounds.reach, _NEXT_ROWS), asked)
        rows = [_Pending(*row) for row in found]
        standing = _look_through(connection, daily, rows)
        free = [row for row in rows if row.row_id not in standing.refused][:room]
        messages = allowance.charged(_messages(campaign_id, campaign, free, bounds, daily))
        messages, late = daily.take(connection, messages, standing.owned)
        if campaign.pie is not None:
            messages = codes.given(messages, campaign.pie, {row.row_id: row.code for row in rows}, draw)
        left_out = standing.refused | late
        moves = _mark_claimed(connection, messages, campaign.lease_id) + _leave_out(connection, left_out)
        allowance.count(connection, messages)
        if moves:
            carry_over(connection, campaign_id, moves)
        return _Batch(messages, len(left_out))


def _law_of(connection: Connection, campaign: Any) -> tuple[Free, Unbound]:
    """Return by which hours a campaign is bound, and how it keeps to one advertisement a person a day."""
    if not campaign.is_advertising:
        return FREE, UNBOUND
    rules = rules_of(connection, campaign.usuario_id)
    if not campaign.is_bound:
        return FREE, Excepted.at(campaign.usuario_id, rules, clock.corrected(connection, utc_now()))
    bounds = hourly(connection, rules)
    return bounds, OneADay.at(campaign.usuario_id, rules, utc_now() + bounds.behind)


def _look_through(connection: Connection, daily: Unbound, rows: Sequence[_Pending]) -> Standing:
    """Return who is left out of the rows of a batch, and why."""
    opted_out = {row.row_id: OPTED_OUT for row in rows if row.has_opted_out}
    standing = daily.look(connection, {row.row_id: row.to for row in rows if not row.has_opted_out})
    return replace(standing, refused=opted_out | standing.refused)


def _messages(campaign_id: int, campaign: Any, rows: Sequence[_Pending], bounds: Free, daily: Unbound) -> list[Message]:
    template = template_of(campaign.mensaje, shared_of(campaign.compartido), ending(campaign.pie))
    messages = []
    for row in rows:
        body = template.render(recipient_of(row.nombre, row.valores))
        parts, attempt = sms_parts.measure(body).parts, secrets.token_hex(16)
        not_after, day = bounds.not_after(row.to), daily.day_of(row.to)
        messages.append(Message(row.row_id, campaign_id, attempt, row.to, body, parts, not_after=not_after, day=day))
    return messages


def _mark_claimed(connection: Connection, messages: Sequence[Message], lease_id: int) -> Moves:
    if not messages:
        return Counter()
    claimed = [
        {
            "row_id": message.row_id,
            "estado": EstadoSMS.ENVIANDO,
            "mensaje": message.body,
            "partes": message.parts,
            "intento": message.attempt,
            "codigo": message.code,
            "turno_id": lease_id,
            "error_codigo": None,
            "error_mensaje": None,
        }
        for message in messages
    ]
    return move_rows(connection, EstadoSMS.PENDIENTE, claimed)


def _leave_out(connection: Connection, reasons: Mapping[int, str]) -> Moves:
    if not reasons:
        return Counter()
    left_out = [
        {"row_id": row_id, "estado": EstadoSMS.OMITIDO, "error_mensaje": reason, "telefono_e164": None}
        for row_id, reason in reasons.items()
    ]
    return move_rows(connection, EstadoSMS.PENDIENTE, left_out)
