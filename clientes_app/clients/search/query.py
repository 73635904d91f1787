"""Finding the clients that a search asks for, beginning with the index that leaves the fewest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Join,
    Select,
    Subquery,
    and_,
    column,
    func,
    not_,
    or_,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.compiler import SQLCompiler

from ...database.planner import in_turn
from ...extensions import db
from ...fields.finding import who_has
from ...fields.questions import Question, by_field, reads_all
from ...models import Cliente, ClienteEtiqueta
from ...models.cliente import OUTSIDE_NAMES
from ...settings import current_settings
from ...tenancy import owned
from ...values.client_keys import sought_digits
from ...values.spelling import searchable
from .clauses import (
    Conditions,
    begins_with_most_bought,
    conditions_of,
    conditions_without_sums,
    has_asked,
    has_tag,
    sums_of,
    today,
)
from .criteria import Search

SHORTEST_INDEXED = 3
"""The trigram index knows parts of three characters."""

TELLING_BEGINNINGS = 3
"""The beginnings of so many words say nearly as much as the words."""

BROAD = 40_000
"""From so many on it takes less to read a million texts than to look one up for each."""

_LAST = chr(sys.maxunicode)

_TAGS = ClienteEtiqueta.__table__
# SQLite's trigram index, a table of its own; PostgreSQL's is used by itself.
_INDEX = table("cliente_indice", column("rowid"), column("cliente_indice"))


def matching(account_id: int, search: Search) -> Select[Cliente]:
    """Select the account's clients that the search finds, beginning with the index that leaves the fewest."""
    return _matching(account_id, search, conditions_of(account_id, search))


def matching_ids(account_id: int, search: Search) -> Select[int]:
    """Select their ids, those first who are found soonest."""
    if not begins_with_most_bought(search):
        return matching(account_id, search).with_only_columns(Cliente.id, maintain_column_froms=True)
    # Sums are made one after the other, as far as they are needed: PostgreSQL would make all of them and sort then.
    candidates = _matching(account_id, search, conditions_without_sums(account_id, search))
    ids = candidates.with_only_columns(Cliente.id, maintain_column_froms=True)
    candidate = ids.order_by(Cliente.total_compras.desc()).offset(0).subquery("candidate")
    return select(candidate.c.id).where(*sums_of(account_id, search, candidate.c.id))


def _matching(account_id: int, search: Search, conditions: Conditions) -> Select[Cliente]:
    words = _words(search.text)
    found = owned(Cliente, account_id).where(*conditions, *_without_text(search))
    if any(map(_is_indexed, words)) and db.engine.dialect.name == "sqlite":
        return _by_index(found, words, search)
    found = found.where(*_of_text(words, _lies_in_index))
    leading = _leading(search)
    if leading is None:
        return found
    return found.select_from(_From(leading, Cliente.__table__, leading.c.cliente_id == Cliente.id))


def filtering(account_id: int, search: Search) -> Select[Cliente]:
    """Select the same clients for reading them in some order: each is looked at when its turn comes."""
    return _looked_at(account_id, search).where(*has_asked(search, Cliente.id.expression))


def filtering_names(account_id: int, search: Search) -> tuple[Select[int], type[Cliente]]:
    """Select their ids for reading them by name, and return what has the columns to sort by.

    What the index of names can tell is asked of it alone: a client is looked at only where that leaves it.
    """
    name = aliased(Cliente, name="name")
    looked_at = _looked_at(account_id, search).where(Cliente.id == name.id).with_only_columns(Cliente.id)
    asked = [each.correlate(name) for each in has_asked(search, name.id.expression)]
    found = select(name.id).where(name.usuario_id == account_id, *_of_name(name, search))
    return found.where(*([in_turn(select(true()).where(*asked))] if asked else []), in_turn(looked_at)), name


def _looked_at(account_id: int, search: Search) -> Select[Cliente]:
    found = owned(Cliente, account_id).where(*_of_text(_words(search.text), _begins))
    return found.where(*conditions_of(account_id, search), *_without_text(search))


def _of_name(name: type[Cliente], search: Search) -> list[ColumnElement[bool]]:
    """Ask of the index of names what leaves nobody out whom the text finds."""
    words = _words(search.text)
    is_beginning = words and not any(map(_is_indexed, words)) and not words[0].isdecimal()
    beginning = [name.nombre_orden.between(words[0], words[0] + _LAST)] if is_beginning else []
    with_letters = (word for word in words if word.strip(OUTSIDE_NAMES))
    return beginning + [or_(name.nombre_orden.contains(word, autoescape=True), name.letras) for word in with_letters]


def _leading(search: Search) -> Subquery | None:
    """Select who has the tags and values that a search asks for, from the tables of these alone; None: it asks none."""
    if search.all_tags or search.any_tags:
        return _tagged(search)
    groups = by_field(search.questions, negated=False)
    if not groups:
        return None
    first = _first_of(groups)
    others = replace(search, questions=tuple(each for each in search.questions if each not in first))
    leading = who_has(first, today())
    return leading.where(*has_asked(others, leading.selected_columns[0])).subquery("having")


def _first_of(groups: list[list[Question]]) -> list[Question]:
    """Return what is looked for first, the others only of whom it finds: what seems to leave the fewest.

    To find a part of a text all of its field is read. Where the others leave many, that takes less than looking the
    text up for each of them.
    """
    if len(groups) == 1 or not reads_all(groups[-1]):
        return groups[0]
    some = who_has(groups[0], today()).limit(BROAD + 1).subquery()
    return groups[-1] if (db.session.scalar(select(func.count()).select_from(some)) or 0) > BROAD else groups[0]


def _tagged(search: Search) -> Subquery:
    """Select who has the tags that a search asks for, everybody once, from the table of tags alone."""
    first = search.all_tags[:1] or search.any_tags
    others = replace(search, all_tags=search.all_tags[1:], any_tags=search.any_tags if search.all_tags else ())
    # Tag by tag, without those of the tags before: who has which tag is never sorted, nor read to the end.
    parts = [
        select(_TAGS.c.cliente_id).where(
            _TAGS.c.etiqueta_id == tag_id,
            *([~has_tag(first[:place], _TAGS.c.cliente_id)] if place else []),
            *has_asked(others, _TAGS.c.cliente_id),
        )
        for place, tag_id in enumerate(first)
    ]
    return union_all(*parts).subquery("tagged")


def _by_index(found: Select[Cliente], words: list[str], search: Search) -> Select[Cliente]:
    # The index says who holds the parts, in whatever order: it is a third of one that says where, and faster to write.
    # https://www.sqlite.org/fts5.html#the_trigram_tokenizer
    quoted = ['"{}"'.format(part.replace('"', '""')) for part in _parts(words)]
    # Tags are asked of the index's rows: the clients without them need not be looked at.
    return found.select_from(_From(_INDEX, Cliente.__table__, _INDEX.c.rowid == Cliente.id)).where(
        _INDEX.c.cliente_indice.match(" AND ".join(quoted)), *has_asked(search, _INDEX.c.rowid), *map(_holds, words)
    )


def _parts(words: list[str]) -> Iterable[str]:
    """Return what the trigram index is asked for: parts that together make up the words, each once.

    Those that overlap would say hardly more, and for each the index reads everybody who holds it. Where there are
    beginnings of several words, hardly anybody else holds all of these.
    """
    beginnings = dict.fromkeys(word[:SHORTEST_INDEXED] for word in words if _is_indexed(word))
    if len(beginnings) >= TELLING_BEGINNINGS:
        return beginnings
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
    folded = searchable(text)
    digits = sought_digits(folded, current_settings().default_region)
    return [digits] if digits else folded.split()


def _is_indexed(word: str) -> bool:
    return len(word) >= SHORTEST_INDEXED


def _of_text(words: list[str], begins: Callable[[str], ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    if not words or any(map(_is_indexed, words)):
        return [_holds(word) for word in words]
    # Very many clients hold any two letters: who types no more means a beginning, for which there are indexes.
    return [begins(words[0]), *(_holds(word) for word in words[1:])]


def _without_text(search: Search) -> list[ColumnElement[bool]]:
    words = _words(search.without_text)
    return [not_(and_(*_of_text(words, _begins)))] if words else []


def _holds(part: str) -> ColumnElement[bool]:
    return Cliente.busqueda.contains(part, autoescape=True)


def _begins(part: str) -> ColumnElement[bool]:
    return _beginning(part).startswith(part, autoescape=True)


def _lies_in_index(part: str) -> ColumnElement[bool]:
    column = _beginning(part)
    # Said twice, because only documents that are not empty are in the index.
    return and_(column != "", column.between(part, part + _LAST))


def _beginning(part: str) -> InstrumentedAttribute[str]:
    return Cliente.documento_clave if part.isdecimal() else Cliente.nombre_orden
