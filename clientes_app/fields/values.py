"""What the fields say of clients: the one way to read it, and to write it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from sqlalchemy import ScalarSelect, Table, delete, insert, select
from sqlalchemy.orm import Session

from ..database.many_rows import add_rows
from ..database.transactions import id_list
from ..models import Campo, Cliente, ValorDeCampo
from .canonical import month_and_day, sort_key
from .services import lock_fields, require_options
from .showing import typed_value

Values = Mapping[int, str]
"""Canonical values by their fields' ids; "" for none."""

NO_VALUES: Values = {}

_COLUMNS = ("campo_id", "cliente_id", "valor", "orden", "dia")
_MANY = 100
"""From so many values of a field on a table to list them in is worth its making."""


def raw_value(field_id: int) -> ScalarSelect[str]:
    """Return what a field says of the client that the statement around is about, as it is stored; null for nothing."""
    said = select(ValorDeCampo.valor).where(ValorDeCampo.campo_id == field_id, ValorDeCampo.cliente_id == Cliente.id)
    return said.correlate(Cliente).scalar_subquery()


def values_of(session: Session, client_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Return what each of these clients has, by its id, then by the field's; who has nothing is left out."""
    listed = id_list(client_ids, session.get_bind().dialect.name)
    rows = select(ValorDeCampo.cliente_id, ValorDeCampo.campo_id, ValorDeCampo.valor).join(
        listed, listed.c.value == ValorDeCampo.cliente_id
    )
    values: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for client_id, field_id, value in session.execute(rows):
        values[client_id][field_id] = value
    return dict(values)


def change_values(session: Session, account_id: int, client_id: int, values: Values) -> dict[str, list[str]]:
    """Give a client, which the caller has locked, these values; return what changed, by the fields' names.

    A field that is gone is passed over. Raises Conflict where a choice is no longer offered.
    """
    fields = lock_fields(session, account_id)
    require_options(fields, values)
    had = values_of(session, [client_id]).get(client_id, {})
    changed = [each for each in fields if values.get(each.id, had.get(each.id, "")) != had.get(each.id, "")]
    store_values(session, changed, {client_id: values})
    return {
        each.nombre: [typed_value(each.tipo, had.get(each.id, "")), typed_value(each.tipo, values[each.id])]
        for each in changed
    }


def store_values(session: Session, fields: Collection[Campo], values: Mapping[int, Mapping[int, str]]) -> None:
    """Give clients canonical values, by the client's id, then by the field's; "" takes one away, others stay.

    The caller has locked the clients, has `fields` from `lock_fields`, and both are of one account.
    """
    for field in fields:
        given = {client_id: own[field.id] for client_id, own in values.items() if field.id in own}
        if given:
            _store_one(session, field, given)


def _store_one(session: Session, field: Campo, given: Mapping[int, str]) -> None:
    listed = id_list(list(given), session.get_bind().dialect.name)
    connection = session.connection()
    connection.execute(
        delete(ValorDeCampo).where(
            ValorDeCampo.campo_id == field.id, ValorDeCampo.cliente_id.in_(select(listed.c.value))
        )
    )
    rows = [_row(field, client_id, value) for client_id, value in given.items() if value]
    if len(rows) >= _MANY:
        add_rows(connection, cast(Table, ValorDeCampo.__table__), _COLUMNS, rows)
    elif rows:
        connection.execute(insert(ValorDeCampo), [dict(zip(_COLUMNS, row, strict=True)) for row in rows])


def _row(field: Campo, client_id: int, value: str) -> tuple[int, int, str, str, int | None]:
    return field.id, client_id, value, sort_key(field.tipo, value), month_and_day(field.tipo, value)
