"""What is asked of an account's own fields, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext, ngettext

from ..models import Campo, TipoDeCampo
from ..values.spelling import searchable
from ..web.filters import A_DAY
from ..web.formatting import name_of_month
from .canonical import NO_CHOICE, NO_NUMBER
from .questions import MOST_DAYS, OPERATORS, Question
from .showing import shown_value


def in_words(field: Campo, group: Sequence[Question]) -> str:
    """Say what is asked of one field."""
    asked = {each.operator: each for each in group}
    parts = [_of_text(asked), _of_range(field, asked, "min", "max"), _of_range(field, asked, "desde", "hasta")]
    parts += [_of_days(asked), _of_month(asked), _of_options(asked)]
    told = f"{field.nombre}: {', '.join(filter(None, parts))}"
    return str(gettext("Not: %(asked)s", asked=told)) if group[0].negated else told


def gone() -> str:
    """Name a field that is asked for and is gone."""
    return str(gettext("A field that no longer exists"))


def problems_of(questions: Sequence[Question], fields: Mapping[int, Campo]) -> list[str]:
    """Say why questions find nobody: their field is gone, or holds something else, or has no such option."""
    problems = dict.fromkeys(_problem(each, fields.get(each.field_id)) for each in questions)
    return [problem for problem in problems if problem]


def how_written(name: str) -> str:
    """Say how the value of a question that cannot be read is written."""
    operator = name.rpartition("_")[2]
    if operator == "dias":
        return str(gettext("It is a number of days, at most %(most)s.", most=MOST_DAYS))
    if operator == "mes":
        return str(gettext("It is the number of a month, from 1 to 12."))
    sentences = {TipoDeCampo.NUMERO: NO_NUMBER, TipoDeCampo.OPCION: NO_CHOICE}
    kind = OPERATORS[operator].kind
    if kind is TipoDeCampo.FECHA:
        return str(A_DAY)
    return str(gettext(sentences[kind])) if kind in sentences else str(gettext("Write letters or digits."))


def _problem(question: Question, field: Campo | None) -> str:
    if field is None or field.tipo is not question.kind:
        return str(gettext("A field that is asked for no longer exists: ask for something else."))
    offered = set(map(searchable, field.opciones))
    if question.operator == "opcion" and not offered.issuperset(map(searchable, question.values)):
        return str(gettext("%(name)s no longer has an option that is asked for: choose others.", name=field.nombre))
    return ""


def _of_text(asked: Mapping[str, Question]) -> str:
    parts = []
    if question := asked.get("contiene"):
        parts.append(gettext("with “%(text)s”", text=question.values[0]))
    if question := asked.get("es"):
        parts.append(gettext("is “%(text)s”", text=question.values[0]))
    return ", ".join(parts)


def _of_range(field: Campo, asked: Mapping[str, Question], first: str, last: str) -> str:
    shown = {name: shown_value(field.tipo, asked[name].values[0]) for name in (first, last) if name in asked}
    if len(shown) == 2:
        return str(gettext("from %(first)s to %(last)s", first=shown[first], last=shown[last]))
    if first in shown:
        return str(gettext("from %(first)s on", first=shown[first]))
    return str(gettext("up to %(last)s", last=shown[last])) if shown else ""


def _of_days(asked: Mapping[str, Question]) -> str:
    if "dias" not in asked:
        return ""
    days = int(asked["dias"].values[0])
    if days == 0:
        return str(gettext("today"))
    return str(ngettext("today or tomorrow", "today or in the next %(num)s days", days))


def _of_month(asked: Mapping[str, Question]) -> str:
    return str(gettext("in %(month)s", month=name_of_month(int(asked["mes"].values[0])))) if "mes" in asked else ""


def _of_options(asked: Mapping[str, Question]) -> str:
    if "opcion" not in asked:
        return ""
    options = asked["opcion"].values
    return options[0] if len(options) == 1 else str(gettext("any of %(options)s", options=", ".join(options)))
