"""A message as one client would get it: its text, what it takes, and what would make it cheaper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..messaging import sms_parts
from ..messaging.personalization import MAX_LENGTH, render
from ..messaging.sms_parts import Measure, Saving

SAMPLE_NAME = "Laura Méndez"
"""Stands for a client where there is none."""


class Step(StrEnum):
    """Whose preview to show in place of the present client's."""

    PREVIOUS = "anterior"
    NEXT = "siguiente"
    LONGEST = "mas_largo"


@dataclass(frozen=True, slots=True)
class Preview:
    """What one client would get."""

    text: str
    measure: Measure
    runs: list[tuple[str, bool]]
    """The text in pieces, each with whether its characters force UCS-2."""
    saving: Saving | None
    """A cheaper message, before personalization, with the parts that this client's text takes before and after."""

    @property
    def costly(self) -> list[str]:
        """List each piece that forces UCS-2 once, in order of appearance."""
        return list(dict.fromkeys(run for run, costly in self.runs if costly))

    @property
    def too_long(self) -> bool:
        """Return whether the client's name makes the text longer than Twilio takes."""
        return self.measure.characters > MAX_LENGTH


def preview(mensaje: str, nombre: str) -> Preview:
    """Show a message to a client of that name; of one that is far too long, the beginning."""
    mensaje = mensaje[: 2 * MAX_LENGTH]
    text = render(mensaje, nombre)
    measure = sms_parts.measure(text)
    return Preview(text, measure, sms_parts.highlight(text), _saving(mensaje, nombre, measure.parts))


def _saving(mensaje: str, nombre: str, parts: int) -> Saving | None:
    # Measured with the name as it is: letters of the name stay, whatever the message is written with.
    cheaper = sms_parts.cheaper(mensaje)
    parts_after = sms_parts.measure(render(cheaper, nombre)).parts
    return Saving(cheaper, parts, parts_after) if parts_after < parts else None
