"""Likely doubles: clients of an account that share a number, a document or nearly a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, literal_column, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from ...database.transactions import insert_missing
from ...errors import DomainError, NotFound
from ...extensions import db, unit_of_work
from ...models import Cliente, Distintos
from ...models.types import utc_now
from ...tenancy import get_owned, owned

PAGE_SIZE = 20
SHOWN_PAIRS = 6
SHOWN_APART = 50


class Likeness(StrEnum):
    """What doubles have in common."""

    NUMBER = "numero"
    DOCUMENT = "documento"
    NAME = "nombre"


KEYS = {
    Likeness.NUMBER: "telefono_e164",
    Likeness.DOCUMENT: "documento_clave",
    Likeness.NAME: "nombre_clave",
}
"""The column that holds it."""


@dataclass(frozen=True)
class Pair:
    """Two clients that may be one person; nobody said that they are not."""

    older: Cliente
    newer: Cliente


@dataclass(frozen=True)
class Group:
    """Clients with one key: how many there are, and the first of their pairs."""

    key: str
    size: int
    pairs: list[Pair]
    more: bool
    """Whether pairs follow these."""

    @property
    def clients(self) -> list[Cliente]:
        """List the clients of the pairs, the oldest first."""
        found = {client.id: client for pair in self.pairs for client in (pair.older, pair.newer)}
        return [found[number] for number in sorted(found)]

    def shares(self, client: Cliente, likeness: Likeness) -> bool:
        """Return whether another of the clients has this client's number, document or name."""
        key = getattr(client, KEYS[likeness])
        return bool(key) and sum(getattr(each, KEYS[likeness]) == key for each in self.clients) > 1


@dataclass(frozen=True)
class Page:
    """Groups in the order of their keys, and the key after which the next page begins."""

    groups: list[Group]
    after: str | None


def find_page(account_id: int, likeness: Likeness, after: str = "") -> Page:
    """Return the groups that follow the key `after`; those in which all are said to differ are left out."""
    found = db.session.execute(_groups(account_id, likeness, after)).all()
    shown = found[:PAGE_SIZE]
    pairs = _open_pairs(account_id, likeness, [key for key, _size in shown])
    groups = [_group(key, size, pairs.get(key, [])) for key, size in shown]
    return Page(groups, shown[-1][0] if len(found) > PAGE_SIZE else None)


def set_apart(account_id: int, one_id: int, other_id: int) -> None:
    """Remember that two clients are different people.

    Raises NotFound, and DomainError where they are the same client.
    """
    if one_id == other_id:
        raise DomainError(gettext("Choose two different clients."))
    try:
        with unit_of_work() as session:
            ids = [get_owned(session, Cliente, account_id, number).id for number in (one_id, other_id)]
            remember_apart(session, account_id, [(ids[0], ids[1])])
    except IntegrityError as error:
        # One of them was deleted in between.
        raise NotFound from error


def take_back(account_id: int, one_id: int, other_id: int) -> None:
    """Forget that two clients are different people: they are shown as doubles again.

    Raises NotFound where nobody said so.
    """
    pair = Distintos.menor_id == min(one_id, other_id), Distintos.mayor_id == max(one_id, other_id)
    with unit_of_work() as session:
        said = delete(Distintos).where(Distintos.usuario_id == account_id, *pair)
        if session.connection().execute(said).rowcount == 0:
            raise NotFound


def set_apart_lately(account_id: int) -> list[Pair]:
    """Return the pairs that were last said to be different people, the latest first."""
    older, newer = aliased(Cliente), aliased(Cliente)
    said = (
        select(older, newer)
        .select_from(Distintos)
        .join(older, older.id == Distintos.menor_id)
        .join(newer, newer.id == Distintos.mayor_id)
        .where(Distintos.usuario_id == account_id)
        .order_by(Distintos.creado.desc(), Distintos.menor_id, Distintos.mayor_id)
        .limit(SHOWN_APART)
    )
    return [Pair(one, other) for one, other in db.session.execute(said)]


def remember_apart(session: Session, account_id: int, pairs: Sequence[tuple[int, int]]) -> None:
    """Store that the two of each pair are different people, where it is not stored yet."""
    rows = [
        {"menor_id": min(pair), "mayor_id": max(pair), "creado": utc_now(), "usuario_id": account_id} for pair in pairs
    ]
    if rows:
        session.execute(insert_missing(Distintos, db.engine.dialect.name).values(rows))


def _groups(account_id: int, likeness: Likeness, after: str) -> Select[str, int]:
    key, size = getattr(Cliente, KEYS[likeness]), func.count()
    found: Select[str, int] = (
        owned(Cliente, account_id)
        # Without a parameter, so that the database sees that the index leaves the same rows out.
        .where(key != literal_column("''"), key > after)
        .with_only_columns(key, size)
        .group_by(key)
        .having(size > 1, key.not_in(_settled(account_id, likeness)))
        .order_by(key)
        .limit(PAGE_SIZE + 1)
    )
    return found


def _settled(account_id: int, likeness: Likeness) -> Select[str]:
    """Select the keys of which every pair is said to differ; only what people said is read."""
    older, newer, each = aliased(Cliente), aliased(Cliente), aliased(Cliente)
    key = getattr(older, KEYS[likeness])
    size = func.count()
    twice_all = select(size * (size - 1)).where(_has_key(each, account_id, likeness, key)).correlate(older)
    settled: Select[str] = (
        select(key)
        .select_from(Distintos)
        .join(older, older.id == Distintos.menor_id)
        .join(newer, newer.id == Distintos.mayor_id)
        .where(Distintos.usuario_id == account_id, key == getattr(newer, KEYS[likeness]))
        .group_by(key)
        .having(2 * func.count() >= twice_all.scalar_subquery())
    )
    return settled


def _group(key: str, size: int, pairs: list[Pair]) -> Group:
    return Group(key, size, pairs[:SHOWN_PAIRS], more=len(pairs) > SHOWN_PAIRS)


def _open_pairs(account_id: int, likeness: Likeness, keys: list[str]) -> dict[str, list[Pair]]:
    """Return the first pairs of each key, in one statement for them all."""
    if not keys:
        return {}
    each = (_open_pairs_of(account_id, likeness, key).subquery() for key in keys)
    ids = db.session.execute(union_all(*(select(pairs) for pairs in each))).all()
    clients = _clients(account_id, {number for pair in ids for number in pair})
    found: dict[str, list[Pair]] = {}
    for older_id, newer_id in ids:
        # One of them may be gone since.
        if older_id in clients and newer_id in clients:
            pair = Pair(clients[older_id], clients[newer_id])
            found.setdefault(getattr(pair.older, KEYS[likeness]), []).append(pair)
    return found


def _clients(account_id: int, ids: set[int]) -> dict[int, Cliente]:
    return {client.id: client for client in db.session.scalars(owned(Cliente, account_id).where(Cliente.id.in_(ids)))}


def _open_pairs_of(account_id: int, likeness: Likeness, key: str) -> Select[int, int]:
    older, newer = aliased(Cliente), aliased(Cliente)
    apart = exists().where(Distintos.menor_id == older.id, Distintos.mayor_id == newer.id)
    return (
        select(older.id, newer.id)
        .where(_has_key(older, account_id, likeness, key), _has_key(newer, account_id, likeness, key))
        .where(newer.id > older.id, ~apart)
        .order_by(older.id, newer.id)
        .limit(SHOWN_PAIRS + 1)
    )


def _has_key(client: Any, account_id: int, likeness: Likeness, key: Any) -> ColumnElement[bool]:
    column = getattr(client, KEYS[likeness])
    return and_(client.usuario_id == account_id, column == key, column != literal_column("''"))
