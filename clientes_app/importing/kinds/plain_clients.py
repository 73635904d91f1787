"""New clients whose rows say a name, a number and a document and nothing else: stored without a look at each.

Most rows of most files are so. Whether somebody has come since the dry run who may be one of them, by document or by
number, the database finds out for all of them at once; those few are looked at like all others.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, literal, or_, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from ...client_files.rows import CLIENT_COLUMNS
from ...database.many_rows import add_listed, fill_list, list_like, reserve_ids
from ...models import Cliente, ClienteEtiqueta
from ...values.placeholders import is_no_number
from ..changing import of_import
from ..jobs import Job
from ..staging import outcomes
from ..staging.outcomes import Outcome, Tally
from ..staging.store import Staged, Staging, staged_of
from ..staging.tables.interface import COLUMNS, Found
from ..staging.verdicts import Verdict

_CLIENTS = cast(Table, Cliente.__table__)
_PLACES = {name: place for place, name in enumerate(COLUMNS["fila"].split(", "))}
_NAMES = ("id", *CLIENT_COLUMNS)
_LISTED = list_like(_CLIENTS, _NAMES, "nuevos")

_number, _verdict = itemgetter(_PLACES["numero"]), itemgetter(_PLACES["veredicto"])
number_in, _document = itemgetter(_PLACES["telefono_e164"]), itemgetter(_PLACES["documento_clave"])
"""The number that a row can get an SMS at, and the key of its document."""
_client = itemgetter(slice(_PLACES[CLIENT_COLUMNS[0]], _PLACES[CLIENT_COLUMNS[-1]] + 1))
_more = itemgetter(*(_PLACES[name] for name in ("etiquetas", "baja", "inactivo", "campos", "respuesta")))


class PlainClients(Protocol):
    """The plain new clients of a batch, and its other rows."""

    def numbers(self) -> Iterable[str]:
        """Return the numbers that the rows of the batch can get an SMS at; found out when they are asked for."""

    def store(self) -> None:
        """Store those who are plainly new."""

    def give_tags(self, tag_ids: Iterable[int]) -> None:
        """Give them tags."""

    def tally(self) -> Tally:
        """Count them."""

    def record(self, staging: Staging) -> None:
        """Store what became of their rows."""

    def others(self) -> dict[int, Staged]:
        """Return all other rows, by the ids that they would get as new clients, in turn."""


class ListedClients:
    """Those of rows that come through the app."""

    def __init__(self, connection: Connection, job: Job, rows: Iterable[Found]) -> None:
        self._connection = connection
        self._job = job
        rows = list(rows)
        self._rows = dict(zip(reserve_ids(connection, _CLIENTS, len(rows)), rows, strict=True))
        self._plain = {new_id: row for new_id, row in self._rows.items() if _is_plain(row)}

    def numbers(self) -> Iterable[str]:
        """Return the numbers of the rows."""
        return {phone for phone in map(number_in, self._rows.values()) if phone}

    def store(self) -> None:
        """List the rows, and take those off the list again that there may be a client for by now."""
        if not self._plain:
            return
        rows = ((new_id, *_client(row)) for new_id, row in self._plain.items())
        fill_list(self._connection, _LISTED, _NAMES, rows)
        known = delete(_LISTED).where(is_known(self._job.account_id, _LISTED.c)).returning(_LISTED.c.id)
        for new_id in self._connection.scalars(known).all():
            del self._plain[new_id]
        add_listed(self._connection, _CLIENTS, _LISTED, _NAMES, of_import(self._job))

    def give_tags(self, tag_ids: Iterable[int]) -> None:
        """Give tags to those of the list."""
        for tag_id in tag_ids if self._plain else ():
            tagged = select(literal(tag_id), _LISTED.c.id)
            self._connection.execute(insert(ClienteEtiqueta).from_select(["etiqueta_id", "cliente_id"], tagged))

    def tally(self) -> Tally:
        """Count them."""
        return outcomes.tally(self._outcomes())

    def record(self, staging: Staging) -> None:
        """Store what became of their rows."""
        outcomes.record(staging, self._outcomes())

    def others(self) -> dict[int, Staged]:
        """Return all other rows."""
        return {new_id: staged_of(row) for new_id, row in self._rows.items() if new_id not in self._plain}

    def _outcomes(self) -> list[Outcome]:
        return [Outcome(_number(row), Verdict.NEW, new_id, not number_in(row)) for new_id, row in self._plain.items()]


def number_of_row(row: Found) -> int:
    """Return the number of a row that is to be imported."""
    return cast(int, _number(row))


def keys_of_row(row: Found) -> tuple[str | None, str]:
    """Return the number that a row can get an SMS at, and the key of its document."""
    return number_in(row), _document(row)


def is_known(account_id: int, columns: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Say whether there may be a client for a row that has these columns."""
    document, number = columns["documento_clave"], columns["telefono_e164"]
    has_document = _is_there(account_id, Cliente.documento_clave != "", Cliente.documento_clave == document)
    return or_(and_(document != "", has_document), _is_there(account_id, Cliente.telefono_e164 == number))


def _is_plain(row: Found) -> bool:
    return _verdict(row) == Verdict.NEW and not any(_more(row)) and _has_key(*keys_of_row(row))


def _has_key(phone: str | None, document: str) -> bool:
    return bool(document) or bool(phone and not is_no_number(phone))


def _is_there(account_id: int, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say whether an account has a client, looked up for each row by itself: a list is short, and the clients many."""
    client = select(literal(1)).where(Cliente.usuario_id == account_id, *which).limit(1)
    return client.correlate_except(Cliente).scalar_subquery().is_not(None)
