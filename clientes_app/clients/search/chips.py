"""What a search asks beside its text, said to a person: chips, each of which can be taken off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext

from ...fields import sentences
from ...fields.questions import by_field, field_asked, is_question
from ...web.filters import (
    A_DAY,
    LONGEST_FILTER,
    Unread,
    cannot_be_read,
    given_in_words,
    in_words,
    one_is_enough,
    quoted,
)
from . import times
from .criteria import MOST_DAYS, MOST_TAGS, NOTHING_ASKED, Search, Status, YesNo
from .known import Known

_LABELS = {
    "q": lazy_gettext("Search"),
    "no_q": lazy_gettext("Without the text"),
    "estado": lazy_gettext("Which clients"),
    "etiqueta": lazy_gettext("With any of the tags"),
    "etiqueta_todas": lazy_gettext("With all of the tags"),
    "no_etiqueta": lazy_gettext("With none of the tags"),
    "numero": lazy_gettext("Number"),
    "baja": lazy_gettext("Opt-out"),
    "compro_desde": lazy_gettext("Bought since"),
    "compro_dias": lazy_gettext("Bought in the last days"),
    "compro_por": lazy_gettext("Bought for at least"),
    "no_compro_desde": lazy_gettext("Has not bought since"),
    "no_compro_dias": lazy_gettext("Has not bought in the last days"),
    "no_compro_por": lazy_gettext("Has not bought for at least"),
    "compras_min": lazy_gettext("Purchases, at least"),
    "compras_max": lazy_gettext("Purchases, at most"),
    "escrito": lazy_gettext("Messages"),
    "no_llegan": lazy_gettext("Last messages"),
    "creado_desde": lazy_gettext("Created from"),
    "creado_hasta": lazy_gettext("Created up to"),
    "no_creado_desde": lazy_gettext("Not created from"),
    "no_creado_hasta": lazy_gettext("Not created up to"),
    "importacion": lazy_gettext("Import"),
}
_CHOICES = {"estado": Status, "numero": YesNo, "baja": YesNo, "escrito": YesNo, "no_llegan": YesNo}
_HOW_WRITTEN = {
    "q": lazy_gettext("Write letters or digits, at most %(longest)s characters.", longest=LONGEST_FILTER),
    **dict.fromkeys(
        ("etiqueta", "etiqueta_todas"), lazy_gettext("Choose the shop's tags, at most %(most)s.", most=MOST_TAGS)
    ),
    **dict.fromkeys(("compro_desde", "creado_desde", "creado_hasta"), A_DAY),
    "compro_dias": lazy_gettext("It is a whole number of days, from 1 to %(most)s.", most=MOST_DAYS),
    **dict.fromkeys(("compras_min", "compras_max"), lazy_gettext("It is a whole number.")),
    "compro_por": lazy_gettext("An amount is written like 200.000."),
    "importacion": lazy_gettext("It is the number of an import."),
}
"""How each filter is written, and its "not" like it."""


@dataclass(frozen=True)
class Chip:
    """One thing asked; `names` are how the URL calls what it is made of."""

    names: tuple[str, ...]
    label: str


def chips_of(search: Search, known: Known) -> list[Chip]:
    """Say what a search asks, in the order of the form."""
    chips = [
        Chip(("no_q",), _without_text(search.without_text)),
        Chip(("etiqueta",), _any_tag(search.any_tags, known.tags)),
        Chip(("etiqueta_todas",), _all_tags(search.all_tags, known.tags)),
        Chip(("no_etiqueta",), _no_tag(search.no_tags, known.tags)),
        Chip(("numero",), _reachable(search.reachable)),
        Chip(("baja",), _opted_out(search.opted_out)),
        Chip(("compro_desde", "compro_por"), times.bought(search)),
        Chip(("compro_dias", "compro_por"), times.bought_within(search)),
        Chip(("no_compro_desde", "no_compro_por"), times.not_bought(search)),
        Chip(("no_compro_dias", "no_compro_por"), times.not_bought_within(search)),
        Chip(("compras_min", "compras_max"), times.purchases(search.least_purchases, search.most_purchases)),
        Chip(("escrito",), _written_to(search.written_to)),
        Chip(("no_llegan",), _lost(search.lost)),
        Chip(("creado_desde", "creado_hasta"), times.created(search)),
        Chip(("no_creado_desde", "no_creado_hasta"), times.not_created(search)),
        *_of_fields(search, known),
        Chip(("importacion",), "" if search.import_id is None else gettext("From an import")),
    ]
    return [chip for chip in chips if chip.label]


def without(asked: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the URL values without some of them."""
    return {each: value for each, value in asked.items() if each not in names}


def describe(search: Search, known: Known) -> str:
    """Say a whole search in one line."""
    parts = [gettext("“%(text)s”", text=search.text)] if search.text else []
    parts.append(_status(search.status))
    chips = [chip.label for chip in chips_of(search, known)]
    return " · ".join([*parts, *chips, *problems_in_words(search, known)])


def problems_in_words(search: Search, known: Known) -> list[str]:
    """Say why a search finds nobody that cannot be understood: what cannot be read, tags and fields that are gone."""
    gone = set(search.no_tags) - set(known.tags)
    lost = [gettext("A tag that nobody is to have no longer exists: choose others.")] if gone else []
    return [*unread_in_words(search, known), *lost, *sentences.problems_of(search.questions, known.fields)]


def unread_in_words(search: Search, known: Known | None = None) -> list[str]:
    """Say which filters cannot be read, and how each is written."""
    return [_cannot_be_read(unread, known or Known()) for unread in search.unread]


def unread_chips(search: Search, known: Known) -> list[Chip]:
    """Say what was given that cannot be read, so that it can be taken off."""
    return [
        Chip((unread.name,), f"{_label(unread.name, known) or unread.name}: “{given_in_words(unread.given)}”")
        for unread in search.unread
    ]


def _cannot_be_read(unread: Unread, known: Known) -> str:
    if unread == NOTHING_ASKED:
        return str(gettext("It asks nothing, and nobody is meant by that."))
    label = _label(unread.name, known)
    named = f"{label} ({unread.name})" if label else quoted(unread.name)
    return cannot_be_read(named, unread.given, _how_written(unread))


def _label(name: str, known: Known) -> str:
    """Return what people call a filter; empty where there is none of this name."""
    field = known.fields.get(field_asked(name) or 0)
    return field.nombre if field else str(_LABELS.get(name, ""))


def _how_written(unread: Unread) -> str:
    name = unread.name.removeprefix("no_")
    if len(unread.given) > 1 and not name.startswith("etiqueta"):
        return one_is_enough()
    if is_question(name):
        return sentences.how_written(name)
    if name in _CHOICES:
        return in_words(_CHOICES[name])
    return str(_HOW_WRITTEN.get(name) or gettext("There is no filter with this name."))


def _of_fields(search: Search, known: Known) -> list[Chip]:
    groups = [group for negated in (False, True) for group in by_field(search.questions, negated=negated)]
    return [
        Chip(
            tuple(question.name for question in group),
            sentences.in_words(known.fields[group[0].field_id], group)
            if group[0].field_id in known.fields
            else sentences.gone(),
        )
        for group in groups
    ]


def _status(status: Status) -> str:
    words = {
        Status.ACTIVE: gettext("Active ones"),
        Status.INACTIVE: gettext("Inactive ones"),
        Status.ALL: gettext("Active and inactive"),
    }
    return str(words[status])


def _without_text(text: str) -> str:
    return str(gettext("Without “%(text)s”", text=text)) if text else ""


def _any_tag(ids: tuple[int, ...], names: Mapping[int, str]) -> str:
    if len(ids) != 1:
        return _listed(ids, names) and gettext("Any of: %(names)s", names=_listed(ids, names))
    return str(gettext("Tag: %(name)s", name=names[ids[0]]) if ids[0] in names else _gone())


def _all_tags(ids: tuple[int, ...], names: Mapping[int, str]) -> str:
    return _listed(ids, names) and gettext("All of: %(names)s", names=_listed(ids, names))


def _no_tag(ids: tuple[int, ...], names: Mapping[int, str]) -> str:
    return _listed(ids, names) and gettext("None of: %(names)s", names=_listed(ids, names))


def _listed(ids: tuple[int, ...], names: Mapping[int, str]) -> str:
    return ", ".join(names.get(each, _gone()) for each in ids)


def _gone() -> str:
    return str(gettext("A tag that no longer exists"))


def _reachable(reachable: YesNo | None) -> str:
    if reachable is None:
        return ""
    return str(gettext("With a usable number") if reachable is YesNo.YES else gettext("Without a usable number"))


def _opted_out(opted_out: YesNo | None) -> str:
    if opted_out is None:
        return ""
    return str(gettext("Opted out") if opted_out is YesNo.YES else gettext("Not opted out"))


def _written_to(written_to: YesNo | None) -> str:
    if written_to is None:
        return ""
    return str(gettext("Got a message") if written_to is YesNo.YES else gettext("Never got a message"))


def _lost(lost: YesNo | None) -> str:
    if lost is None:
        return ""
    yes, no = gettext("Their last messages did not arrive"), gettext("Not all of their last messages were lost")
    return str(yes if lost is YesNo.YES else no)
