"""The tags that a cell names, and the cell that names tags."""

from __future__ import annotations

import re
from collections.abc import Iterable

AUTOMATIC = ""
WHOLE = "ninguno"

DELIMITERS_OF_TAGS = {
    AUTOMATIC: r"[,;|]|\s:::\s",
    "coma": ",",
    "punto-y-coma": ";",
    "barra": r"\|",
    "diagonal": "/",
    "guion": r"\s-\s",
    "dos-puntos": r"\s?:{1,3}\s?",
    WHOLE: r"(?!)",
}
"""What may part the tags of a cell, as patterns, by what the page calls it."""

# A tag that has one of the signs between tags stands in quotation marks.
_QUOTED_TAG = re.compile(r'[,;|]|\s:::\s|^"')
_SPLITTERS = {
    name: re.compile(rf'\s*+"((?:[^"]|"")*+)"\s*+(?:{between}|\Z)|((?:(?!{between}).)*+)(?:{between}|\Z)', re.DOTALL)
    for name, between in DELIMITERS_OF_TAGS.items()
}
# The same, in a fifth of the time, for nearly all there is.
_PLAIN = re.compile(r'\s*+"((?:[^"]|"")*+)"\s*+(?:[,;|]|\Z)|([^,;|]*+)(?:[,;|]|\Z)')


def split_tags(text: str, delimiter: str = AUTOMATIC) -> tuple[str, ...]:
    """Return the tags that a text names, each once."""
    if not text:
        return ()
    splitter = _PLAIN if delimiter == AUTOMATIC and ":::" not in text else _SPLITTERS[delimiter]
    return tuple(dict.fromkeys(filter(None, map(_tag, splitter.finditer(text)))))


def join_tags(names: Iterable[str]) -> str:
    """Return the text that names these tags."""
    return ", ".join(map(_named, names))


def _tag(found: re.Match[str]) -> str:
    quoted, plain = found.groups()
    return plain.strip() if quoted is None else quoted.replace('""', '"').strip()


def _named(tag: str) -> str:
    return '"{}"'.format(tag.replace('"', '""')) if _QUOTED_TAG.search(tag) else tag
