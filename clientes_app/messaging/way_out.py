"""The way out that an advertisement ends with: a line of its own, with a link that is each message's own."""

from __future__ import annotations

import re
import unicodedata

USUAL_WORDING = "Baja: {enlace}"
LONGEST_WORDING = 100
"""Characters of the wording: the limit of its column."""
LINK = "{enlace}"
CODE = "{codigo}"
PATH = "/b/"

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""All of one septet each: a code takes the same room, whichever it is."""
CODE_LENGTH = 7
SAMPLE_CODE = "x" * CODE_LENGTH
"""Stands for a code where there is none yet, and takes as much room."""

_BRACES = re.compile(r"[{}]")
_CODE = re.compile(rf"[0-9A-Za-z]{{{CODE_LENGTH}}}")


def is_wording(text: str) -> bool:
    """Return whether a wording has the place of the link, once, apart from what is around it, and no other braces."""
    before, link, after = text.partition(LINK)
    stands_apart = before[-1:] in ("", " ") and after[:1] in ("", " ")
    return bool(link) and stands_apart and not _BRACES.search(before + after)


def is_code(text: str) -> bool:
    """Return whether a text can be the code of a message."""
    return _CODE.fullmatch(text) is not None


def foot_of(wording: str, base_url: str) -> str:
    """Return what the messages of a campaign end with, with the place of each one's code."""
    return unicodedata.normalize("NFC", wording.replace(LINK, f"{base_url}{PATH}{CODE}"))


def ending(foot: str | None, code: str = SAMPLE_CODE) -> str:
    """Return the end of one message; nothing where messages end with nothing.

    A new line takes as much room as a space, in each encoding, and nothing composes with it.
    """
    return "" if foot is None else f"\n{foot.replace(CODE, code)}"
