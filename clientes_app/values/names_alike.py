"""Whether two names may be one person's, where a shared number is all that says so.

The rule: each word of the shorter name has a word of its own in the longer one, which sounds the same or begins with
the letter that it is, and one of them at least is more than a letter. "Ana Ruiz" is "RUÍZ, Ana María" and "A. Ruiz",
and is not "Luis Ruiz". What tells father from son ("Jr.", "hija", "mamá") stands in both or in neither. A typing error
is another name: two sisters may be Mariela and Marcela, and asking costs a click.
"""

from __future__ import annotations

import re

from .client_keys import sound_of
from .text import fold

MOST_WORDS = 20


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NO_WORD = re.compile(r"[\W_]+")
_LITTLE = _listed("de del la las los y e da do dos di van von sr sra srta senor senora don dona dr dra ing")
_KINSHIP = _listed(
    "hijo hija jr junior padre madre papa mama esposo esposa hermano hermana tio tia abuelo abuela primo prima"
    " sobrino sobrina nieto nieta novio novia son daughter father mother dad mom wife husband brother sister"
)


def alike(one: str, other: str) -> bool:
    """Return whether two names may be one person's."""
    if one == other:
        return True
    words, others = _words(one), _words(other)
    if not words or not others:
        return fold(one).strip() == fold(other).strip()
    if _KINSHIP.intersection(words) != _KINSHIP.intersection(others):
        return False
    shorter, longer = sorted((words, others), key=len)
    return _are_within(shorter, longer)


def _words(name: str) -> list[str]:
    folded = [word for word in _NO_WORD.split(fold(name)) if word]
    return ([word for word in folded if word not in _LITTLE] or folded)[:MOST_WORDS]


def _are_within(shorter: list[str], longer: list[str]) -> bool:
    """Return whether each word finds one of its own; whole words choose before initials do."""
    left = [(word, sound_of(word)) for word in longer]
    matched_whole = False
    for word in sorted(shorter, key=len, reverse=True):
        sound = sound_of(word)
        found = next((each for each in left if word == each[0] or sound == each[1] != ""), None)
        matched_whole |= found is not None and len(word) > 1
        found = found or next((each for each in left if _is_initial(word, each[0])), None)
        if found is None:
            return False
        left.remove(found)
    return matched_whole


def _is_initial(word: str, other: str) -> bool:
    return (len(word) == 1 or len(other) == 1) and word[0] == other[0]
