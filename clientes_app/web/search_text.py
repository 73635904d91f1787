"""A text to look for among numbers and names, as a URL gives it: read, or said why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from ..values.client_keys import sought_digits
from ..values.spelling import searchable
from ..values.text import clean_line

LONGEST_SEARCH = 100
_LONGEST_QUOTED = 40


@dataclass(frozen=True)
class SearchText:
    """What is looked for: the digits of a number, or words of a name; nothing where nothing is given."""

    given: str = ""
    """The text as its field shows it again."""
    digits: str = ""
    words: tuple[str, ...] = ()
    unread: bool = False
    """Whether it was given and cannot be read: then nobody is found."""

    @classmethod
    def from_text(cls, text: str, region: str) -> SearchText:
        """Read a text; a number without a country code is one of `region`."""
        if not text.strip(" "):
            return cls()
        line = clean_line(text[: LONGEST_SEARCH + 1])
        folded = searchable(line)
        if len(text) > LONGEST_SEARCH or not folded.strip():
            shown = (sign if sign.isprintable() else "\ufffd" for sign in text[: LONGEST_SEARCH + 1])
            return cls("".join(shown), unread=True)
        if digits := sought_digits(line, region):
            return cls(line, digits=digits)
        return cls(line, words=tuple(folded.split()))

    @property
    def problem(self) -> str:
        """Return why it cannot be read, and how it is written; empty where it can be."""
        if not self.unread:
            return ""
        quoted = self.given if len(self.given) <= _LONGEST_QUOTED else f"{self.given[:_LONGEST_QUOTED]}…"
        said = gettext("%(name)s: “%(given)s” cannot be read.", name=gettext("Search"), given=quoted)
        how = gettext("Write letters or digits, at most %(longest)s characters.", longest=LONGEST_SEARCH)
        return f"{said} {how}"
