"""What one template takes for all its recipients, fast enough to count while somebody types."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..values.phone import country
from . import gsm7
from .personalization import PLACEHOLDER, render
from .sms_parts import Measure, measure

# Below U+0300 no character composes with the one before it, and none takes two UTF-16 units. So two names
# of such characters, none of two septets, fill the same parts if they are equally long and both or neither
# force UCS-2.
_PLAIN_NAME = re.compile(rf"[^{re.escape(gsm7.EXTENSION)}\u0300-\U0010ffff]*")
_COMPOSES_WITH_NAME = re.compile(re.escape(PLACEHOLDER) + r"[\u0300-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Totals:
    """The parts of a template, rendered for each of its recipients."""

    parts: int
    most_parts: int
    longest_name: str | None
    """The first name with the most parts and, among those, the least room in the last; None without names."""


def measure_all(template: str, names: Iterable[str]) -> Totals:
    """Count the parts for every name, in one pass over the names and without keeping them."""
    parts, fullest, longest_name = 0, (-1, 0), None
    measured_for = _measurer(template)
    for name in names:
        measured = measured_for(name)
        parts += measured.parts
        fullness = (measured.parts, -measured.remaining)
        if fullness > fullest:
            fullest, longest_name = fullness, name
    return Totals(parts, max(fullest[0], 0), longest_name)


def parts_by_country(template: str, recipients: Iterable[tuple[str, str]]) -> Counter[str]:
    """Count the parts that go to each country, in one pass over the recipients: names and E.164 numbers."""
    parts: Counter[str] = Counter()
    measured_for = _measurer(template)
    for name, number in recipients:
        parts[country(number)] += measured_for(name).parts
    return parts


def _measurer(template: str) -> Callable[[str], Measure]:
    """Return what measures the template for a name, and measures names of one shape once."""
    composes = _COMPOSES_WITH_NAME.search(unicodedata.normalize("NFC", template))
    by_shape: dict[tuple[int, bool], Measure] = {}

    def measured_for(name: str) -> Measure:
        if composes or not _PLAIN_NAME.fullmatch(name):
            return measure(render(template, name))
        shape = (len(name), gsm7.FOREIGN.search(name) is not None)
        if shape not in by_shape:
            by_shape[shape] = measure(render(template, name))
        return by_shape[shape]

    return measured_for
