"""A message template, and the text that it gives for one recipient."""

import re
import unicodedata

MAX_LENGTH = 1600
"""Characters in one message: the limit of Twilio's `Body`, https://www.twilio.com/docs/messaging/api/message-resource"""

PLACEHOLDER = "{nombre}"

_PLACEHOLDERS = re.compile(r"\{\w+\}")


def unknown_placeholders(text: str) -> list[str]:
    """List each placeholder other than {nombre} once, as it is written, in order of appearance.

    A lone brace, empty braces and braces around several words are plain text.
    """
    found = dict.fromkeys(_PLACEHOLDERS.findall(unicodedata.normalize("NFC", text)))
    return [placeholder for placeholder in found if placeholder != PLACEHOLDER]


def render(text: str, nombre: str) -> str:
    """Return the message for a client of that name, in Unicode form NFC.

    Decomposed accents are composed because carriers transliterate them apart ("man~ana").
    """
    message = unicodedata.normalize("NFC", text).replace(PLACEHOLDER, nombre)
    return unicodedata.normalize("NFC", message)
