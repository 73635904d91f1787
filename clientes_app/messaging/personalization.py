"""A message's text, and the message that it gives for one recipient."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from . import gsm7
from .first_names import first_name
from .sms_parts import cheaper
from .template_placeholders import Blank, Placeholder, Vocabulary, vocabulary_with
from .wording import Kind, writer_of

MAX_LENGTH = 1600
"""Characters in one message: the limit of Twilio's `Body`, https://www.twilio.com/docs/messaging/api/message-resource"""

LONGEST_NAME = 150
"""Characters in a client's name: the limit of its column."""

LONGEST_VALUE = 200
"""Characters in a value of one of the account's own fields: the limit of its column."""

MOST_GROWTH = 4
"""How many times longer a value may become without accents: "™" is "(TM)"."""

LONGEST_WORDS = 40
"""Characters in a number or a day as it is written, at most."""

_SHORT_KINDS = (Kind.NUMBER, Kind.DATE, Kind.MOMENT)

LOCALES = {"es": "es_CO", "en": "en"}

NO_VALUES: Mapping[str, str | None] = MappingProxyType({})


class Recipient(NamedTuple):
    """Whom a message is for: the name, and the values as they are stored, by the names of their placeholders."""

    nombre: str
    values: Mapping[str, str | None] = NO_VALUES


def recipient_of(nombre: str, stored: str | None) -> Recipient:
    """Return the recipient of a row, which keeps its values as JSON, or none."""
    return Recipient(nombre, json.loads(stored) if stored else NO_VALUES)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all messages of a campaign have in common, beside its text."""

    shop: str = ""
    language: str = "es"
    zone: str = "UTC"
    year: int = 0
    """The one in which it is written: days of it are told without."""
    fields: tuple[Placeholder, ...] = ()
    """The account's own."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the placeholders that a text may have."""
        return vocabulary_with(self.fields)

    def stored_for(self, text: str) -> str | None:
        """Return what of it the text needs, as it is kept with a campaign; None where names are enough."""
        used = {blank.placeholder for blank in Template(text, self).blanks}
        if all(placeholder.kind in (Kind.NAME, Kind.FIRST_NAME) for placeholder in used):
            return None
        kept = {
            "tienda": self.shop,
            "idioma": self.language,
            "zona": self.zone,
            "anio": self.year,
            "campos": [[each.name, each.kind] for each in self.fields if each in used],
        }
        return json.dumps(kept, ensure_ascii=False)


@lru_cache(maxsize=64)
def shared_of(stored: str | None) -> Shared:
    """Return what a campaign keeps for all its messages."""
    if stored is None:
        return Shared()
    kept = json.loads(stored)
    fields = tuple(Placeholder(name, Kind(kind), name) for name, kind in kept["campos"])
    return Shared(kept["tienda"], kept["idioma"], kept["zona"], kept["anio"], fields)


class Template:
    """A text in pieces, what stands in their places, and what is needed of each recipient."""

    def __init__(self, text: str, shared: Shared, ending: str = "") -> None:
        self.text, self.shared, self.ending = text, shared, ending
        self._pieces = shared.vocabulary.pieces(unicodedata.normalize("NFC", text))
        self.parts = tuple(_with_shop((*self._pieces, ending), shared.shop))
        self._fillers = {blank: self.filler(blank) for blank in self.parts if isinstance(blank, Blank)}

    @property
    def blanks(self) -> list[Blank]:
        """List each blank of the text once, in order of appearance."""
        return list(dict.fromkeys(piece for piece in self._pieces if isinstance(piece, Blank)))

    @property
    def open_blanks(self) -> list[Blank]:
        """List each blank once that is not the same for all, in order of appearance."""
        return list(self._fillers)

    @cached_property
    def stored(self) -> tuple[Placeholder, ...]:
        """Return the placeholders whose values are stored with each message."""
        return tuple(dict.fromkeys(each.placeholder for each in self._fillers if each.placeholder.kind.is_stored))

    @cached_property
    def required(self) -> tuple[Placeholder, ...]:
        """Return those of them for which the text says nothing that stands where there is no value."""
        without = {each.placeholder for each in self._fillers if each.fallback is None}
        return tuple(placeholder for placeholder in self.stored if placeholder in without)

    def lacks(self, recipient: Recipient) -> bool:
        """Return whether a value is missing without which there is no message."""
        return any(recipient.values.get(placeholder.name) is None for placeholder in self.required)

    def render(self, recipient: Recipient) -> str:
        """Return the message, in Unicode form NFC; braces within values are text.

        Decomposed accents are composed because carriers transliterate them apart ("man~ana").
        """
        fillers = self._fillers
        message = "".join(part if isinstance(part, str) else fillers[part](recipient) for part in self.parts)
        return unicodedata.normalize("NFC", message)

    def beginning(self, longest: int) -> Template:
        """Return the same without what its text has after so many characters."""
        return self if len(self.text) <= longest else template_of(self.text[:longest], self.shared, self.ending)

    def ended_with(self, ending: str) -> Template:
        """Return the same with what its messages end with: that is nobody's to write or to make cheaper."""
        return self if ending == self.ending else template_of(self.text, self.shared, ending)

    def with_plain_values(self) -> Template:
        """Return the same with each placeholder in its form without accents."""
        return self._written_with(str, lambda blank: blank.plain)

    def cheaper(self) -> Template:
        """Return the same with each character of its own that forces UCS-2 replaced by its closest GSM-7 form."""
        return self._written_with(cheaper, lambda blank: blank.said_instead(cheaper))

    def is_too_long(self, recipient: Recipient) -> bool:
        """Return whether the message is longer than Twilio takes."""
        return len(self.render(recipient)) > MAX_LENGTH

    def weights(self) -> dict[Placeholder, int]:
        """Return how many characters of the message one of a value may make, at most, by the value's placeholder."""
        weights: Counter[Placeholder] = Counter()
        for blank in self._blanks_of_any_length():
            growth = MOST_GROWTH if blank.without_accents else 1
            weights[blank.placeholder] += growth * (2 if blank.placeholder.kind is Kind.FIRST_NAME else 1)
        return dict(weights)

    def room(self) -> int | None:
        """Return how long a recipient's values may be in all, weighed, so that the message is certainly not too long.

        None where any values fit; negative where none do, because the text and its end are too long as they are.
        """
        blanks = [part for part in self.parts if isinstance(part, Blank)]
        short = [LONGEST_WORDS for blank in blanks if blank.placeholder.kind in _SHORT_KINDS]
        fallbacks = [len(blank.fallback or blank.written) for blank in blanks]
        room = MAX_LENGTH - sum(short) - sum(fallbacks) - sum(len(part) for part in self.parts if isinstance(part, str))
        most = sum(weight * _longest(placeholder) for placeholder, weight in self.weights().items())
        return None if room >= most else max(room, -1)

    def _blanks_of_any_length(self) -> list[Blank]:
        blanks = (part for part in self.parts if isinstance(part, Blank))
        return [blank for blank in blanks if blank.placeholder.kind not in _SHORT_KINDS]

    def _written_with(self, change: Callable[[str], str], change_blank: Callable[[Blank], Blank]) -> Template:
        pieces = (change(each) if isinstance(each, str) else change_blank(each).written for each in self._pieces)
        return template_of("".join(pieces), self.shared, self.ending)

    def filler(self, blank: Blank) -> Callable[[Recipient], str]:
        """Return what writes a blank's value: where there is none its fallback, or the blank itself to be seen."""
        kind, name = blank.placeholder.kind, blank.placeholder.name
        finish = _plain if blank.without_accents else str
        if kind is Kind.NAME:
            return lambda recipient: finish(recipient.nombre)
        if kind is Kind.FIRST_NAME:
            return lambda recipient: finish(first_name(recipient.nombre))
        write = writer_of(kind, LOCALES[self.shared.language], self.shared.zone, self.shared.year)
        instead = blank.written if blank.fallback is None else blank.fallback

        def fill(recipient: Recipient) -> str:
            raw = recipient.values.get(name)
            return instead if raw is None else finish(write(raw))

        return fill


@lru_cache(maxsize=64)
def template_of(text: str, shared: Shared, ending: str = "") -> Template:
    """Return the template of a text, and of what its messages end with."""
    return Template(text, shared, ending)


def _longest(placeholder: Placeholder) -> int:
    return LONGEST_VALUE if placeholder.kind.is_stored else LONGEST_NAME


def _plain(words: str) -> str:
    return gsm7.approximate(unicodedata.normalize("NFC", words))


def _with_shop(pieces: tuple[str | Blank, ...], shop: str) -> Iterator[str | Blank]:
    """Return the pieces with the shop's name put in, which is the same for all, and no two texts in a row."""
    filled = (_in_place_of(piece, shop) for piece in pieces)
    for is_text, run in groupby(filled, key=lambda part: isinstance(part, str)):
        if not is_text:
            yield from run
        elif text := "".join(map(str, run)):
            yield text


def _in_place_of(piece: str | Blank, shop: str) -> str | Blank:
    if isinstance(piece, str) or piece.placeholder.kind is not Kind.SHOP:
        return piece
    name = shop or piece.fallback or piece.written
    return _plain(name) if piece.without_accents and shop else name
