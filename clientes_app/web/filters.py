"""Filters as an address gives them: what can be read of them, and what cannot, said to a person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from ..errors import DomainError
from ..values.text import clean_line

LONGEST_FILTER = 100
"""No filter is written longer than that, and nothing is done with one that is."""

A_DAY = lazy_gettext("A day is written like 2026-11-29.")

_KEPT = 3
"""How many of the texts given by one name are kept where they cannot be read."""
_LONGEST_QUOTED = 40

Choice = TypeVar("Choice", bound=StrEnum)
Given = tuple[str, ...]
"""All that is given by one name."""
Reader = Callable[[Given], Any]
"""Returns None for what means nothing."""


class Unread(NamedTuple):
    """A filter that was given and cannot be read."""

    name: str
    """How the URL calls it."""
    given: Given


class Read(NamedTuple):
    """What was given: by name what could be read, and what could not."""

    values: dict[str, Any]
    unread: tuple[Unread, ...]


def read_filters(values: Mapping[str, Any], readers: Mapping[str, Reader]) -> Read:
    """Read the filters among the values of a URL or a form, which may have others beside them."""
    given = {name: texts for name, texts in all_given(values) if name in readers}
    read = {name: readers[name](texts) for name, texts in given.items()}
    return Read(
        {name: value for name, value in read.items() if value is not None},
        tuple(unread(name, given[name]) for name, value in read.items() if value is None),
    )


def all_given(values: Mapping[str, Any]) -> Iterator[tuple[str, Given]]:
    """Iterate over the names of which something is given, with all that is; a form sends what is empty too."""
    for name, texts in MultiDict(values).lists():
        if given := tuple(str(text) for text in texts if str(text).strip()):
            yield name, given


def unread(name: str, given: Given) -> Unread:
    """Note what cannot be read so that a page can show it and send it on: some of it, each sign visible."""
    shown = ("".join(sign if sign.isprintable() else "\ufffd" for sign in text[: LONGEST_FILTER + 1]) for text in given)
    return Unread(name, tuple(islice(shown, _KEPT)))


def once(read: Callable[[str], Any]) -> Reader:
    """Return a reader of what is given once, and not too long."""
    return lambda given: read(given[0]) if len(given) == 1 and len(given[0]) <= LONGEST_FILTER else None


def one_of(choices: type[Choice]) -> Reader:
    """Return a reader of one of some words."""
    return once(lambda text: choices(text) if text in set(choices) else None)


def chosen_of(values: Mapping[str, Any], name: str, choices: Collection[str], default: str) -> str:
    """Return which of some words is given by a name, the default where nothing is.

    Raises DomainError where what is given is none of them, or is given more than once.
    """
    given = dict(all_given(values)).get(name)
    if given is None:
        return default
    word = once(lambda text: text if text in choices else None)(given)
    if word is None:
        raise DomainError(cannot_be_read(name, given, one_is_enough() if len(given) > 1 else in_words(choices)))
    return str(word)


def cannot_be_read(name: str, given: Given, how_written: str) -> str:
    """Say that a filter, named as a person knows it, cannot be read, and how it is written."""
    said = gettext("%(name)s: “%(given)s” cannot be read.", name=name, given=given_in_words(given))
    return f"{said} {how_written}"


def given_in_words(given: Given) -> str:
    """Return what somebody gave by one name as a sentence quotes it."""
    return ", ".join(map(quoted, given))


def quoted(text: str) -> str:
    """Return what somebody gave as a sentence quotes it: one line, and not the whole of a long one."""
    line = clean_line(text[: _LONGEST_QUOTED + 1])
    return line if len(line) <= _LONGEST_QUOTED else f"{line[:_LONGEST_QUOTED]}…"


def one_is_enough() -> str:
    """Say that a filter is given more than once."""
    return str(gettext("It is given more than once."))


def in_words(choices: Iterable[str]) -> str:
    """Say which words a filter takes."""
    return str(gettext("It is one of: %(choices)s.", choices=", ".join(choices)))
