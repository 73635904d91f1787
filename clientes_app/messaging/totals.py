"""What one template takes for all its recipients, fast enough to count while somebody types."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import gsm7
from .personalization import PLACEHOLDER, render
from .segments import Measure, measure

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
    for name, measured in _measures(template, names):
        parts += measured.parts
        fullness = (measured.parts, -measured.remaining)
        if fullness > fullest:
            fullest, longest_name = fullness, name
    return Totals(parts, max(fullest[0], 0), longest_name)


def _measures(template: str, names: Iterable[str]) -> Iterator[tuple[str, Measure]]:
    composes = _COMPOSES_WITH_NAME.search(unicodedata.normalize("NFC", template))
    by_shape: dict[tuple[int, bool], Measure] = {}
    for name in names:
        if composes or not _PLAIN_NAME.fullmatch(name):
            yield name, measure(render(template, name))
            continue
        shape = (len(name), gsm7.FOREIGN.search(name) is not None)
        if shape not in by_shape:
            by_shape[shape] = measure(render(template, name))
        yield name, by_shape[shape]
