"""What one template takes for all its recipients, fast enough to count while somebody types."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..values.phone import country
from . import gsm7
from .personalization import placeholders_of, render
from .sms_parts import Measure, measure
from .template_placeholders import PLACEHOLDERS, Placeholder, pieces

# No character below U+0300 composes with the one before it, nor do most letters of Greek, Cyrillic, Hebrew, Arabic,
# Japanese, Chinese and Korean; and none of these takes two UTF-16 units. So two values of such characters, none of two
# septets, fill the same parts if they are equally long and both or neither force UCS-2.
_OTHERS = (
    "\u0300-\u0387\u0483-\u0489\u0530-\u05cf\u05eb-\u061f\u064b-\u3040"
    "\u3097-\u30a0\u30fb-\u4dff\ua000-\uabff\ud7a4-\U0010ffff"
)
_PLAIN_VALUE = re.compile(rf"[^{re.escape(gsm7.EXTENSION)}{_OTHERS}]*")
_MAY_COMPOSE = "\u0300"


@dataclass(frozen=True, slots=True)
class Totals:
    """The parts of a template, rendered for each of its recipients."""

    parts: int
    most_parts: int
    longest_name: str | None
    """The first name with the most parts and, among those, the least room in the last; None without names."""


Groups = Sequence[tuple[str, int]]
"""Names, each with how many have one like it: whatever a template says, it takes as many parts for all of these."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How many recipients a template takes how many parts for."""

    by_parts: Counter[int]

    @property
    def recipients(self) -> int:
        """Count them all."""
        return self.by_parts.total()

    @property
    def fewest(self) -> int:
        """Return the fewest parts that it takes for one."""
        return min(self.by_parts, default=0)

    @property
    def most(self) -> int:
        """Return the most parts that it takes for one."""
        return max(self.by_parts, default=0)

    @property
    def dearer(self) -> int:
        """Count those for whom it takes more than the fewest."""
        return self.recipients - self.by_parts[self.fewest]

    @property
    def parts(self) -> int:
        """Return the parts that it takes for all of them."""
        return sum(parts * count for parts, count in self.by_parts.items())


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


def grouped(names: Iterable[str]) -> Groups:
    """Put the names together that take the same parts in any template, so that many templates can be measured."""
    offered = [form for each in PLACEHOLDERS for form in (each, each.without_accents)]
    shape_of = _shaper(offered)
    first: dict[Hashable, str] = {}
    counts: Counter[Hashable] = Counter()
    for name in names:
        shape = shape_of(name)
        first.setdefault(shape, name)
        counts[shape] += 1
    return [(first[shape], count) for shape, count in counts.items()]


def spread(template: str, groups: Groups) -> Spread:
    """Count for how many names a template takes how many parts."""
    by_parts: Counter[int] = Counter()
    for name, count in groups:
        by_parts[measure(render(template, name)).parts] += count
    return Spread(by_parts)


def _measurer(template: str) -> Callable[[str], Measure]:
    """Return what measures the template for a name, and measures names of one shape once."""
    composes = _composes_with_values(template)
    shape_of = _shaper(placeholders_of(template))
    by_shape: dict[Hashable, Measure] = {}

    def measured_for(name: str) -> Measure:
        if composes:
            return measure(render(template, name))
        shape = shape_of(name)
        measured = by_shape.get(shape)
        if measured is None:
            measured = by_shape[shape] = measure(render(template, name))
        return measured

    return measured_for


def _shaper(used: Sequence[Placeholder]) -> Callable[[str], Hashable]:
    """Return what tells the names apart that may take different parts in a template with these placeholders."""
    if len(used) == 1:  # nearly always: a large audience is counted in half the time
        value_for = used[0].value
        return lambda name: _shape(value_for(name))
    return lambda name: tuple([_shape(placeholder.value(name)) for placeholder in used])


def _shape(value: str) -> Hashable:
    """Return what values have in common that take the same parts; a value that is not plain stands for itself."""
    if _PLAIN_VALUE.fullmatch(value):
        return len(value), gsm7.FOREIGN.search(value) is not None
    return value


def _composes_with_values(template: str) -> bool:
    """Return whether what follows a placeholder may become one character with the end of its value."""
    parsed = pieces(unicodedata.normalize("NFC", template))
    return any(
        isinstance(before, Placeholder) and isinstance(after, str) and after[0] >= _MAY_COMPOSE
        for before, after in pairwise(parsed)
    )
