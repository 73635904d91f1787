"""What a search asks beside its text, said to a person: one chip each, which can be taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import format_date, gettext, lazy_gettext

from ...values.text import clean_line
from ...web.formatting import money
from .criteria import LONGEST_SEARCH, NOTHING_ASKED, Search, Status, Unread, YesNo

_LONGEST_QUOTED = 40


_LABELS = {
    "q": lazy_gettext("Search"),
    "estado": lazy_gettext("Which clients"),
    "etiqueta": lazy_gettext("Tag"),
    "numero": lazy_gettext("Number"),
    "baja": lazy_gettext("Opt-out"),
    "compro_desde": lazy_gettext("Bought since"),
    "no_compro_desde": lazy_gettext("Has not bought since"),
    "compro_por": lazy_gettext("Bought for at least"),
    "creado_desde": lazy_gettext("Created from"),
    "creado_hasta": lazy_gettext("Created up to"),
}
_DAYS = frozenset({"compro_desde", "no_compro_desde", "creado_desde", "creado_hasta"})
_HOW_WRITTEN = {
    "q": lazy_gettext("Write letters or digits, at most %(longest)s characters.", longest=LONGEST_SEARCH),
    "estado": lazy_gettext("It is one of: %(choices)s.", choices=", ".join(Status)),
    "etiqueta": lazy_gettext("Choose one of the shop's tags."),
    "numero": lazy_gettext("It is one of: %(choices)s.", choices=", ".join(YesNo)),
    "baja": lazy_gettext("It is one of: %(choices)s.", choices=", ".join(YesNo)),
    "compro_por": lazy_gettext("An amount is written like 200.000."),
}


@dataclass(frozen=True)
class Chip:
    """One thing asked; `name` is how the URL calls it."""

    name: str
    label: str


def chips_of(search: Search, tag_names: Mapping[int, str]) -> list[Chip]:
    """Say what a search asks, in the order of the form."""
    labels = {
        "etiqueta": "" if search.tag_id is None else _tag(search.tag_id, tag_names),
        "numero": search.reachable and _reachable(search.reachable),
        "baja": search.opted_out and _opted_out(search.opted_out),
        "compro_desde": search.bought_since and _since(search.bought_since),
        "no_compro_desde": search.not_bought_since and _not_since(search.not_bought_since),
        "compro_por": "" if search.bought_for is None else _bought_for(search.bought_for),
        "creado_desde": search.created_from and gettext("Created from %(day)s", day=_day(search.created_from)),
        "creado_hasta": search.created_to and gettext("Created up to %(day)s", day=_day(search.created_to)),
    }
    return [Chip(name, label) for name, label in labels.items() if label]


def without(asked: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the URL values without one of them."""
    return {each: value for each, value in asked.items() if each != name}


def describe(search: Search, tag_names: Mapping[int, str]) -> str:
    """Say a whole search in one line."""
    parts = [gettext("“%(text)s”", text=search.text)] if search.text else []
    parts.append(_status(search.status))
    return " · ".join([*parts, *(chip.label for chip in chips_of(search, tag_names)), *unread_in_words(search)])


def unread_in_words(search: Search) -> list[str]:
    """Say which filters cannot be read, and how each is written."""
    return [_cannot_be_read(unread) for unread in search.unread]


def unread_chips(search: Search) -> list[Chip]:
    """Say what was given that cannot be read, so that it can be taken off."""
    return [Chip(unread.name, f"{_LABELS[unread.name]}: “{_given(unread)}”") for unread in search.unread]


def quoted(text: str) -> str:
    """Return what somebody gave as a sentence quotes it: one line, and not the whole of a long one."""
    line = clean_line(text[: _LONGEST_QUOTED + 1])
    return line if len(line) <= _LONGEST_QUOTED else f"{line[:_LONGEST_QUOTED]}…"


def _cannot_be_read(unread: Unread) -> str:
    if unread == NOTHING_ASKED:
        return str(gettext("It asks nothing, and nobody is meant by that."))
    said = gettext("%(name)s: “%(given)s” cannot be read.", name=_label(unread.name), given=_given(unread))
    return f"{said} {_how_written(unread)}"


def _given(unread: Unread) -> str:
    return ", ".join(map(quoted, unread.given))


def _label(name: str) -> str:
    return f"{_LABELS[name]} ({name})" if name in _LABELS else quoted(name)


def _how_written(unread: Unread) -> str:
    if len(unread.given) > 1:
        return str(gettext("It is given more than once."))
    if unread.name in _DAYS:
        return str(gettext("A day is written like 2026-11-29."))
    return str(_HOW_WRITTEN.get(unread.name) or gettext("There is no filter with this name."))


def _status(status: Status) -> str:
    words = {
        Status.ACTIVE: gettext("Active ones"),
        Status.INACTIVE: gettext("Inactive ones"),
        Status.ALL: gettext("Active and inactive"),
    }
    return str(words[status])


def _tag(tag_id: int, tag_names: Mapping[int, str]) -> str:
    name = tag_names.get(tag_id)
    return str(gettext("Tag: %(name)s", name=name) if name else gettext("A tag that no longer exists"))


def _reachable(reachable: YesNo) -> str:
    return str(gettext("With a usable number") if reachable is YesNo.YES else gettext("Without a usable number"))


def _opted_out(opted_out: YesNo) -> str:
    return str(gettext("Opted out") if opted_out is YesNo.YES else gettext("Not opted out"))


def _since(day: date) -> str:
    return str(gettext("Bought since %(day)s", day=_day(day)))


def _not_since(day: date) -> str:
    return str(gettext("Has not bought since %(day)s", day=_day(day)))


def _bought_for(amount: Decimal) -> str:
    return str(gettext("Bought for %(amount)s or more", amount=money(amount)))


def _day(day: date) -> str:
    return str(format_date(day, "d MMM y"))
