"""An account's fields: finding, creating, changing, ordering, deleting them.

Whoever creates or changes one holds the account's lock, before any other. Whoever changes or deletes values holds the
locks of their fields, in the order of the ids, after those of the clients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..database.turns import taking_turns
from ..errors import Conflict
from ..extensions import db, unit_of_work
from ..models import MOST_FIELDS, Accion, Campo, TipoDeCampo, ValorDeCampo
from ..sending.allowance import lock_accounts
from ..tenancy import delete_owned, get_owned, lock_owned, owned
from ..values.spelling import searchable
from .canonical import sort_key
from .naming import checked_key, field_key
from .uses import uses_of

_BATCH = 10_000
"""Values deleted at once."""


class Direction(StrEnum):
    """Where a field is moved among the others."""

    UP = "arriba"
    DOWN = "abajo"


@dataclass(frozen=True)
class NewField:
    """A field that there is not yet."""

    name: str
    kind: TipoDeCampo
    options: Sequence[str] = ()


class TooManyFields(Conflict):
    """The account has as many as it may have."""

    def __init__(self) -> None:
        super().__init__(gettext("There are %(most)s fields already, and there cannot be more.", most=MOST_FIELDS))


class SameField(Conflict):
    """Another field has the name, or what texts call it."""

    def __init__(self, other: Campo) -> None:
        words = {"name": other.nombre, "written": f"{{{other.clave}}}"}
        super().__init__(gettext("There is a field called %(name)s already, which texts call %(written)s.", **words))


class OptionInUse(Conflict):
    """Clients have an option that is to be taken away."""

    def __init__(self, option: str, clients: int) -> None:
        said = ngettext(
            "%(count)s client has “%(option)s”: this option must stay.",
            "%(count)s clients have “%(option)s”: this option must stay.",
            clients,
            count=clients,
            option=option,
        )
        super().__init__(said)


def list_fields(session: Session, account_id: int) -> Sequence[Campo]:
    """Return the account's fields in their order."""
    return session.scalars(owned(Campo, account_id).order_by(Campo.posicion, Campo.id)).all()


def get_field(account_id: int, field_id: int) -> Campo:
    """Return a field.

    Raises NotFound.
    """
    return get_owned(db.session(), Campo, account_id, field_id)


def lock_fields(session: Session, account_id: int) -> Sequence[Campo]:
    """Return the account's fields in their order; nobody changes or deletes one until the transaction ends."""
    return _locked(session, owned(Campo, account_id).with_for_update(read=True))


def create_field(account_id: int, wanted: NewField, *, by: Actor) -> Campo:
    """Store a field, which stands after the others.

    Raises BadName, SameField and TooManyFields.
    """
    with unit_of_work() as session:
        return add_field(session, account_id, wanted, by=by)


def add_field(session: Session, account_id: int, wanted: NewField, *, by: Actor) -> Campo:
    """Store a field in a transaction that holds no lock yet but the account's.

    Raises BadName, SameField and TooManyFields.
    """
    lock_accounts(session.connection(), [account_id])
    others = list_fields(session, account_id)
    field = Campo(nombre=wanted.name, tipo=wanted.kind, opciones=list(wanted.options), usuario_id=account_id)
    field.clave = _free_key(others, wanted.name)
    field.lugar = _free_place(others)
    field.posicion = max((other.posicion for other in others), default=0) + 1
    session.add(field)
    session.flush()
    record(session, by, Accion.FIELD_CREATED, _thing(field), tipo=wanted.kind.value)
    return field


def edit_field(account_id: int, field_id: int, name: str, options: Sequence[str], *, by: Actor) -> Campo:
    """Give a field another name, and one with choices other options.

    What texts call it follows the name while no text has it; then it stays, so that none is sent broken. Raises
    NotFound, BadName, SameField and OptionInUse.
    """
    with unit_of_work() as session:
        lock_accounts(session.connection(), [account_id])
        field = lock_owned(session, Campo, account_id, field_id)
        before = _told(field)
        _rename(session, field, name)
        if field.tipo is TipoDeCampo.OPCION:
            _set_options(session, field, options)
        changes = {each: [before[each], now] for each, now in _told(field).items() if before[each] != now}
        if changes:
            record(session, by, Accion.FIELD_CHANGED, _thing(field), cambios=changes)
    return field


def move_field(account_id: int, field_id: int, direction: Direction) -> Campo:
    """Let a field change places with the one before or after it; the first and the last go no further.

    Raises NotFound.
    """
    with unit_of_work() as session:
        lock_accounts(session.connection(), [account_id])
        order = _locked(session, owned(Campo, account_id).with_for_update(key_share=True))
        field = get_owned(session, Campo, account_id, field_id)
        place = order.index(field)
        other = place - 1 if direction is Direction.UP else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
        for position, each in enumerate(order, 1):
            each.posicion = position
    return field


def delete_field(account_id: int, field_id: int, *, by: Actor) -> Campo:
    """Delete a field with all its values, and return what it was.

    Raises NotFound.
    """
    rest = 0.5 if db.engine.dialect.name == "sqlite" else 0.0  # beside PostgreSQL's locks others write
    for _ in taking_turns(_deleted_batches(account_id, field_id), rest):
        pass
    with unit_of_work() as session:
        lock_accounts(session.connection(), [account_id])
        field = delete_owned(session, Campo, account_id, field_id)
        record(session, by, Accion.FIELD_DELETED, _thing(field))
    return field


def require_options(fields: Sequence[Campo], values: Mapping[int, str]) -> None:
    """Refuse a choice that its field no longer offers.

    Raises Conflict.
    """
    for field in fields:
        value = values.get(field.id)
        if value and field.tipo is TipoDeCampo.OPCION and value not in field.opciones:
            raise Conflict(gettext("The options of %(name)s have changed: choose again.", name=field.nombre))


def _free_key(others: Sequence[Campo], name: str) -> str:
    key = checked_key(name)
    for other in others:
        if key in (other.clave, field_key(other.nombre)):
            raise SameField(other)
    return key


def _free_place(others: Sequence[Campo]) -> int:
    free = set(range(1, MOST_FIELDS + 1)) - {other.lugar for other in others}
    if not free:
        raise TooManyFields
    return min(free)


def _rename(session: Session, field: Campo, name: str) -> None:
    others = [other for other in list_fields(session, field.usuario_id) if other.id != field.id]
    key = _free_key(others, name)
    if key != field.clave and not uses_of(session, field).in_texts:
        field.clave = key
    field.nombre = name


def _set_options(session: Session, field: Campo, options: Sequence[str]) -> None:
    kept = {searchable(option): option for option in options}
    for option in field.opciones:
        theirs = (ValorDeCampo.campo_id == field.id, ValorDeCampo.orden == sort_key(field.tipo, option))
        now = kept.get(searchable(option))
        if now is None and (clients := session.scalar(select(func.count()).where(*theirs))):
            raise OptionInUse(option, clients)
        if now not in (None, option):
            session.execute(update(ValorDeCampo).where(*theirs).values(valor=now))
    field.opciones = list(options)


def _locked(session: Session, fields: Select[Campo]) -> list[Campo]:
    found = session.scalars(fields.order_by(Campo.id).execution_options(populate_existing=True)).all()
    return sorted(found, key=lambda field: (field.posicion, field.id))


def _deleted_batches(account_id: int, field_id: int) -> Iterator[int]:
    """Delete a field's values batch by batch, each in a transaction of its own; give how many each had."""
    some = select(ValorDeCampo.cliente_id).where(ValorDeCampo.campo_id == field_id).limit(_BATCH)
    batch = delete(ValorDeCampo).where(ValorDeCampo.campo_id == field_id, ValorDeCampo.cliente_id.in_(some))
    deleted = _BATCH
    while deleted == _BATCH:
        with unit_of_work() as session:
            lock_owned(session, Campo, account_id, field_id)
            deleted = session.connection().execute(batch).rowcount
        yield deleted


def _told(field: Campo) -> dict[str, Any]:
    return {"nombre": field.nombre, "clave": field.clave, "opciones": list(field.opciones)}


def _thing(field: Campo) -> Thing:
    return Thing(Campo.__tablename__, field.id, field.nombre, field.usuario_id)
