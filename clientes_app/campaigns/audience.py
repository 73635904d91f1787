"""Who a campaign is for, and what will become of each: one question asked of the database in one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, literal, null, or_, select
from sqlalchemy.orm import Session

from ..clients.search.selection import Selection, selected_in_order
from ..database.transactions import id_list
from ..message_templates.filling import Filling, as_json, filling_of, lacks, length_of_values
from ..messaging.personalization import NO_VALUES, Recipient, Template, recipient_of
from ..messaging.way_out import ending
from ..models import Baja, Cliente, EstadoSMS, OrigenBaja, SMSLog
from ..sending.faults import (
    ALREADY_TODAY,
    CAPPED,
    DEAD_NUMBER,
    DUPLICATE_NUMBER,
    INACTIVE,
    MISSING_VALUE,
    NO_USABLE_NUMBER,
    OPTED_OUT,
    TOO_LONG,
)
from ..tenancy import owned

SOME = 20

_SKIPPED = (OPTED_OUT, DEAD_NUMBER, MISSING_VALUE, DUPLICATE_NUMBER, ALREADY_TODAY, CAPPED)
"""Who is left out for one of these was never to be tried; the others could not be."""


@dataclass(frozen=True)
class Share:
    """How many of an audience meet one end, and why."""

    state: EstadoSMS
    reason: str | None
    count: int
    names: tuple[str, ...]
    """Some of those left out; none of those who get it."""


@dataclass(frozen=True)
class Mailing:
    """An audience, a text with what fills it in, and for whom of the audience it would be too long."""

    account_id: int
    audience: Selection
    filling: Filling
    template: Template
    too_long: tuple[int, ...]
    had_enough: Select[str, str] | None = None
    """The numbers that have had enough advertising by the day on which it goes out, with the reason."""


def mailing_of(session: Session, account_id: int, audience: Selection, text: str, foot: str | None = None) -> Mailing:
    """Look for whom a text would be too long, with what its messages end with."""
    filling = filling_of(session, account_id)
    mailing = Mailing(account_id, audience, filling, filling.template(text).ended_with(ending(foot)), ())
    return replace(mailing, too_long=tuple(_too_long(session, mailing)))


class Outlook:
    """What will become of an audience, found in one pass over it."""

    def __init__(self, session: Session, mailing: Mailing) -> None:
        self._session, self._mailing = session, mailing
        self._counts: Counter[tuple[EstadoSMS, str | None]] = Counter()
        self._first: dict[str, list[str]] = {}

    def sendable(self) -> Iterator[tuple[Recipient, str]]:
        """Stream those who will get a message, each with an E.164 number; the others are counted as they pass."""
        ends = _Ends(self._session, self._mailing)
        keys = [placeholder.name for placeholder in ends.values]
        query = select(
            ends.reason, ends.chosen.c.nombre, ends.chosen.c.telefono_e164, *ends.values.values()
        ).select_from(ends.known)
        ordered = query.order_by(ends.chosen.c.posicion).execution_options(yield_per=2_000)
        for reason, nombre, number, *values in self._session.connection().execute(ordered):
            if reason is None:
                self._counts[EstadoSMS.PENDIENTE, None] += 1
                yield Recipient(nombre, dict(zip(keys, values, strict=True)) if keys else NO_VALUES), number
            else:
                self._leave_out(reason, nombre)

    @property
    def sent_to(self) -> int:
        """Count those who have passed and will get a message."""
        return self._counts[EstadoSMS.PENDIENTE, None]

    def shares(self) -> list[Share]:
        """Return how many of those who have passed meet which end."""
        return [
            Share(state, reason, count, tuple(self._first.get(reason or "", ())))
            for (state, reason), count in sorted(self._counts.items(), key=lambda share: share[0][1] or "")
        ]

    def _leave_out(self, reason: str, nombre: str) -> None:
        self._counts[EstadoSMS.OMITIDO if reason in _SKIPPED else EstadoSMS.FALLIDO, reason] += 1
        first = self._first.setdefault(reason, [])
        if len(first) < SOME:
            first.append(nombre)


def recipients(session: Session, mailing: Mailing) -> Select[Any]:
    """Select what `sending.outbox.enqueue` stores: each client with the state its message starts in."""
    ends = _Ends(session, mailing)
    chosen, reason = ends.chosen, ends.reason
    state = case(
        (reason.is_(None), _state(EstadoSMS.PENDIENTE)),
        (reason.in_(_SKIPPED), _state(EstadoSMS.OMITIDO)),
        else_=_state(EstadoSMS.FALLIDO),
    )
    return select(
        chosen.c.posicion,
        chosen.c.cliente_id,
        chosen.c.nombre,
        as_json(ends.values, _dialect(session)).label("valores"),
        chosen.c.telefono,
        case((reason.is_(None), chosen.c.telefono_e164), else_=null()).label("telefono_e164"),
        state.label("estado"),
        reason.label("error_mensaje"),
    ).select_from(ends.known)


class _Ends:
    """Those who were chosen, in SQL, and why each of them gets no message; null: they get one.

    The first of several clients with one number is sent to; the others are skipped, as are those who opted out, and
    those of whom a value is missing.
    """

    def __init__(self, session: Session, mailing: Mailing) -> None:
        self.chosen = chosen = _chosen(session, mailing)
        with_values, self.values = mailing.filling.beside(chosen, mailing.template)
        repeated = _repeated(session, mailing)
        asked_out = and_(Baja.usuario_id == mailing.account_id, Baja.telefono_e164 == chosen.c.telefono_e164)
        known = with_values.outerjoin(Baja, asked_out).outerjoin(
            repeated, and_(_reachable(chosen), repeated.c.telefono_e164 == chosen.c.telefono_e164)
        )
        reasons = [
            (~chosen.c.activo, INACTIVE),
            (chosen.c.telefono_e164.is_(None), NO_USABLE_NUMBER),
            (Baja.origen == OrigenBaja.NUMERO, DEAD_NUMBER),
            (Baja.id.is_not(None), OPTED_OUT),
            (lacks(mailing.template, self.values), MISSING_VALUE),
            (_is_listed(session, chosen, mailing), TOO_LONG),
            (chosen.c.posicion > repeated.c.primera, DUPLICATE_NUMBER),
        ]
        if mailing.had_enough is None:
            self.known, self.reason = known, case(*reasons, else_=null())
        else:
            enough = mailing.had_enough.subquery("had_enough")
            self.known = known.outerjoin(enough, enough.c.telefono_e164 == chosen.c.telefono_e164)
            self.reason = case(*reasons, else_=enough.c.reason)


def unknown_ids(session: Session, account_id: int, client_ids: Sequence[int]) -> list[int]:
    """List the ids that no client of the account has, in the order given."""
    listed = id_list(client_ids, _dialect(session))
    known = owned(Cliente, account_id).where(Cliente.id == listed.c.value).exists()
    return list(session.scalars(select(listed.c.value).where(~known).order_by(listed.c.key)))


def hold(session: Session, account_id: int, client_ids: Sequence[int]) -> None:
    """Let nobody delete these clients until the transaction ends.

    They are locked in the order of their ids, as everywhere; their messages would do so in that of the campaign.
    SQLite has one writer and needs no lock.
    """
    if _dialect(session) == "sqlite":
        return
    listed = id_list(client_ids, _dialect(session))
    theirs = owned(Cliente, account_id).where(Cliente.id.in_(select(listed.c.value))).with_only_columns(Cliente.id)
    session.execute(theirs.order_by(Cliente.id).with_for_update(read=True, key_share=True))


def _reachable(chosen: Subquery) -> ColumnElement[bool]:
    return and_(chosen.c.activo, chosen.c.telefono_e164.is_not(None))


def _too_long(session: Session, mailing: Mailing) -> Iterator[int]:
    """Find those of an audience for whom a text is too long; of most texts it is known without looking at anybody."""
    room = mailing.template.room()
    if room is None:
        return
    chosen = _chosen(session, mailing)
    with_values, values = mailing.filling.beside(chosen, mailing.template)
    long = length_of_values(mailing.template, values, chosen.c.nombre) > room
    query = select(chosen.c.cliente_id, chosen.c.nombre, as_json(values, _dialect(session))).where(long)
    found = query.select_from(with_values).execution_options(yield_per=2_000)
    for client_id, nombre, valores in session.execute(found):
        if mailing.template.is_too_long(recipient_of(nombre, valores)):
            yield client_id


def _is_listed(session: Session, chosen: Subquery, mailing: Mailing) -> ColumnElement[bool]:
    """Say whether the text is too long for a client."""
    if not mailing.too_long:
        return false()
    return chosen.c.cliente_id.in_(select(id_list(mailing.too_long, _dialect(session)).c.value))


def _repeated(session: Session, mailing: Mailing) -> Subquery:
    """Select the numbers that more than one has, and who comes first of those who could be sent to.

    They are few rows, so that the audience is not sorted, and values are asked of few.
    """
    everybody = _chosen(session, mailing)
    number = everybody.c.telefono_e164
    several = select(number).where(_reachable(everybody)).group_by(number).having(func.count() > 1).subquery("several")
    chosen = _chosen(session, mailing)
    with_values, values = mailing.filling.beside(chosen, mailing.template)
    left_out = or_(_is_listed(session, chosen, mailing), lacks(mailing.template, values))
    sharing = with_values.join(several, several.c.telefono_e164 == chosen.c.telefono_e164)
    first = select(chosen.c.telefono_e164, func.min(chosen.c.posicion).label("primera")).select_from(sharing)
    return first.where(_reachable(chosen), ~left_out).group_by(chosen.c.telefono_e164).subquery("repeated")


def _chosen(session: Session, mailing: Mailing) -> Subquery:
    chosen, order = selected_in_order(session, mailing.account_id, mailing.audience)
    return chosen.with_only_columns(
        Cliente.id.label("cliente_id"),
        Cliente.nombre,
        Cliente.telefono,
        Cliente.telefono_e164,
        Cliente.activo,
        Cliente.ultima_compra,
        order.label("posicion"),
    ).subquery("chosen")


def _state(state: EstadoSMS) -> ColumnElement[EstadoSMS]:
    return literal(state, SMSLog.estado.type)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
