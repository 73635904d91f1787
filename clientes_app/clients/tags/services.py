"""Tags: the short words by which an account groups its clients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...database.transactions import insert_missing
from ...errors import Conflict
from ...extensions import db, unit_of_work
from ...models import ClienteEtiqueta, Etiqueta
from ...models.types import utc_now
from ...tenancy import get_owned, lock_owned, owned
from ...values.client_keys import LONGEST_TAG
from ...values.text import clean_line, fold


class SameTag(Conflict):
    """Another tag has the name already."""

    def __init__(self, other: Etiqueta) -> None:
        super().__init__(gettext("There is a tag called %(name)s already.", name=other.nombre))
        self.other = other


@dataclass(frozen=True)
class CountedTag:
    """A tag, and how many clients have it."""

    tag: Etiqueta
    count: int


def tag_name(text: str) -> str:
    """Return what a tag is called: a page shows two spaces as one, so one parts its words."""
    return " ".join(clean_line(text).split())[:LONGEST_TAG]


def tag_key(name: str) -> str:
    """Return what makes a tag the same tag: its name folded."""
    return fold(tag_name(name))[:LONGEST_TAG]


def list_tags(session: Session, account_id: int) -> Sequence[Etiqueta]:
    """Return the account's tags by name."""
    return session.scalars(owned(Etiqueta, account_id).order_by(Etiqueta.clave)).all()


def known_tags(account_id: int, tag_ids: Iterable[int], names: Iterable[str] = ()) -> Sequence[Etiqueta]:
    """Return those of the account's tags that have one of the ids or names."""
    keys = [tag_key(name) for name in names]
    found = owned(Etiqueta, account_id).where(Etiqueta.id.in_(list(tag_ids)) | Etiqueta.clave.in_(keys))
    return db.session.scalars(found.order_by(Etiqueta.clave)).all()


def present(account_id: int, tag_ids: Iterable[int]) -> set[int]:
    """Return which of the tags the account has now."""
    there = owned(Etiqueta, account_id).where(Etiqueta.id.in_(list(tag_ids))).with_only_columns(Etiqueta.id)
    return set(db.session.scalars(there))


def count_tagged(account_id: int) -> list[CountedTag]:
    """Return the account's tags by name, each with the number of its clients."""
    numbers = (
        owned(Etiqueta, account_id)
        .join(ClienteEtiqueta, ClienteEtiqueta.etiqueta_id == Etiqueta.id)
        .with_only_columns(Etiqueta.id, func.count(), maintain_column_froms=True)
        .group_by(Etiqueta.id)
    )
    counts: dict[int, int] = dict(db.session.execute(numbers).all())
    return [CountedTag(tag, counts.get(tag.id, 0)) for tag in list_tags(db.session(), account_id)]


def count_one(account_id: int, tag_id: int) -> CountedTag:
    """Return a tag with the number of its clients.

    Raises NotFound.
    """
    tag = get_owned(db.session(), Etiqueta, account_id, tag_id)
    tagged = select(func.count()).where(ClienteEtiqueta.etiqueta_id == tag.id)
    return CountedTag(tag, db.session.scalar(tagged) or 0)


def tags_of(session: Session, account_id: int, client_ids: Sequence[int]) -> Mapping[int, Sequence[Etiqueta]]:
    """Return the tags of each of these clients, by name; a client without any has none."""
    found = (
        owned(Etiqueta, account_id)
        .join(ClienteEtiqueta, ClienteEtiqueta.etiqueta_id == Etiqueta.id)
        .where(ClienteEtiqueta.cliente_id.in_(client_ids))
        .with_only_columns(ClienteEtiqueta.cliente_id, Etiqueta, maintain_column_froms=True)
        .order_by(Etiqueta.clave)
    )
    tags: defaultdict[int, list[Etiqueta]] = defaultdict(list)
    for client_id, tag in session.execute(found):
        tags[client_id].append(tag)
    return tags


def find_tags(session: Session, account_id: int, names: Iterable[str]) -> list[int]:
    """Return the ids of those tags with these names that there are; nobody deletes them until the transaction ends."""
    return [*_ids_by_key(session, account_id, map(tag_key, names)).values()]


def find_or_create_tags(session: Session, account_id: int, names: Iterable[str]) -> list[int]:
    """Return the ids of the tags with these names, in the names' order; what is missing is stored.

    Nobody deletes them until the transaction ends.
    """
    wanted = {tag_key(name): tag_name(name) for name in names if tag_key(name)}
    known = _ids_by_key(session, account_id, wanted)
    # In one order: two who store the same tags at once wait for each other, and do not meet.
    while missing := [_new_tag(account_id, key, wanted[key]) for key in sorted(wanted.keys() - known.keys())]:
        session.execute(insert_missing(Etiqueta, db.engine.dialect.name), missing)
        known = _ids_by_key(session, account_id, wanted)
    return [known[key] for key in wanted]


def _new_tag(account_id: int, key: str, name: str) -> dict[str, Any]:
    return {"nombre": name, "clave": key, "creado": utc_now(), "usuario_id": account_id}


def _ids_by_key(session: Session, account_id: int, keys: Iterable[str]) -> dict[str, int]:
    found = select(Etiqueta.clave, Etiqueta.id).where(Etiqueta.usuario_id == account_id, Etiqueta.clave.in_(keys))
    locked = found.order_by(Etiqueta.id).with_for_update(read=True, key_share=True)
    return dict(session.execute(locked).all())


def tag_names(account_id: int) -> dict[int, str]:
    """Return the names of the account's tags by their ids, sorted by name."""
    return {tag.id: tag.nombre for tag in list_tags(db.session(), account_id)}


def store_tags(account_id: int, names: Iterable[str]) -> list[int]:
    """Store the tags with these names that there are not yet, and return the ids of all."""
    with unit_of_work() as session:
        return find_or_create_tags(session, account_id, names)


def rename_tag(account_id: int, tag_id: int, name: str) -> Etiqueta:
    """Give a tag another name.

    Raises NotFound, and SameTag where another tag has it.
    """
    same_name = owned(Etiqueta, account_id).where(Etiqueta.clave == tag_key(name), Etiqueta.id != tag_id)
    try:
        with unit_of_work() as session:
            tag = lock_owned(session, Etiqueta, account_id, tag_id)
            tag.nombre, tag.clave = tag_name(name), tag_key(name)
    except IntegrityError as error:
        raise SameTag(db.session.scalars(same_name).one()) from error
    return tag
