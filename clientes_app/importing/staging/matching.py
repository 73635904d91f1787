"""Which clients of the account a file's rows are: by document, else by number, else, without both, word for word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Connection, Select, String, and_, func, literal, select, union

from ...client_files.rows import Row
from ...clients.locks import lock
from ...database.transactions import id_list
from ...models import Cliente, ClienteEtiqueta, Etiqueta
from ...values.text import clean_line
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


@dataclass
class Matches:
    """The clients that some rows may be."""

    by_document: dict[str, Existing] = field(default_factory=dict)
    by_phone: dict[str, list[Existing]] = field(default_factory=dict)
    by_words: dict[tuple[str, str], Existing] = field(default_factory=dict)
    """Those without a document and a usable number, by name and by number as it is written."""
    tags: dict[int, set[str]] = field(default_factory=dict)
    """The keys of the clients' tags."""
    opted_out: set[str] = field(default_factory=set)
    """Which of the numbers have, where a row says so of one."""

    def client_of(self, row: Row) -> Existing | None:
        """Return the client that a row is; the same number with another document is somebody else."""
        if row.documento_clave and (found := self.by_document.get(row.documento_clave)):
            return found
        if not _has_key(row):
            return self.by_words.get(_words(row))
        candidates = self.by_phone.get(row.telefono_e164 or "", ())
        return next((each for each in candidates if may_be_one(each.documento_clave, row.documento_clave)), None)

    def heeds(self, client: Existing, row: Row) -> bool:
        """Return whether what a row says of being written to holds already for a client."""
        return is_heeded(client.activo, row.telefono_e164 or client.telefono_e164, row, self.opted_out)

    def ids(self) -> set[int]:
        """Return the ids of all of them."""
        by_phone = (each.id for candidates in self.by_phone.values() for each in candidates)
        alone = (*self.by_document.values(), *self.by_words.values())
        return {*by_phone, *(each.id for each in alone)}


def may_be_one(one: str, other: str) -> bool:
    """Return whether two documents may be one person's: they are the same, or one is not known."""
    return not one or not other or one == other


def find_clients(connection: Connection, account_id: int, rows: Iterable[Row], *, with_tags: bool) -> Matches:
    """Find the account's clients that these rows may be; the oldest come first."""
    rows = list(rows)
    matches = Matches()
    wanted = _clients(account_id).where(
        Cliente.documento_clave != "", Cliente.documento_clave.in_(_documents(rows, connection))
    )
    for client in connection.execute(wanted.order_by(Cliente.id)):
        matches.by_document.setdefault(client.documento_clave, Existing(*client))
    phones = numbers_of(rows)
    wanted = _clients(account_id).where(Cliente.telefono_e164.in_(_texts(phones, connection)))
    for client in connection.execute(wanted.order_by(Cliente.id)):
        matches.by_phone.setdefault(client.telefono_e164, []).append(Existing(*client))
    for client in connection.execute(_clients(account_id).where(_without_key(rows, connection)).order_by(Cliente.id)):
        found = Existing(*client)
        matches.by_words.setdefault(_words(found), found)
    if with_tags:
        _add_tags(connection, matches)
    if any(row.baja for row in rows):
        shared = {each.telefono_e164 for each in (*matches.by_document.values(), *matches.by_words.values())}
        matches.opted_out = opted_out_among(connection, account_id, {*shared, *numbers_of(rows)})
    return matches


def lock_clients(connection: Connection, account_id: int, rows: Iterable[Row]) -> None:
    """Let nobody change the clients that rows may be until the transaction ends, whoever is to find them then."""
    rows = list(rows)
    there = select(Cliente.id).where(Cliente.usuario_id == account_id)
    by_document = there.where(Cliente.documento_clave != "", Cliente.documento_clave.in_(_documents(rows, connection)))
    by_phone = there.where(Cliente.telefono_e164.in_(_texts(numbers_of(rows), connection)))
    by_words = there.where(_without_key(rows, connection))
    lock(connection, Cliente.id.in_(union(by_document, by_phone, by_words)))


def numbers_of(rows: Iterable[Row]) -> set[str]:
    """Return the numbers that rows can get an SMS at."""
    return {row.telefono_e164 for row in rows if row.telefono_e164}


def changed(client: Existing, row: Row) -> dict[str, str]:
    """Return what a row changes of a client; an empty cell changes nothing."""
    new = {name: getattr(row, name) for name in FIELDS}
    before = {name: getattr(client, name) for name in FIELDS}
    # What is of a time when texts kept what nobody sees is no other name.
    return {
        name: new[name] for name in FIELDS if new[name] and new[name] not in (before[name], clean_line(before[name]))
    }


def _clients(account_id: int) -> Select[int, str, str, str, str | None, str, bool]:
    return select(
        Cliente.id,
        Cliente.nombre,
        Cliente.telefono,
        Cliente.documento,
        Cliente.telefono_e164,
        Cliente.documento_clave,
        Cliente.activo,
    ).where(Cliente.usuario_id == account_id)


def _has_key(one: Row | Existing) -> bool:
    return bool(one.documento_clave or one.telefono_e164)


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


def _documents(rows: Iterable[Row], connection: Connection) -> Select[str]:
    return _texts({row.documento_clave for row in rows} - {""}, connection)


def _without_key(rows: Iterable[Row], connection: Connection) -> ColumnElement[bool]:
    rows = [row for row in rows if not _has_key(row)]
    # The key of a name has an index, the name has none.
    alike = Cliente.nombre_clave.in_(_texts({row.nombre_clave for row in rows}, connection))
    named = Cliente.nombre.in_(_texts({row.nombre for row in rows}, connection))
    return and_(alike, named, Cliente.documento_clave == "", Cliente.telefono_e164.is_(None))


def _texts(texts: Iterable[str], connection: Connection) -> Select[str]:
    """Return many texts as one parameter."""
    listed: Sequence[str] = sorted(texts)
    if connection.dialect.name == "sqlite":
        return select(func.json_each(json.dumps(listed)).table_valued("value", name="listed").c.value)
    return select(func.unnest(literal(listed, ARRAY(String))))
