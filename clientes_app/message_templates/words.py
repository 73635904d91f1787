"""What a message takes, in words: how many SMS, for how many clients, and what makes them dearer."""

from __future__ import annotations

from collections.abc import Sequence

from babel.lists import format_list
from flask_babel import get_locale, gettext, ngettext

from ..messaging.causes import Cause
from ..messaging.sms_parts import Measure
from ..messaging.totals import Spread
from ..values.text import translatable
from ..web.formatting import number

_CAUSES = {
    Cause.ACCENTS: translatable("the accents"),
    Cause.EMOJI: translatable("the emojis"),
    Cause.LETTERS: translatable("the letters of another alphabet"),
    Cause.SIGNS: translatable("the special signs"),
    Cause.DOUBLES: translatable("the signs that count for two ([ ] { } € and the like)"),
}


def size(measure: Measure, causes: Sequence[Cause]) -> str:
    """Write how long a message is and how many SMS it takes: `96 caracteres · 2 SMS por las tildes`."""
    length = ngettext(
        "%(count)s character", "%(count)s characters", measure.characters, count=number(measure.characters)
    )
    return f"{length} · {_because(number(measure.parts), causes)}"


def range_of(spread: Spread, causes: Sequence[Cause]) -> str:
    """Write how many SMS a message takes for whom: `1 a 2 SMS por las tildes; 36 de 50 clientes: 2`."""
    clients = number(spread.recipients)
    if spread.fewest == spread.most:
        return str(
            ngettext(
                "%(sms)s for your client",
                "%(sms)s for each of %(clients)s clients",
                spread.recipients,
                sms=_because(number(spread.most), causes),
                clients=clients,
            )
        )
    parts = gettext("%(least)s to %(most)s", least=number(spread.fewest), most=number(spread.most))
    most = number(spread.most) if len(spread.by_parts) == 2 else gettext("more than %(parts)s", parts=spread.fewest)
    return str(
        gettext(
            "%(sms)s; %(dearer)s of %(clients)s clients: %(most)s",
            sms=_because(parts, causes),
            dearer=number(spread.dearer),
            clients=clients,
            most=most,
        )
    )


def _because(parts: str, causes: Sequence[Cause]) -> str:
    if not causes:
        return str(gettext("%(parts)s SMS", parts=parts))
    named = format_list([gettext(_CAUSES[cause]) for cause in causes], locale=get_locale())
    return str(gettext("%(parts)s SMS because of %(causes)s", parts=parts, causes=named))
