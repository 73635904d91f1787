"""What the account's own fields say of two clients who are one person: where it differs, and what stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ...fields.services import list_fields, lock_fields
from ...fields.showing import shown_value, typed_value
from ...fields.values import store_values, values_of
from ...models import Campo
from .services import Pair


@dataclass(frozen=True)
class Difference:
    """A field that says two things, or says something of one of the two alone."""

    field: Campo
    values: Mapping[int, str]
    """What it says of each, canonical, by the client's id."""
    preferred: int
    """The client whose value is taken if nobody chooses: the older one, where it has a value."""

    @property
    def name(self) -> str:
        """What a form calls it."""
        return name_of(self.field)

    def shown(self, client_id: int) -> str:
        """Return what it says of a client, in words."""
        return shown_value(self.field.tipo, self.values[client_id])


def name_of(field: Campo) -> str:
    """Return what the form of a merge calls a field."""
    return f"campo_{field.id}"


def differences(session: Session, pair: Pair) -> list[Difference]:
    """Return where the fields differ."""
    return _among(session, pair, list_fields(session, pair.older.usuario_id))


def take_chosen(session: Session, pair: Pair, chosen: Mapping[str, int]) -> dict[str, list[str]]:
    """Give the older of two locked clients the values that are chosen; return what changes, as its story keeps it."""
    kept = pair.older.id
    fields = lock_fields(session, pair.older.usuario_id)
    taken = [(each.field, each.values[kept], _chosen(each, chosen)) for each in _among(session, pair, fields)]
    changed = [(field, was, now) for field, was, now in taken if now != was]
    store_values(session, fields, {kept: {field.id: now for field, _, now in changed}})
    return {field.nombre: [typed_value(field.tipo, was), typed_value(field.tipo, now)] for field, was, now in changed}


def all_as_told(session: Session, pair: Pair) -> dict[str, dict[str, str]]:
    """Return what the fields say of the newer client, as the story of the older one keeps it."""
    values = values_of(session, [pair.newer.id]).get(pair.newer.id, {})
    fields = list_fields(session, pair.newer.usuario_id)
    told = {field.nombre: typed_value(field.tipo, values[field.id]) for field in fields if field.id in values}
    return {"campos": told} if told else {}


def _among(session: Session, pair: Pair, fields: Sequence[Campo]) -> list[Difference]:
    ids = (pair.older.id, pair.newer.id)
    values = values_of(session, ids)
    said = ((field, {each: values.get(each, {}).get(field.id, "") for each in ids}) for field in fields)
    return [
        Difference(field, both, pair.older.id if both[pair.older.id] else pair.newer.id)
        for field, both in said
        if both[pair.older.id] != both[pair.newer.id]
    ]


def _chosen(difference: Difference, chosen: Mapping[str, int]) -> str:
    preferred = difference.values[difference.preferred]
    return difference.values.get(chosen.get(difference.name, difference.preferred), preferred)
