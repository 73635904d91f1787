"""What of an account a search may name: its tags and its own fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...extensions import db
from ...fields.services import list_fields
from ...models import Campo
from ..tags.services import tag_names


@dataclass(frozen=True)
class Known:
    """The names of tags, and the fields, each by its id."""

    tags: Mapping[int, str] = field(default_factory=dict)
    fields: Mapping[int, Campo] = field(default_factory=dict)


def known_to(account_id: int) -> Known:
    """Return what there is for an account to ask for."""
    fields = {each.id: each for each in list_fields(db.session(), account_id)}
    return Known(tag_names(account_id), fields)
