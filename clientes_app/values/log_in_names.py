"""Names that people log in with: which may be taken, and which count as the same.

All shops log in by one page, so a name is unique among all people of an installation; two that look alike would let
one person pass for the other. New names have Latin letters, for which Unicode knows no look-alikes but each other's
forms (https://www.unicode.org/reports/tr39/), and are one where accents, case and width do not count.
"""

from __future__ import annotations

import re

from .text import fold, translatable

LONGEST_NAME = 150
RULE = translatable("A name has Latin letters and digits, and one space or one of . _ - @ + between.")
_USABLE = re.compile(r"[a-z0-9]+(?:[ ._@+-][a-z0-9]+)*")


def is_usable(name: str) -> bool:
    """Return whether somebody may be called so from now on."""
    return len(name) <= LONGEST_NAME and _is_usable_key(_folded(name))


def key_of(name: str) -> str:
    """Return what all spellings of a name have in common; of one that is not usable, the name itself."""
    folded = _folded(name)
    return folded if _is_usable_key(folded) else name


def variants(name: str, shop: str) -> list[str]:
    """Return usable names like a given one, with the shop's name behind it."""
    base, place = _first_word(name) or "persona", _first_word(shop) or "tienda"
    return [f"{base}.{place}", *(f"{base}.{place}{number}" for number in range(2, 100))]


def _folded(name: str) -> str:
    return " ".join(fold(name).split())


def _is_usable_key(folded: str) -> bool:
    return len(folded) <= LONGEST_NAME and _USABLE.fullmatch(folded) is not None


def _first_word(text: str) -> str:
    """Return the first word of Latin letters and digits, or nothing."""
    found = re.search(r"[a-z0-9]{1,40}", fold(text))
    return found[0] if found else ""
