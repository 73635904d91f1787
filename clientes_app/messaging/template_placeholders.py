"""What a text may leave open for each client: the placeholders, how they are read, and near misses.

A new placeholder is a new row of `PLACEHOLDERS`; its form without accents, the hints, the buttons that insert it
and what is said of near misses follow from there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from ..values.text import clean_line, fold, translatable
from . import gsm7

WITHOUT_ACCENTS = "_sin_tildes"
"""Ends the name of a placeholder whose value is to be written within GSM-7."""

MOST_TOLD = 10
"""How many mistakes are looked for in one text."""

LONGEST = 60
"""What is longer between braces is text that somebody has set in braces."""

# Braces that hold no others; a lone one is text.
_BRACED = re.compile(rf"\{{([^{{}}]{{1,{LONGEST}}})\}}")
_IN_BRACES = re.compile(rf"\{{+[^{{}}]{{1,{LONGEST}}}\}}+")
_IN_OTHER_SIGNS = re.compile(rf"[\[<(%{{｛]{{1,2}}([^\[\]<>(){{}}｛｝%]{{1,{LONGEST}}})[\])>%}}｝]{{1,2}}")
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name between braces, and what stands in its place for a client of that name."""

    name: str
    value: Callable[[str], str]
    hint: str
    """What becomes of it, as a sentence to be translated."""
    meant_by: tuple[str, ...] = ()
    """What people write who mean it, other than its name."""

    @property
    def written(self) -> str:
        """Return it as it is written in a text."""
        return f"{{{self.name}}}"

    @property
    def without_accents(self) -> Placeholder:
        """Return the placeholder for the same value within GSM-7, as far as that goes."""
        return _WITHOUT_ACCENTS.get(self.name, self)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What looks like a placeholder and is none; `meant` is the one that it resembles, as that is written."""

    written: str
    meant: str | None


def _whole_name(nombre: str) -> str:
    return nombre


PLACEHOLDERS = (
    Placeholder(
        "nombre",
        _whole_name,
        translatable("{nombre} becomes each client's name."),
        (
            "nom",
            "nombres",
            "nombre cliente",
            "nombre del cliente",
            "nombre completo",
            "primer nombre",
            "cliente",
            "name",
            "first name",
            "firstname",
            "full name",
            "client",
            "customer",
        ),
    ),
)


def _plain(placeholder: Placeholder) -> Placeholder:
    return Placeholder(
        placeholder.name + WITHOUT_ACCENTS,
        lambda nombre: gsm7.approximate(unicodedata.normalize("NFC", placeholder.value(nombre))),
        placeholder.hint,
    )


_WITHOUT_ACCENTS = {each.name: _plain(each) for each in PLACEHOLDERS}
_BY_NAME = {each.name: each for each in (*PLACEHOLDERS, *_WITHOUT_ACCENTS.values())}


@lru_cache(maxsize=64)
def pieces(text: str) -> tuple[str | Placeholder, ...]:
    """Cut a text into what stays as it is and the placeholders between, however these are spaced or capitalized."""
    cut: list[str | Placeholder] = []
    end = 0
    for match in _BRACED.finditer(text):
        if (placeholder := _find(match[1])) is not None:
            cut += [text[end : match.start()], placeholder]
            end = match.end()
    return tuple(piece for piece in (*cut, text[end:]) if piece)


def mistakes(text: str) -> list[Mistake]:
    """List what would be sent as it stands though somebody means it to be filled in, each once and in order.

    Braces around a word or more hold a placeholder, and nothing else; other signs do where they hold its very name.
    """
    text = unicodedata.normalize("NFC", text)
    in_braces = ((match.start(), match[0]) for match in _IN_BRACES.finditer(text) if _is_mistaken(match[0]))
    in_signs = ((match.start(), match[0]) for match in _IN_OTHER_SIGNS.finditer(text) if _is_meant(match))
    found = dict.fromkeys(written for _, written in sorted({*in_braces, *in_signs}))
    return [Mistake(written, _resembled(_words(written))) for written in list(found)[:MOST_TOLD]]


def _find(inside: str) -> Placeholder | None:
    return _BY_NAME.get(clean_line(unicodedata.normalize("NFKC", inside)).casefold())


def _is_mistaken(written: str) -> bool:
    match = _BRACED.fullmatch(written)
    return bool(_words(written)) and (match is None or _find(match[1]) is None)


def _is_meant(match: re.Match[str]) -> bool:
    """Return whether other signs than a pair of braces hold what can only mean a placeholder."""
    if _IN_PARENTHESES.fullmatch(match[0]) or _IN_BRACES.fullmatch(match[0]):
        return False
    return _words(match[1]) in _MEANT


def _words(written: str) -> str:
    """Return the words of what is written, without accents, capitals and signs."""
    return _BETWEEN_WORDS.sub(" ", fold(clean_line(written))).strip()


def _resembled(words: str) -> str | None:
    close = get_close_matches(words, _MEANT, n=1, cutoff=0.72)
    for word in words.split():
        close = close or get_close_matches(word, _MEANT, n=1, cutoff=0.8)
    return _MEANT[close[0]].written if close else None


_MEANT = {
    _words(spelling): placeholder
    for placeholder in _BY_NAME.values()
    for spelling in (placeholder.name, *placeholder.meant_by)
}
