"""Which clients of the account a file's rows are: by document, by number and name, or, with neither, by their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select, union
from sqlalchemy.orm import Session

from ...client_files.rows import Row
from ...clients.locks import lock
from ...database.listed import listed_texts
from ...database.transactions import id_list
from ...fields.values import values_of
from ...models import Cliente, ClienteEtiqueta, Etiqueta
from ...values.client_keys import digits_of
from ...values.names_alike import alike
from ...values.placeholders import is_no_number
from ...values.text import clean_line
from ..own_fields.own_texts import OwnFields
from .silences import is_heeded, opted_out_among

FIELDS = ("nombre", "telefono", "documento")
"""What a row says of a client."""


class Existing(NamedTuple):
    """A client that there is."""

    id: int
    nombre: str
    telefono: str
    documento: str
    telefono_e164: str | None
    documento_clave: str
    activo: bool


class Match(NamedTuple):
    """Who a row is, as far as it says so."""

    client: Existing | None = None
    asks: bool = False
    """Whether the number alone says so, or the document alone, and the rest says another: a person is asked."""


NOBODY = Match()
MOST_COMPARED = 20
"""Of those who share a number, so many names are compared word by word; a shop's own may stand with thousands."""


@dataclass
class Matches:
    """The clients that some rows may be."""

    by_document: dict[str, list[Existing]] = field(default_factory=dict)
    by_phone: dict[str, list[Existing]] = field(default_factory=dict)
    by_words: dict[tuple[str, str], Existing] = field(default_factory=dict)
    """Those without a document and a usable number, by name and by number as it is written."""
    tags: dict[int, set[str]] = field(default_factory=dict)
    """The keys of the clients' tags."""
    given: dict[int, set[str]] = field(default_factory=dict)
    """The keys of the tags that new clients get whom later rows may be."""
    opted_out: set[str] = field(default_factory=set)
    """Which of the numbers have, where a row says so of one."""
    own: OwnFields = field(default_factory=lambda: OwnFields(()))
    """The columns of the account's own fields."""
    own_values: dict[int, dict[int, str]] = field(default_factory=dict)
    """What the clients have of these fields, by their ids, where a row says something of one."""

    def match(self, row: Row) -> Match:
        """Return the client that a row is: by its document and its name or number, or by its number and its name."""
        if row.documento_clave and (same := self.by_document.get(row.documento_clave)):
            meant = _of_that_name(same, row) or next((each for each in same if _may_have_number(each, row)), None)
            return Match(meant) if meant else Match(same[0], asks=True)
        number = key_number(row)
        if not row.documento_clave and not number:
            return Match(self.by_words.get(_words(row)))
        sharing = [each for each in self.by_phone.get(number, ()) if may_be_one(each.documento_clave, row)]
        if found := _of_that_name(sharing, row):
            return Match(found)
        return Match(sharing[0], asks=True) if sharing else NOBODY

    def may_be_client(self, row: Row) -> bool:
        """Return whether a row has a key of a client, or a client's words."""
        return (
            row.documento_clave in self.by_document
            or row.telefono_e164 in self.by_phone
            or (bool(self.by_words) and _words(row) in self.by_words)
        )

    def answered(self, row: Row, client_id: int) -> Match:
        """Return the client that a person said a row is; where it is not found so any more, who it is without that."""
        sharing = chain(self.by_document.get(row.documento_clave, ()), self.by_phone.get(key_number(row), ()))
        said = next((each for each in sharing if each.id == client_id), None)
        return Match(said) if said else self.match(row)

    def remember(self, client_id: int, row: Row, tags: Iterable[str]) -> None:
        """Let later rows be the client that a row becomes with tags, where nothing but their words can say so."""
        if not _has_key(row):
            self.given[client_id] = set(tags)
            client = Existing(
                client_id, row.nombre, row.telefono, row.documento, row.telefono_e164, row.documento_clave, activo=True
            )
            self.by_words.setdefault(_words(row), client)

    def heeds(self, client: Existing, row: Row) -> bool:
        """Return whether what a row says of being written to holds already for a client."""
        return is_heeded(client.activo, row.telefono_e164 or client.telefono_e164, row, self.opted_out)

    def own_changes(self, client_id: int, row: Row) -> dict[int, str]:
        """Return what a row changes of a client's own fields, by the columns' keys; an empty cell changes nothing."""
        if not row.campos:
            return {}
        before = self.own_values.get(client_id, {})
        return {key: value for key, value in self.own.values(row).items() if before.get(key) != value}

    def clients(self) -> Iterator[Existing]:
        """Return all of them, some more than once."""
        return chain(*self.by_document.values(), *self.by_phone.values(), self.by_words.values())

    def ids(self) -> set[int]:
        """Return the ids of all of them."""
        return {each.id for each in self.clients()}


def may_be_one(document: str, row: Row) -> bool:
    """Return whether a row may be of who has a document: it is the same, or one is not known."""
    return not document or not row.documento_clave or document == row.documento_clave


def key_number(one: Row | Existing) -> str:
    """Return the number that somebody is known by; empty where there is none."""
    return "" if not one.telefono_e164 or is_no_number(one.telefono_e164) else one.telefono_e164


def find_clients(
    connection: Connection, account_id: int, rows: Iterable[Row], own: OwnFields, *, with_tags: bool
) -> Matches:
    """Find the account's clients that these rows may be; the oldest come first."""
    rows = list(rows)
    matches = Matches(own=own)
    for client in _found(connection, account_id, _with_documents(rows, connection)):
        matches.by_document.setdefault(client.documento_clave, []).append(client)
    for client in _found(connection, account_id, Cliente.telefono_e164.in_(listed_texts(_numbers(rows), connection))):
        matches.by_phone.setdefault(client.telefono_e164 or "", []).append(client)
    for client in _found(connection, account_id, _without_key(rows, connection)):
        matches.by_words.setdefault(_words(client), client)
    if with_tags:
        _add_tags(connection, matches)
    if any(row.campos for row in rows) and (ids := matches.ids()):
        matches.own_values = values_of(Session(connection), sorted(ids))
    if any(row.baja for row in rows):
        theirs = {each.telefono_e164 for each in matches.clients()}
        matches.opted_out = opted_out_among(connection, account_id, {*theirs, *numbers_of(rows)})
    return matches


def lock_clients(connection: Connection, account_id: int, rows: Iterable[Row]) -> None:
    """Let nobody change the clients that rows may be until the transaction ends, whoever is to find them then."""
    rows = list(rows)
    there = select(Cliente.id).where(Cliente.usuario_id == account_id)
    by_document = there.where(_with_documents(rows, connection))
    by_phone = there.where(Cliente.telefono_e164.in_(listed_texts(_numbers(rows), connection)))
    by_words = there.where(_without_key(rows, connection))
    lock(connection, Cliente.id.in_(union(by_document, by_phone, by_words)))


def numbers_of(rows: Iterable[Row]) -> set[str]:
    """Return the numbers that rows can get an SMS at."""
    return {row.telefono_e164 for row in rows if row.telefono_e164}


def changed(client: Existing | Cliente, row: Row) -> dict[str, str]:
    """Return what a row changes of a client; an empty cell changes nothing, nor does another spelling."""
    new = {name: getattr(row, name) for name in FIELDS}
    before = {name: getattr(client, name) for name in FIELDS}
    # What is of a time when texts kept what nobody sees is no other name.
    differing = {name for name in FIELDS if new[name] and new[name] not in (before[name], clean_line(before[name]))}
    if _number(client) == _number(row) != "":
        differing.discard("telefono")
    if client.documento_clave == row.documento_clave != "":
        differing.discard("documento")
    return {name: new[name] for name in FIELDS if name in differing}


def _found(connection: Connection, account_id: int, which: ColumnElement[bool]) -> Iterator[Existing]:
    columns = (getattr(Cliente, name) for name in Existing._fields)
    found = select(*columns).where(Cliente.usuario_id == account_id, which).order_by(Cliente.id)
    return (Existing(*client) for client in connection.execute(found))


def _of_that_name(clients: Sequence[Existing], row: Row) -> Existing | None:
    """Return the first client with a row's name, else the first with a like one."""
    exact = (each for each in clients if each.nombre == row.nombre)
    near = (each for each in clients[:MOST_COMPARED] if alike(each.nombre, row.nombre))
    return next(exact, None) or next(near, None)


def _may_have_number(client: Existing, row: Row) -> bool:
    """Return whether a row's number is a client's, or one of them has none."""
    return not _is_written(client) or not _is_written(row) or _number(client) == _number(row)


def _is_written(one: Row | Existing) -> bool:
    return bool(one.telefono_e164 or one.telefono)


def _number(one: Row | Existing | Cliente) -> str:
    """Return a number's digits, with those of its country where it gets SMS."""
    return digits_of(one.telefono_e164 or one.telefono)


def _has_key(one: Row | Existing) -> bool:
    return bool(one.documento_clave or key_number(one))


def _words(one: Row | Existing) -> tuple[str, str]:
    return one.nombre, one.telefono


def _add_tags(connection: Connection, matches: Matches) -> None:
    listed = id_list(sorted(matches.ids()), connection.dialect.name)
    found = (
        select(ClienteEtiqueta.cliente_id, Etiqueta.clave)
        .join(Etiqueta, Etiqueta.id == ClienteEtiqueta.etiqueta_id)
        .where(ClienteEtiqueta.cliente_id.in_(select(listed.c.value)))
    )
    for client_id, key in connection.execute(found):
        matches.tags.setdefault(client_id, set()).add(key)


def _with_documents(rows: Iterable[Row], connection: Connection) -> ColumnElement[bool]:
    documents = {row.documento_clave for row in rows} - {""}
    return and_(Cliente.documento_clave != "", Cliente.documento_clave.in_(listed_texts(documents, connection)))


def _numbers(rows: Iterable[Row]) -> set[str]:
    return {key_number(row) for row in rows} - {""}


def _without_key(rows: Iterable[Row], connection: Connection) -> ColumnElement[bool]:
    rows = [row for row in rows if not _has_key(row)]
    # The key of a name has an index, the name has none.
    alike_names = Cliente.nombre_clave.in_(listed_texts({row.nombre_clave for row in rows}, connection))
    named = Cliente.nombre.in_(listed_texts({row.nombre for row in rows}, connection))
    no_number = or_(
        Cliente.telefono_e164.is_(None), Cliente.telefono_e164.in_(listed_texts(numbers_of(rows), connection))
    )
    return and_(alike_names, named, Cliente.documento_clave == "", no_number)
