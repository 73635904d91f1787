"""Which columns a person says hold the account's own fields, or become new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...client_files.columns import Layout
from ...client_files.meaning.own_columns import OwnColumn
from ...client_files.meaning.roles import Role
from ...models import Campo, TipoDeCampo
from ...values.ids import read_id
from ...values.text import clean_line
from .recognising import column_of, guessed_kind, name_of

NEW = "nuevo"
"""Says that a column becomes a new field; beside it stand the field's name and what it holds."""
_OF_A_FIELD = f"{Role.FIELD.value}-"


def said_of(layout: Layout) -> dict[str, str]:
    """Return what a form would say of the columns of a layout."""
    said = {f"c{place}": role.value for place, role in enumerate(layout.roles)}
    for column in layout.own:
        said[f"c{column.place}"] = NEW if column.field_id is None else f"{_OF_A_FIELD}{column.field_id}"
        said |= {f"n{column.place}": column.name, f"t{column.place}": column.kind}
    return said


def with_chosen(
    layout: Layout, said: Mapping[str, str], fields: Sequence[Campo], rows: Sequence[Sequence[str]]
) -> Layout:
    """Return a layout with the columns that a form says hold fields; what new ones hold is guessed by `rows`."""
    by_id = {field.id: field for field in fields}
    roles, own = list(layout.roles), list[OwnColumn]()
    for place in range(len(roles)):
        wanted = said.get(f"c{place}", "")
        field = by_id.get(read_id(wanted.removeprefix(_OF_A_FIELD)) or 0) if wanted.startswith(_OF_A_FIELD) else None
        if field or wanted == NEW:
            own.append(column_of(place, field) if field else _new(layout, place, said, rows))
            roles[place] = Role.FIELD
        elif roles[place] is Role.FIELD:
            roles[place] = Role.NOTHING
    return replace(layout, roles=tuple(roles), own=tuple(own))


def _new(layout: Layout, place: int, said: Mapping[str, str], rows: Sequence[Sequence[str]]) -> OwnColumn:
    kinds = {kind.value for kind in TipoDeCampo}
    kind = said.get(f"t{place}", "")
    if kind not in kinds:
        kind = guessed_kind(row[place] for row in rows if place < len(row)).value
    name = clean_line(said.get(f"n{place}", name_of(layout, place)))
    return OwnColumn(place, None, name, kind)
