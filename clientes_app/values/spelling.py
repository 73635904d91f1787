"""One spelling for what is written in several: names are found by the signs of whatever keyboard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from .text import fold

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("`´ʹʻʼʽˈˊˋ‘’‚‛′‵＇", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
# Those that Unicode does not take apart, and whose names do not say what they are like either.
_LETTERS_BY_HAND = {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n", "ĸ": "k", "ı": "i", "ȷ": "j", "ꞌ": "'"}
_NAME_OF_LETTER = re.compile(r"LATIN SMALL LETTER (?:DOTLESS |INSULAR )?([A-Z]) WITH ")
_LATIN = ((0x80, 0x24F), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF))


def searchable(text: str) -> str:
    """Return the text folded, with a keyboard's letters and signs: "D’Ángelo" and "Łuk" as "d'angelo" and "luk"."""
    if text.isascii():
        return text.lower().replace("`", "'")
    # The signs first: folded, an acute accent that stands alone would be a space.
    folded = fold(text.translate(_SIGNS))
    return folded if folded.isascii() else folded.translate(_LETTERS)


def _strokes() -> Iterator[tuple[str, str]]:
    """Iterate over the letters with a stroke, a hook or the like, which no accent is; each with the letter itself."""
    for first, last in _LATIN:
        for letter in map(chr, range(first, last + 1)):
            found = _NAME_OF_LETTER.match(unicodedata.name(letter, ""))
            if found:
                yield letter, found[1].lower()


_LETTERS = str.maketrans({**dict(_strokes()), **_LETTERS_BY_HAND})
