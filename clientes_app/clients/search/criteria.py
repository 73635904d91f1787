"""What can be asked about an account's clients, and how a URL says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from werkzeug.datastructures import MultiDict

from ...values.amounts import parse_amount
from ...values.days import read_day
from ...values.ids import read_id
from ...values.text import clean_line, fold

LONGEST_SEARCH = 100
_KEPT = 3
"""How many of the texts given by one name are kept where they cannot be read."""


class Status(StrEnum):
    """Which clients a search looks at."""

    ACTIVE = "activos"
    INACTIVE = "inactivos"
    ALL = "todos"


class YesNo(StrEnum):
    """Whether something is so."""

    YES = "si"
    NO = "no"


Choice = TypeVar("Choice", bound=StrEnum)


class Unread(NamedTuple):
    """A filter that was given and cannot be read."""

    name: str
    """How the URL calls it."""
    given: tuple[str, ...]


NOTHING_ASKED = Unread("", ())


@dataclass(frozen=True)
class Search:
    """What a person looks for; what is None or empty is not asked."""

    text: str = ""
    status: Status = Status.ACTIVE
    tag_id: int | None = None
    reachable: YesNo | None = None
    """Whether the client has a number that can get an SMS."""
    opted_out: YesNo | None = None
    bought_since: date | None = None
    not_bought_since: date | None = None
    bought_for: Decimal | None = None
    """What all purchases together come to at least, in pesos."""
    created_from: date | None = None
    created_to: date | None = None
    """The last day on which a client may have been created."""
    unread: tuple[Unread, ...] = ()
    """What was asked and cannot be read: a search with any of it finds nobody."""

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Search:
        """Read the values of a URL or a form, which may have others beside them."""
        given = {name: texts for name, texts in _given(values) if name in FILTERS}
        read = {name: _read(name, texts) for name, texts in given.items()}
        fields = {FILTERS[name].field: value for name, value in read.items() if value is not None}
        return cls(**fields, unread=tuple(_unread(name, given[name]) for name, value in read.items() if value is None))

    @classmethod
    def from_stored(cls, values: Mapping[str, str]) -> Search:
        """Read what was stored, where nothing stands beside: a name that is unknown today was a filter once.

        What asks nothing any more is not everybody, but nobody.
        """
        search = cls.from_values(values)
        unknown = [_unread(name, texts) for name, texts in _given(values) if name not in FILTERS]
        if not search.values() and not unknown:
            unknown = [NOTHING_ASKED]
        return replace(search, unread=(*search.unread, *unknown))

    def values(self) -> dict[str, str]:
        """Return the values that `from_values` reads as this search; what could not be read stays so."""
        values = {
            "q": self.text,
            "estado": "" if self.status is Status.ACTIVE else self.status,
            "etiqueta": self.tag_id,
            "numero": self.reachable,
            "baja": self.opted_out,
            "compro_desde": self.bought_since,
            "no_compro_desde": self.not_bought_since,
            "compro_por": None if self.bought_for is None else f"{self.bought_for.normalize():f}",
            "creado_desde": self.created_from,
            "creado_hasta": self.created_to,
        }
        read = {name: str(value) for name, value in values.items() if value not in (None, "")}
        return read | {name: ", ".join(given) for name, given in self.unread if name}


def _given(values: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Iterate over the names of which something is given, with all that is; a form sends what is empty too."""
    for name, texts in MultiDict(values).lists():
        if given := tuple(str(text) for text in texts if str(text).strip()):
            yield name, given


def _read(name: str, given: tuple[str, ...]) -> Any:
    """Read a filter; None where it means nothing, or is given more than once."""
    return FILTERS[name].read(given[0]) if len(given) == 1 else None


def _unread(name: str, given: tuple[str, ...]) -> Unread:
    """Note what cannot be read so that a page can show it and send it on: some of it, each sign visible."""
    shown = ("".join(sign if sign.isprintable() else "\ufffd" for sign in text[: LONGEST_SEARCH + 1]) for text in given)
    return Unread(name, tuple(islice(shown, _KEPT)))


def _text(text: str) -> str | None:
    """Read a text to look for; None for one that nobody could hold, and so everybody would be found."""
    cleaned = clean_line(text) if len(text) <= LONGEST_SEARCH else ""
    return cleaned if fold(cleaned).strip() else None


def _choice(choices: type[Choice], text: str) -> Choice | None:
    return choices(text) if text in set(choices) else None


def _amount(text: str) -> Decimal | None:
    return parse_amount(text) if len(text) <= LONGEST_SEARCH else None


class Filter(NamedTuple):
    """One thing that can be asked: the field of `Search` that it fills, and how its text is read."""

    field: str
    read: Callable[[str], Any]


FILTERS: Mapping[str, Filter] = {
    "q": Filter("text", _text),
    "estado": Filter("status", partial(_choice, Status)),
    "etiqueta": Filter("tag_id", read_id),
    "numero": Filter("reachable", partial(_choice, YesNo)),
    "baja": Filter("opted_out", partial(_choice, YesNo)),
    "compro_desde": Filter("bought_since", read_day),
    "no_compro_desde": Filter("not_bought_since", read_day),
    "compro_por": Filter("bought_for", _amount),
    "creado_desde": Filter("created_from", read_day),
    "creado_hasta": Filter("created_to", read_day),
}
"""Everything that can be asked, by its name in a URL."""
