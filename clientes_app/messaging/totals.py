"""What a template takes for all its recipients, fast enough to count while somebody types."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ..values.phone import country
from . import gsm7
from .personalization import Recipient, Template
from .sms_parts import Measure, measure
from .template_placeholders import Blank

# No character below U+0300 composes with the one before it, nor do most letters of Greek, Cyrillic, Hebrew, Arabic,
# Japanese, Chinese and Korean; and none of these takes two UTF-16 units. So two values of such characters, none of two
# septets, fill the same parts if they are equally long and both or neither force UCS-2.
_OTHERS = (
    "\u0300-\u0387\u0483-\u0489\u0530-\u05cf\u05eb-\u061f\u064b-\u3040"
    "\u3097-\u30a0\u30fb-\u4dff\ua000-\uabff\ud7a4-\U0010ffff"
)
_PLAIN_VALUE = re.compile(rf"[^{re.escape(gsm7.EXTENSION)}{_OTHERS}]*")
_MAY_COMPOSE = "\u0300"

_MOST_SHAPES = 50_000
"""So many kinds of recipients are remembered, however many there are: memory stays flat."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The parts of a template, rendered for each of its recipients."""

    parts_by_country: Counter[str]
    most_parts: int
    longest: Recipient | None
    """The first with the most parts and, among those, the least room in the last; None without recipients."""

    @property
    def parts(self) -> int:
        """Count them all."""
        return self.parts_by_country.total()


@dataclass(frozen=True, slots=True)
class Audience:
    """Recipients, each with how many are like it: the templates that it was made for take as many parts for these."""

    groups: Sequence[tuple[Recipient, int]] = ()

    def of(self, template: Template) -> Audience:
        """Return those who get a template's message: who lacks a value for it does not."""
        return Audience([group for group in self.groups if not template.lacks(group[0])])

    @property
    def count(self) -> int:
        """Count them all."""
        return sum(count for _, count in self.groups)


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


def measure_all(template: Template, recipients: Iterable[tuple[Recipient, str]]) -> Totals:
    """Count the parts for all recipients, with their E.164 numbers, in one pass and without keeping them."""
    parts: Counter[str] = Counter()
    fullest, longest = (-1, 0), None
    measured_for = _measurer(template)
    for recipient, number in recipients:
        measured = measured_for(recipient)
        parts[country(number)] += measured.parts
        fullness = (measured.parts, -measured.remaining)
        if fullness > fullest:
            fullest, longest = fullness, recipient
    return Totals(parts, max(fullest[0], 0), longest)


def grouped(recipients: Iterable[Recipient], templates: Sequence[Template]) -> Audience:
    """Put the recipients together for whom each of the templates takes the same parts, with accents or without."""
    shapers = [_shaper(template, [template.filler(form) for form in _forms(template)]) for template in templates]
    lacks = [template.lacks for template in templates]
    first: dict[Hashable, Recipient] = {}
    counts: Counter[Hashable] = Counter()
    for recipient in recipients:
        shape = (*(shape_of(recipient) for shape_of in shapers), *(is_lacking(recipient) for is_lacking in lacks))
        first.setdefault(shape, recipient)
        counts[shape] += 1
    return Audience([(first[shape], count) for shape, count in counts.items()])


def spread(template: Template, audience: Audience) -> Spread:
    """Count for how many of an audience a template takes how many parts."""
    by_parts: Counter[int] = Counter()
    for recipient, count in audience.groups:
        by_parts[measure(template.render(recipient)).parts] += count
    return Spread(by_parts)


def _forms(template: Template) -> list[Blank]:
    """List the blanks of a template and of its cheaper form, as they are and without accents."""
    blanks = (*template.open_blanks, *template.cheaper().open_blanks)
    return list(dict.fromkeys(form for blank in blanks for form in (blank, blank.plain)))


def _measurer(template: Template) -> Callable[[Recipient], Measure]:
    """Return what measures the template for a recipient, and measures those of one shape once."""
    shape_of = _shaper(template, [template.filler(blank) for blank in template.open_blanks])
    by_shape: dict[Hashable, Measure] = {}

    def measured_for(recipient: Recipient) -> Measure:
        shape = shape_of(recipient)
        measured = by_shape.get(shape)
        if measured is None:
            measured = measure(template.render(recipient))
            if len(by_shape) < _MOST_SHAPES:
                by_shape[shape] = measured
        return measured

    return measured_for


def _shaper(template: Template, fillers: Sequence[Callable[[Recipient], str]]) -> Callable[[Recipient], Hashable]:
    """Return what tells the recipients apart for whom the template may take different parts, by what fills it."""
    if _composes_with_values(template):
        return lambda recipient: tuple([fill(recipient) for fill in fillers])
    if len(fillers) == 1:  # nearly always: a large audience is counted in half the time
        fill_it = fillers[0]
        return lambda recipient: _shape(fill_it(recipient))
    return lambda recipient: tuple([_shape(fill(recipient)) for fill in fillers])


@lru_cache(maxsize=8_192)
def _shape(value: str) -> Hashable:
    """Return what values have in common that take the same parts; a value that is not plain stands for itself."""
    if _PLAIN_VALUE.fullmatch(value):
        return len(value), gsm7.FOREIGN.search(value) is not None
    return value


def _composes_with_values(template: Template) -> bool:
    """Return whether what follows a blank may become one character with the end of its value."""
    return any(
        isinstance(before, Blank) and (isinstance(after, Blank) or after[0] >= _MAY_COMPOSE)
        for before, after in pairwise(template.parts)
    )
