"""The fields that an import is to make: whether they can be made, and making them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from flask_babel import gettext
from sqlalchemy.orm import Session

from ...audit_log import Actor
from ...client_files.columns import Layout
from ...client_files.meaning.own_columns import OwnColumn
from ...errors import DomainError
from ...fields.naming import LONGEST_NAME, BadName, checked_key, field_key
from ...fields.services import NewField, add_field, list_fields
from ...models import MOST_FIELDS, Campo, TipoDeCampo


class Unfit(DomainError):
    """A column cannot hold the field that it was said to hold; `place` says which column."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.place = place


def require_fit(session: Session, account_id: int, layout: Layout) -> None:
    """Make sure that the columns can hold the fields that they are said to hold.

    Raises Unfit.
    """
    if not layout.own:
        return
    fields = {field.id: field for field in list_fields(session, account_id)}
    columns_of = Counter(column.key for column in layout.own)
    for column in layout.own:
        if columns_of[column.key] > 1:
            raise Unfit(gettext("Two columns hold this field: choose one of them."), column.place)
        if column.field_id is not None and not _is_as_before(column, fields.get(column.field_id)):
            raise Unfit(gettext("This field was changed or deleted meanwhile."), column.place)
    _require_room(layout, len(fields))
    _require_names(layout, [*fields.values()])


def make_fields(session: Session, account_id: int, layout: Layout, *, by: Actor) -> Layout:
    """Make the fields that a layout has new columns for, and return it with them; the account is locked.

    Raises Unfit.
    """
    require_fit(session, account_id, layout)
    own = [_made(session, account_id, column, by) if column.field_id is None else column for column in layout.own]
    return replace(layout, own=tuple(own))


def _is_as_before(column: OwnColumn, field: Campo | None) -> bool:
    return field is not None and field.tipo == column.kind and set(column.choices) <= set(field.opciones)


def _require_room(layout: Layout, there: int) -> None:
    new = [column for column in layout.own if column.field_id is None]
    room = MOST_FIELDS - there
    if len(new) > room:
        said = gettext(
            "There may be %(most)s fields, and you have %(there)s: leave this column out, or delete a field first.",
            most=MOST_FIELDS,
            there=there,
        )
        raise Unfit(said, new[room].place)


def _require_names(layout: Layout, fields: Sequence[Campo]) -> None:
    taken = {field.clave for field in fields} | {field_key(field.nombre) for field in fields}
    for column in layout.own:
        if column.field_id is None:
            taken.add(_free_key(column, taken))


def _free_key(column: OwnColumn, taken: Collection[str]) -> str:
    try:
        key = checked_key(column.name)
    except BadName as bad:
        raise Unfit(bad.message, column.place) from bad
    if key in taken:
        raise Unfit(gettext("There is a field with this name already."), column.place)
    if len(column.name) > LONGEST_NAME:
        raise Unfit(gettext("The name has more than %(most)s characters.", most=LONGEST_NAME), column.place)
    return key


def _made(session: Session, account_id: int, column: OwnColumn, by: Actor) -> OwnColumn:
    field = add_field(session, account_id, NewField(column.name, TipoDeCampo(column.kind), column.choices), by=by)
    return column._replace(field_id=field.id)
