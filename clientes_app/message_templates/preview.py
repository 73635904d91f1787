"""A message as one client would get it, and what it takes for all of them: its SMS, and what would need fewer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..messaging import sms_parts
from ..messaging.causes import Cause, causes
from ..messaging.personalization import MAX_LENGTH, render, with_plain_values
from ..messaging.sms_parts import Measure, Saving
from ..messaging.totals import Groups, Spread, spread
from . import words

SAMPLE_NAME = "Laura Méndez"
"""Stands for a client where there is none."""


class Step(StrEnum):
    """Whose preview to show in place of the present client's."""

    PREVIOUS = "anterior"
    NEXT = "siguiente"
    LONGEST = "mas_largo"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a message takes for those who would get it; the parts of its savings are those of all of them."""

    spread: Spread
    causes: tuple[Cause, ...]
    """What makes it dearer for the one for whom it takes the most."""
    saving: Saving | None
    """A cheaper message, before personalization; the names stay as they are."""
    saving_in_names: Saving | None
    """One that is cheaper still, where the names lose their accents too."""

    def __str__(self) -> str:
        return words.range_of(self.spread, self.causes)


@dataclass(frozen=True, slots=True)
class Preview:
    """What one client would get, and what it takes for all of them."""

    text: str
    measure: Measure
    runs: list[tuple[str, bool]]
    """The text in pieces, each with whether its characters force UCS-2."""
    cost: Cost

    @property
    def size(self) -> str:
        """Say how long the text is and what it takes."""
        return words.size(self.measure, causes(self.text))

    @property
    def costly(self) -> list[str]:
        """List each piece that forces UCS-2 once, in order of appearance."""
        return list(dict.fromkeys(run for run, costly in self.runs if costly))

    @property
    def too_long(self) -> bool:
        """Return whether the client's name makes the text longer than Twilio takes."""
        return self.measure.characters > MAX_LENGTH


def preview(mensaje: str, nombre: str, audience: Groups = ()) -> Preview:
    """Show a message to a client of that name, and what it takes for an audience, or else for this client alone.

    Of a message that is far too long the beginning is shown.
    """
    mensaje = mensaje[: 2 * MAX_LENGTH]
    text = render(mensaje, nombre)
    cost = cost_of(mensaje, audience or [(nombre, 1)])
    return Preview(text, sms_parts.measure(text), sms_parts.highlight(text), cost)


def cost_of(mensaje: str, audience: Groups) -> Cost:
    """Count what a message takes for an audience, and how cheaply it could be said."""
    taken = spread(mensaje, audience)
    dearest = max((render(mensaje, name) for name, _ in audience), key=_parts, default="")
    plain = sms_parts.cheaper(mensaje)
    saving = _saving(plain, taken.parts, audience)
    parts_so_far = saving.parts_after if saving else taken.parts
    plainer = _saving(with_plain_values(plain), parts_so_far, audience)
    saving_in_names = plainer and Saving(plainer.text, taken.parts, plainer.parts_after)
    return Cost(taken, causes(dearest), saving, saving_in_names)


def _saving(cheaper: str, parts: int, audience: Groups) -> Saving | None:
    parts_after = spread(cheaper, audience).parts if len(cheaper) <= MAX_LENGTH else parts
    return Saving(cheaper, parts, parts_after) if parts_after < parts else None


def _parts(text: str) -> int:
    return sms_parts.measure(text).parts
