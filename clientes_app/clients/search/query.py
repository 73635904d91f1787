"""Finding the clients that a search asks for, beginning with the index that leaves the fewest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Join, Select, and_, column, exists, false, or_, select, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler

from ...extensions import db
from ...models import Baja, Cliente, ClienteEtiqueta
from ...settings import current_settings
from ...tenancy import owned
from ...values.client_keys import sought_digits
from ...values.days import start_of
from ...values.text import fold
from ...web.i18n import account_zone
from .criteria import Search, Status, YesNo

SHORTEST_INDEXED = 3
"""The trigram index knows parts of three characters."""

_TAGS = ClienteEtiqueta.__table__
# SQLite's trigram index, a table of its own; PostgreSQL's is used by itself.
_INDEX = table("cliente_indice", column("rowid"), column("cliente_indice"))


def matching(account_id: int, search: Search) -> Select[Cliente]:
    """Select the account's clients that the search finds, beginning with the index that leaves the fewest."""
    found = owned(Cliente, account_id).where(*_conditions(account_id, search))
    words = _words(search.text)
    if any(map(_is_indexed, words)) and db.engine.dialect.name == "sqlite":
        return _by_index(found, words, search.tag_id)
    found = found.where(*_of_text(words, _lies_in_index))
    if search.tag_id is None:
        return found
    return found.select_from(_From(_TAGS, Cliente.__table__, _TAGS.c.cliente_id == Cliente.id)).where(
        _TAGS.c.etiqueta_id == search.tag_id
    )


def filtering(account_id: int, search: Search) -> Select[Cliente]:
    """Select the same clients for reading them in some order: each is looked at when its turn comes."""
    found = owned(Cliente, account_id).where(*_conditions(account_id, search))
    return found.where(*_of_text(_words(search.text), _begins), *_tagged(search.tag_id))


def _by_index(found: Select[Cliente], words: list[str], tag_id: int | None) -> Select[Cliente]:
    # The index says who holds the parts, in whatever order: it is a third of one that says where, and faster to write.
    # https://www.sqlite.org/fts5.html#the_trigram_tokenizer
    quoted = ['"{}"'.format(part.replace('"', '""')) for part in _parts(words)]
    hits: FromClause = _INDEX
    if tag_id is not None:
        # Between the two: the clients without the tag need not be looked at.
        hits = _From(_INDEX, _TAGS, and_(_TAGS.c.etiqueta_id == tag_id, _TAGS.c.cliente_id == _INDEX.c.rowid))
    return found.select_from(_From(hits, Cliente.__table__, _INDEX.c.rowid == Cliente.id)).where(
        _INDEX.c.cliente_indice.match(" AND ".join(quoted)), *map(_holds, words)
    )


def _parts(words: list[str]) -> Iterable[str]:
    """Return what the trigram index is asked for: parts that together make up the words, each once.

    Those that overlap would say hardly more, and for each the index reads everybody who holds it.
    """
    ends = ((word, end) for word in words for end in (*range(SHORTEST_INDEXED, len(word), SHORTEST_INDEXED), len(word)))
    return dict.fromkeys(word[end - SHORTEST_INDEXED : end] for word, end in ends if end >= SHORTEST_INDEXED)


class _From(Join):
    """A join that SQLite reads from left to right; by itself it may look at every client first."""

    inherit_cache = True


@compiles(_From, "sqlite")
def _write_from(join: _From, compiler: SQLCompiler, **options: Any) -> str:
    # https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join
    assert join.onclause is not None
    left, right = (compiler.process(side, **{**options, "asfrom": True}) for side in (join.left, join.right))
    return f"{left} CROSS JOIN {right} ON {compiler.process(join.onclause, **options)}"


def _words(text: str) -> list[str]:
    """Return the parts of the text that a client must hold, folded; a number is one, whatever it is written with."""
    folded = fold(text)
    digits = sought_digits(folded, current_settings().default_region)
    return [digits] if digits else folded.split()


def _is_indexed(word: str) -> bool:
    return len(word) >= SHORTEST_INDEXED


def _of_text(words: list[str], begins: Callable[[str], ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    if not words or any(map(_is_indexed, words)):
        return [_holds(word) for word in words]
    # Very many clients hold any two letters: who types no more means a beginning, for which there are indexes.
    return [begins(words[0]), *(_holds(word) for word in words[1:])]


def _holds(part: str) -> ColumnElement[bool]:
    return Cliente.busqueda.contains(part, autoescape=True)


def _begins(part: str) -> ColumnElement[bool]:
    return _beginning(part).startswith(part, autoescape=True)


def _lies_in_index(part: str) -> ColumnElement[bool]:
    column = _beginning(part)
    # Said twice, because only documents that are not empty are in the index.
    return and_(column != "", column.between(part, part + chr(sys.maxunicode)))


def _beginning(part: str) -> InstrumentedAttribute[str]:
    return Cliente.documento_clave if part.isdecimal() else Cliente.nombre_orden


def _conditions(account_id: int, search: Search) -> list[ColumnElement[bool]]:
    if search.unread:
        return [false()]
    return [
        *_of_state(search),
        *_of_number(account_id, search),
        *_of_purchases(search),
        *_of_creation(search),
    ]


def _of_state(search: Search) -> list[ColumnElement[bool]]:
    return [] if search.status is Status.ALL else [Cliente.activo == (search.status is Status.ACTIVE)]


def _of_number(account_id: int, search: Search) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search.reachable is not None:
        has_number = Cliente.telefono_e164.is_not(None)
        conditions.append(has_number if search.reachable is YesNo.YES else ~has_number)
    if search.opted_out is YesNo.YES:
        numbers = owned(Baja, account_id).with_only_columns(Baja.telefono_e164)
        conditions.append(Cliente.telefono_e164.in_(numbers))
    elif search.opted_out is YesNo.NO:
        listed = exists().where(Baja.usuario_id == account_id, Baja.telefono_e164 == Cliente.telefono_e164)
        conditions.append(~listed)
    return conditions


def _of_purchases(search: Search) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search.bought_since is not None:
        conditions.append(Cliente.ultima_compra >= _start(search.bought_since))
    if search.not_bought_since is not None:
        since = _start(search.not_bought_since)
        conditions.append(or_(Cliente.ultima_compra.is_(None), Cliente.ultima_compra < since))
    if search.bought_for is not None:
        # Said twice, because only those who bought are in the index.
        conditions += [Cliente.total_compras > 0, Cliente.total_compras >= search.bought_for]
    return conditions


def _of_creation(search: Search) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search.created_from is not None:
        conditions.append(Cliente.creado >= _start(search.created_from))
    if search.created_to is not None:
        conditions.append(Cliente.creado < _start(search.created_to + timedelta(days=1)))
    return conditions


def _tagged(tag_id: int | None) -> list[ColumnElement[bool]]:
    if tag_id is None:
        return []
    return [
        select(ClienteEtiqueta.cliente_id)
        .where(and_(ClienteEtiqueta.etiqueta_id == tag_id, ClienteEtiqueta.cliente_id == Cliente.id))
        .exists()
    ]


def _start(day: date) -> datetime:
    return start_of(day, account_zone())
