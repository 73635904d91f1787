"""What a text may leave open for each client: the placeholders, how they are read, and near misses.

A new placeholder is a new row of `BUILT_IN`, or a field of an account; its form without accents, the buttons that
insert it and what is said of near misses follow from there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

from ..values.text import clean_line, fold, translatable
from .wording import Kind

WITHOUT_ACCENTS = "_sin_tildes"
"""Ends the name of a placeholder whose value is to be written within GSM-7."""

MOST_TOLD = 10
"""How many mistakes are looked for in one text."""

LONGEST = 60
"""What is longer between braces is text that somebody has set in braces."""

LONGEST_FALLBACK = 1_600
"""So long may be what stands after the bar, as long as a whole message: what is written where there is no value."""

# Braces that hold no others; a lone one is text.
_INSIDE = rf"([^{{}}|]{{1,{LONGEST}}})(?:\|([^{{}}]{{0,{LONGEST_FALLBACK}}}))?"
_BRACED = re.compile(rf"\{{{_INSIDE}\}}")
_IN_BRACES = re.compile(rf"\{{+{_INSIDE}\}}+")
_IN_OTHER_SIGNS = re.compile(rf"[\[<(%{{｛]{{1,2}}([^\[\]<>(){{}}｛｝%]{{1,{LONGEST}}})[\])>%}}｝]{{1,2}}")
_OPENED = re.compile(rf"\{{\s*([\w ]{{1,{LONGEST}}})")
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name between braces, and what kind of value stands in its place."""

    name: str
    kind: Kind
    title: str
    """What people call it: a sentence to be translated, or a field's name."""
    meant_by: tuple[str, ...] = ()
    """What people write who mean it, other than its name and its title."""

    @property
    def written(self) -> str:
        """Return it as it is written in a text."""
        return f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Blank:
    """A place of a text that is filled in: by which placeholder, how, and with what where there is no value."""

    placeholder: Placeholder
    without_accents: bool = False
    fallback: str | None = None

    @property
    def written(self) -> str:
        """Return it as it is written in a text."""
        accents = WITHOUT_ACCENTS if self.without_accents else ""
        fallback = "" if self.fallback is None else f"|{self.fallback}"
        return f"{{{self.placeholder.name}{accents}{fallback}}}"

    @property
    def plain(self) -> Blank:
        """Return the blank for the same value within GSM-7, as far as that goes."""
        return replace(self, without_accents=True)

    def said_instead(self, change: Callable[[str], str]) -> Blank:
        """Return the blank with what stands where there is no value changed."""
        return self if self.fallback is None else replace(self, fallback=change(self.fallback))


@dataclass(frozen=True, slots=True)
class Mistake:
    """What looks like a placeholder and is none; `meant` is the one that it resembles, as that is written."""

    written: str
    meant: str | None


FIRST_NAME = Placeholder(
    "primer_nombre",
    Kind.FIRST_NAME,
    translatable("First name only"),
    ("primer nombre", "first name", "firstname", "nombre de pila"),
)
"""What new texts begin with."""

BUILT_IN = (
    FIRST_NAME,
    Placeholder(
        "nombre",
        Kind.NAME,
        translatable("Whole name"),
        (
            *("nom", "nombres", "nombre cliente", "nombre del cliente", "nombre completo", "cliente"),
            *("name", "full name", "client", "customer"),
        ),
    ),
    Placeholder(
        "tienda",
        Kind.SHOP,
        translatable("Name of the shop"),
        ("nombre tienda", "nombre de la tienda", "almacen", "negocio", "shop", "store"),
    ),
    Placeholder(
        "ultima_compra",
        Kind.MOMENT,
        translatable("Last purchase"),
        ("fecha ultima compra", "compra", "last purchase"),
    ),
)


class Vocabulary:
    """The placeholders that an account's texts may have: those that everybody has, and those of its own fields."""

    def __init__(self, own: tuple[Placeholder, ...] = ()) -> None:
        self.placeholders = (*BUILT_IN, *own)
        self._named: dict[str, Blank] = {}
        self._own: dict[str, Blank] = {}
        self._meant: dict[str, Blank] = {}
        for blank in (form for each in self.placeholders for form in (Blank(each), Blank(each).plain)):
            self._learn(blank)

    def pieces(self, text: str) -> tuple[str | Blank, ...]:
        """Cut a text into what stays as it is and the blanks between, however these are spaced or capitalized."""
        cut: list[str | Blank] = []
        end = 0
        for match in _BRACED.finditer(text):
            if (blank := self._find(match)) is not None:
                cut += [text[end : match.start()], blank]
                end = match.end()
        return tuple(piece for piece in (*cut, text[end:]) if piece)

    def mistakes(self, text: str) -> list[Mistake]:
        """List what would be sent as it stands though somebody means it to be filled in, each once and in order.

        Braces around a word or more hold a placeholder, and nothing else; other signs do where they hold its very name.
        """
        text = unicodedata.normalize("NFC", text)
        in_braces = ((match.start(), match[0]) for match in _IN_BRACES.finditer(text) if self._is_mistaken(match))
        in_signs = ((match.start(), match[0]) for match in _IN_OTHER_SIGNS.finditer(text) if self._is_meant(match))
        found = dict.fromkeys(written for _, written in sorted({*in_braces, *in_signs, *self._half_open(text)}))
        return [Mistake(written, self._resembled(written)) for written in list(found)[:MOST_TOLD]]

    def _half_open(self, text: str) -> Iterator[tuple[int, str]]:
        """Iterate over the names after a brace that is never closed, each with where it stands."""
        for closed in (_IN_BRACES, _IN_OTHER_SIGNS):
            text = closed.sub(lambda match: " " * len(match[0]), text)
        for match in _OPENED.finditer(text):
            words = match[1].split()
            beginnings = (" ".join(words[:count]) for count in range(len(words), 0, -1))
            if named := next((each for each in beginnings if _key(each) in self._named), ""):
                yield match.start(), f"{{{named}"

    def _learn(self, blank: Blank) -> None:
        placeholder = blank.placeholder
        ending = WITHOUT_ACCENTS if blank.without_accents else ""
        name = placeholder.name + ending
        self._named.setdefault(_key(name), blank)
        if placeholder not in BUILT_IN:
            self._own.setdefault(_words(name), blank)
        self._meant.setdefault(_words(name), blank)
        for spelling in placeholder.meant_by if not ending else ():
            self._meant.setdefault(_words(spelling), blank)

    def _find(self, match: re.Match[str]) -> Blank | None:
        # A field may be written as people see its name: {Fecha de cumpleaños}.
        blank = self._named.get(_key(match[1])) or self._own.get(_words(match[1]))
        if blank is None or match[2] is None:
            return blank
        return replace(blank, fallback=match[2].strip())

    def _is_mistaken(self, match: re.Match[str]) -> bool:
        braced = _BRACED.fullmatch(match[0])
        return bool(_words(match[1])) and (braced is None or self._find(braced) is None)

    def _is_meant(self, match: re.Match[str]) -> bool:
        """Return whether other signs than a pair of braces hold what can only mean a placeholder."""
        if _IN_PARENTHESES.fullmatch(match[0]) or _IN_BRACES.fullmatch(match[0]):
            return False
        return _words(match[1].partition("|")[0]) in self._meant

    def _resembled(self, written: str) -> str | None:
        name, bar, fallback = written.strip("{}").partition("|")
        blank = self._closest(_words(name))
        if blank is None:
            return None
        return replace(blank, fallback=fallback.strip()).written if bar else blank.written

    def _closest(self, words: str) -> Blank | None:
        close = get_close_matches(words, self._meant, n=1, cutoff=0.72)
        for word in words.split():
            close = close or get_close_matches(word, self._meant, n=1, cutoff=0.8)
        return self._meant[close[0]] if close else None


@lru_cache(maxsize=64)
def vocabulary_with(own: tuple[Placeholder, ...] = ()) -> Vocabulary:
    """Return the vocabulary of an account with these fields."""
    return Vocabulary(own)


def _key(spelling: str) -> str:
    """Return the spelling under which a name is looked up."""
    return clean_line(unicodedata.normalize("NFKC", spelling)).casefold()


def _words(written: str) -> str:
    """Return the words of what is written, without accents, capitals and signs."""
    return _BETWEEN_WORDS.sub(" ", fold(clean_line(written))).strip()
