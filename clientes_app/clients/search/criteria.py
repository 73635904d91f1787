"""What can be asked about an account's clients, and how a URL says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from ...fields.questions import MOST_QUESTIONS, Question, is_question, reader_of
from ...values.amounts import parse_amount
from ...values.days import read_day
from ...values.ids import read_id
from ...values.spelling import searchable
from ...values.text import clean_line
from ...web.filters import Given, Reader, Unread, all_given, once, one_of, read_filters, unread

MOST_TAGS = 50
"""How many tags one filter names at the most."""

MOST_PURCHASES = 999_999
MOST_DAYS = 9_999


class Status(StrEnum):
    """Which clients a search looks at."""

    ACTIVE = "activos"
    INACTIVE = "inactivos"
    ALL = "todos"


class YesNo(StrEnum):
    """Whether something is so."""

    YES = "si"
    NO = "no"


Values = dict[str, str | list[str]]
"""The values of a URL: a name that is given several times has a list."""

NOTHING_ASKED = Unread("", ())


@dataclass(frozen=True)
class Search:
    """What a person looks for; what is None or empty is not asked.

    Each filter has its "not". Those of purchases are one question, and so are those of creation: `not_bought_since`
    and `not_bought_for` together find who has not bought for so much since then. "Within" so many days goes on with
    time, where "since" stays.
    """

    text: str = ""
    status: Status = Status.ACTIVE
    without_text: str = ""
    any_tags: tuple[int, ...] = ()
    all_tags: tuple[int, ...] = ()
    no_tags: tuple[int, ...] = ()
    reachable: YesNo | None = None
    """Whether the client has a number that can get an SMS."""
    opted_out: YesNo | None = None
    bought_since: date | None = None
    bought_within: int | None = None
    """In the last so many days."""
    bought_for: Decimal | None = None
    """What the purchases since `bought_since`, or all of them, come to at least, in pesos."""
    not_bought_since: date | None = None
    not_bought_within: int | None = None
    not_bought_for: Decimal | None = None
    least_purchases: int | None = None
    """How many sales were made to the client at least."""
    most_purchases: int | None = None
    written_to: YesNo | None = None
    """Whether the client ever got a message."""
    lost: YesNo | None = None
    """Whether the last messages to the client did not arrive."""
    created_from: date | None = None
    created_to: date | None = None
    """The last day on which a client may have been created."""
    not_created_from: date | None = None
    not_created_to: date | None = None
    questions: tuple[Question, ...] = ()
    """What is asked by the account's own fields."""
    import_id: int | None = None
    """The import that created or changed the client."""
    unread: tuple[Unread, ...] = ()
    """What was asked and cannot be read: a search with any of it finds nobody."""

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Search:
        """Read the values of a URL or a form, which may have others beside them."""
        own = [name for name, _ in all_given(values) if is_question(name)]
        readers = {name: each.read for name, each in FILTERS.items()} | {name: reader_of(name) for name in own}
        read = read_filters(values, readers | dict.fromkeys(own[MOST_QUESTIONS:], _too_many))
        asked = {FILTERS[name].field: value for name, value in read.values.items() if name in FILTERS}
        questions = tuple(value for name, value in read.values.items() if name not in FILTERS)
        return cls(**asked, questions=questions, unread=read.unread)

    @classmethod
    def from_stored(cls, values: Mapping[str, Any]) -> Search:
        """Read what was stored, where nothing stands beside: a name that is unknown today was a filter once.

        What asks nothing any more is not everybody, but nobody.
        """
        search = cls.from_values(values)
        unknown = [unread(name, texts) for name, texts in all_given(values) if not is_filter(name)]
        if not search.values() and not unknown:
            unknown = [NOTHING_ASKED]
        return replace(search, unread=(*search.unread, *unknown))

    def values(self) -> Values:
        """Return the values that `from_values` reads as this search; what could not be read stays so."""
        read = {name: _written(getattr(self, each.field)) for name, each in FILTERS.items()}
        if self.status is Status.ACTIVE:
            del read["estado"]
        asked = {name: value for name, value in read.items() if value}
        asked |= {each.name: each.written for each in self.questions}
        return asked | {name: ", ".join(given) for name, given in self.unread if name}

    def pairs(self) -> list[tuple[str, str]]:
        """Return the same as a form sends it: a name that has several values comes several times."""
        return [(name, text) for name, texts in all_given(self.values()) for text in texts]

    @property
    def tag_ids(self) -> tuple[int, ...]:
        """Return the tags that it names."""
        return (*self.any_tags, *self.all_tags, *self.no_tags)


def is_filter(name: str) -> bool:
    """Return whether something can be asked by a name in a URL."""
    return name in FILTERS or is_question(name)


def _too_many(_given: Given) -> None:
    """Read nothing: more is asked of fields than is answered at once."""


def _written(value: Any) -> str | list[str]:
    if isinstance(value, tuple):
        written = [str(each) for each in value]
        return written[0] if len(written) == 1 else written
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _text(text: str) -> str | None:
    """Read a text to look for; None for one that nobody could hold, and so everybody would be found."""
    cleaned = clean_line(text)
    return cleaned if searchable(cleaned).strip() else None


def _count(text: str) -> int | None:
    count = read_id(text)
    return count if count is not None and count <= MOST_PURCHASES else None


def _days(text: str) -> int | None:
    days = read_id(text)
    return days if days and days <= MOST_DAYS else None


def _tags(given: Given) -> tuple[int, ...] | None:
    """Read the ids of tags, each once; None where one of them is none, or where there are too many."""
    ids = tuple(dict.fromkeys(map(read_id, given[: MOST_TAGS + 1])))
    return None if None in ids or len(ids) > MOST_TAGS else ids  # type: ignore[return-value]


class Filter(NamedTuple):
    """One thing that can be asked: the field of `Search` that it fills, and how its text is read."""

    field: str
    read: Reader


FILTERS: Mapping[str, Filter] = {
    "q": Filter("text", once(_text)),
    "no_q": Filter("without_text", once(_text)),
    "estado": Filter("status", one_of(Status)),
    "etiqueta": Filter("any_tags", _tags),
    "etiqueta_todas": Filter("all_tags", _tags),
    "no_etiqueta": Filter("no_tags", _tags),
    "numero": Filter("reachable", one_of(YesNo)),
    "baja": Filter("opted_out", one_of(YesNo)),
    "compro_desde": Filter("bought_since", once(read_day)),
    "compro_dias": Filter("bought_within", once(_days)),
    "compro_por": Filter("bought_for", once(parse_amount)),
    "no_compro_desde": Filter("not_bought_since", once(read_day)),
    "no_compro_dias": Filter("not_bought_within", once(_days)),
    "no_compro_por": Filter("not_bought_for", once(parse_amount)),
    "compras_min": Filter("least_purchases", once(_count)),
    "compras_max": Filter("most_purchases", once(_count)),
    "escrito": Filter("written_to", one_of(YesNo)),
    "no_llegan": Filter("lost", one_of(YesNo)),
    "creado_desde": Filter("created_from", once(read_day)),
    "creado_hasta": Filter("created_to", once(read_day)),
    "no_creado_desde": Filter("not_created_from", once(read_day)),
    "no_creado_hasta": Filter("not_created_to", once(read_day)),
    "importacion": Filter("import_id", once(read_id)),
}
"""What can be asked of every account's clients, by its name in a URL, in the order of the form."""
