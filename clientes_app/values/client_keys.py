"""What is derived from a client's fields, so that it can be reached, found, sorted and compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from . import phone
from .placeholders import is_no_document
from .spelling import searchable

LONGEST_NAME = 150
LONGEST_DOCUMENT = 20
LONGEST_TAG = 40

_LIKE_A_NUMBER = re.compile(r"[\d\s+().\-/]+")
_NO_LETTER = re.compile(r"[^a-z0-9 ]")
# Spellings that sound alike to a Colombian ear, in the order in which they are replaced.
_ALIKE = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?<=[^c])h|\bh"), ""),
    (re.compile(r"ll|y|j"), "i"),
    (re.compile(r"qu(?=[ei])|k"), "c"),
    (re.compile(r"z|x|c(?=[ei])"), "s"),
    (re.compile(r"v|w"), "b"),
    (re.compile(r"(.)\1+"), r"\1"),
)


class Keys(NamedTuple):
    """The derived columns of a client."""

    telefono_e164: str | None
    busqueda: str
    nombre_orden: str
    nombre_clave: str
    documento_clave: str


def keys_of(nombre: str, telefono: str, documento: str, region: str) -> Keys:
    """Derive them; a number without a country code is one of `region`."""
    return keys_beside(phone.to_e164(telefono, region), nombre, telefono, documento, region)


def keys_beside(e164: str | None, nombre: str, telefono: str, documento: str, region: str) -> Keys:
    """Derive the others, where it is known which number can be reached."""
    found_by = e164 or (telefono and phone.any_e164(telefono, region))
    # A longer name is refused; until then no time is lost on it.
    name = searchable(nombre[:LONGEST_NAME])
    return Keys(
        telefono_e164=e164,
        busqueda=_search_text(name, telefono, found_by or "", documento),
        nombre_orden=name[:LONGEST_NAME],
        nombre_clave=name_key(name),
        documento_clave=document_key(documento),
    )


def name_key(nombre: str) -> str:
    """Return what near-same names have in common: sound instead of spelling, words in any order."""
    sounds = sorted(filter(None, map(sound_of, _NO_LETTER.sub("", searchable(nombre)).split())))
    return " ".join(sounds)[:LONGEST_NAME]


@lru_cache(50_000)
def sound_of(word: str) -> str:
    """Return how a folded word sounds to a Colombian ear."""
    # Kept, for the words of names come again and again.
    for pattern, replacement in _ALIKE:
        word = pattern.sub(replacement, word)
    return word


def document_key(documento: str) -> str:
    """Return a document's letters and digits: "1.020.345-6" and "10203456" are the same; empty where it is no key."""
    if not documento or is_no_document(documento):
        return ""
    folded = searchable(documento)
    signs = folded if folded.isalnum() else "".join(character for character in folded if character.isalnum())
    return signs[:LONGEST_DOCUMENT] if _tells_one_from_all(signs) else ""


def _tells_one_from_all(signs: str) -> bool:
    """Return whether a document may be one person's alone: "Extranjero" is many's."""
    return any(map(str.isdecimal, signs))


def digits_of(text: str) -> str:
    """Return the digits of a text, of whatever script, as 0 to 9."""
    if text.isascii():
        if text.isdecimal():
            return text
        return "".join(character for character in text if character.isdecimal())
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())


def sought_digits(text: str, region: str) -> str:
    """Return the digits that a text looks for, "" where it does not look for a number.

    Those typed, which may be a part of a number or of a document; today's, where a number is spelled otherwise.
    """
    typed = digits_of(text)
    e164 = phone.any_e164(text, region)
    if e164 is None:
        return typed if _LIKE_A_NUMBER.fullmatch(text) else ""
    return typed if typed in e164 else e164[1:]


def _search_text(folded_name: str, telefono: str, e164: str, documento: str) -> str:
    """Return what a client is found by: name, number as typed and as digits, document; folded, one a line."""
    whole = e164[1:]
    digits = digits_of(telefono)
    numbers = (searchable(telefono), "" if digits in whole else digits, whole)
    documents = (searchable(documento), digits_of(documento))
    return "\n".join(filter(None, dict.fromkeys((folded_name, *numbers, *documents))))
