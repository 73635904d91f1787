"""A message template, and the text that it gives for one recipient."""

import unicodedata

from .template_placeholders import Placeholder, pieces

MAX_LENGTH = 1600
"""Characters in one message: the limit of Twilio's `Body`, https://www.twilio.com/docs/messaging/api/message-resource"""

LONGEST_NAME = 150
"""Characters in a client's name: the limit of its column."""

MOST_GROWTH = 4
"""How many times longer than a name the value of a placeholder may be: without accents, "™" is "(TM)"."""


def placeholders_of(text: str) -> list[Placeholder]:
    """List each placeholder of a text once, in order of appearance."""
    return list(dict.fromkeys(piece for piece in _pieces(text) if isinstance(piece, Placeholder)))


def render(text: str, nombre: str) -> str:
    """Return the message for a client of that name, in Unicode form NFC; braces within the name are text.

    Decomposed accents are composed because carriers transliterate them apart ("man~ana").
    """
    message = "".join(piece if isinstance(piece, str) else piece.value(nombre) for piece in _pieces(text))
    return unicodedata.normalize("NFC", message)


def with_plain_values(text: str) -> str:
    """Return the text with each placeholder in its form without accents."""
    return "".join(piece if isinstance(piece, str) else piece.without_accents.written for piece in _pieces(text))


def is_too_long(text: str, nombre: str) -> bool:
    """Return whether the message for a client of that name is longer than Twilio takes."""
    return len(render(text, nombre)) > MAX_LENGTH


def longest_that_fits(text: str) -> int | None:
    """Return how long a name may be so that its message is certainly not too long; None where any name fits."""
    pieces_of_it = _pieces(text)
    filled = sum(not isinstance(piece, str) for piece in pieces_of_it)
    room = MAX_LENGTH - sum(len(piece) for piece in pieces_of_it if isinstance(piece, str))
    if not filled or room >= filled * MOST_GROWTH * LONGEST_NAME:
        return None
    return max(room, 0) // (filled * MOST_GROWTH)


def _pieces(text: str) -> tuple[str | Placeholder, ...]:
    return pieces(unicodedata.normalize("NFC", text))
