"""New clients whose rows say a name, a number and a document and nothing else: stored without a look at each.

Most rows of most files are so. Whether somebody has come since the dry run who may be one of them, by document or by
number, the database finds out for all of them at once; those few are looked at like all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import cast

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, literal, or_, select

from ...client_files.rows import CLIENT_COLUMNS
from ...database.many_rows import add_listed, fill_list, list_like, reserve_ids
from ...models import Cliente, ClienteEtiqueta
from ...values.placeholders import is_no_number
from ..changing import of_import
from ..jobs import Job
from ..staging.outcomes import Outcome
from ..staging.tables.interface import COLUMNS, Found
from ..staging.verdicts import Verdict

_CLIENTS = cast(Table, Cliente.__table__)
_PLACES = {name: place for place, name in enumerate(COLUMNS["fila"].split(", "))}
_NAMES = ("id", *CLIENT_COLUMNS)
_LISTED = list_like(_CLIENTS, _NAMES, "nuevos")

_number, _verdict = itemgetter(_PLACES["numero"]), itemgetter(_PLACES["veredicto"])
_phone, _document = itemgetter(_PLACES["telefono_e164"]), itemgetter(_PLACES["documento_clave"])
_client = itemgetter(slice(_PLACES[CLIENT_COLUMNS[0]], _PLACES[CLIENT_COLUMNS[-1]] + 1))
_more = itemgetter(*(_PLACES[name] for name in ("etiquetas", "baja", "inactivo", "campos", "respuesta")))


def number_of_row(row: Found) -> int:
    """Return the number of a row that is to be imported."""
    return cast(int, _number(row))


def keys_of_row(row: Found) -> tuple[str | None, str]:
    """Return the number that a row can get an SMS at, and the key of its document."""
    return _phone(row), _document(row)


def numbered(connection: Connection, batch: Sequence[Found]) -> dict[int, Found]:
    """Return rows by the ids that they would get as new clients, in the file's order."""
    return dict(zip(reserve_ids(connection, _CLIENTS, len(batch)), batch, strict=True))


def store_plain(connection: Connection, job: Job, rows: Mapping[int, Found]) -> dict[int, Found]:
    """Store which of these rows are plain new clients, and return them."""
    plain = {new_id: row for new_id, row in rows.items() if _is_plain(row)}
    if plain:
        for new_id in _list_and_find_known(connection, job.account_id, plain):
            del plain[new_id]
        add_listed(connection, _CLIENTS, _LISTED, _NAMES, of_import(job))
    return plain


def give_tags(connection: Connection, tag_ids: Iterable[int]) -> None:
    """Give tags to those that were just stored."""
    for tag_id in tag_ids:
        tagged = select(literal(tag_id), _LISTED.c.id)
        connection.execute(insert(ClienteEtiqueta).from_select(["etiqueta_id", "cliente_id"], tagged))


def outcomes_of_plain(plain: Mapping[int, Found]) -> list[Outcome]:
    """Return what became of rows that are plain new clients, by their ids."""
    return [Outcome(_number(row), Verdict.NEW, new_id, not _phone(row)) for new_id, row in plain.items()]


def _is_plain(row: Found) -> bool:
    return _verdict(row) == Verdict.NEW and not any(_more(row)) and _has_key(*keys_of_row(row))


def _has_key(phone: str | None, document: str) -> bool:
    return bool(document) or bool(phone and not is_no_number(phone))


def _list_and_find_known(connection: Connection, account_id: int, plain: Mapping[int, Found]) -> Sequence[int]:
    """List the rows, and take those off the list again that there may be a client for by now; return these."""
    rows = ((new_id, *_client(row)) for new_id, row in plain.items())
    fill_list(connection, _LISTED, _NAMES, rows)
    has_document = _is_there(
        account_id, Cliente.documento_clave != "", Cliente.documento_clave == _LISTED.c.documento_clave
    )
    has_number = _is_there(account_id, Cliente.telefono_e164 == _LISTED.c.telefono_e164)
    known = or_(and_(_LISTED.c.documento_clave != "", has_document), has_number)
    return connection.scalars(delete(_LISTED).where(known).returning(_LISTED.c.id)).all()


def _is_there(account_id: int, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say whether an account has a client, looked up for each row by itself: a list is short, and the clients many."""
    client = select(literal(1)).where(Cliente.usuario_id == account_id, *which).limit(1)
    return client.correlate_except(Cliente).scalar_subquery().is_not(None)
