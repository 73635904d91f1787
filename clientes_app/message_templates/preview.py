"""A message as one client would get it, and what it takes for all of them: its SMS, and what would need fewer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..messaging import sms_parts
from ..messaging.causes import Cause, causes
from ..messaging.personalization import MAX_LENGTH, Recipient, Shared, Template
from ..messaging.sms_parts import Measure, Saving
from ..messaging.template_placeholders import Placeholder
from ..messaging.totals import Audience, Spread, spread
from ..messaging.wording import Kind
from ..models.types import utc_now
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
    lacking: int
    """How many do not get it, because a value is missing that it cannot do without."""

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
    missing: tuple[Placeholder, ...]
    """What this client has no value for, though the message cannot do without."""

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


def sample_of(shared: Shared) -> Recipient:
    """Return somebody made up, who has a value for everything."""
    return Recipient(SAMPLE_NAME, {each.name: _sample_value(each) for each in shared.vocabulary.placeholders})


def preview(template: Template, recipient: Recipient, audience: Audience | None = None) -> Preview:
    """Show a message to a client, and what it takes for an audience, or else for this client alone.

    Of a message that is far too long the beginning is shown.
    """
    template = template.beginning(2 * MAX_LENGTH)
    text = template.render(recipient)
    missing = tuple(each for each in template.required if recipient.values.get(each.name) is None)
    cost = cost_of(template, audience if audience and audience.groups else Audience([(recipient, 1)]))
    return Preview(text, sms_parts.measure(text), sms_parts.highlight(text), cost, missing)


def cost_of(template: Template, audience: Audience) -> Cost:
    """Count what a message takes for an audience, and how cheaply it could be said."""
    reached = audience.of(template)
    taken = spread(template, reached)
    dearest = max((template.render(recipient) for recipient, _ in reached.groups), key=_parts, default="")
    plain = template.cheaper()
    saving = _saving(plain, taken.parts, reached)
    parts_so_far = saving.parts_after if saving else taken.parts
    plainer = _saving(plain.with_plain_values(), parts_so_far, reached)
    saving_in_names = plainer and Saving(plainer.text, taken.parts, plainer.parts_after)
    return Cost(taken, causes(dearest), saving, saving_in_names, audience.count - reached.count)


def _saving(cheaper: Template, parts: int, audience: Audience) -> Saving | None:
    parts_after = spread(cheaper, audience).parts if len(cheaper.text) <= MAX_LENGTH else parts
    return Saving(cheaper.text, parts, parts_after) if parts_after < parts else None


def _parts(text: str) -> int:
    return sms_parts.measure(text).parts


def _sample_value(placeholder: Placeholder) -> str:
    match placeholder.kind:
        case Kind.NUMBER:
            return "10"
        case Kind.DATE:
            return "--12-24"
        case Kind.MOMENT:
            return utc_now().isoformat()
        case _:
            return placeholder.title
