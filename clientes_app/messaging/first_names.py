"""How somebody is spoken to: the first name, out of a name as it is written."""

from __future__ import annotations

import re

_TITLES = (
    "sr sra srta srto señor señora señorita don doña d dª dr dra doctor doctora ing ingeniero ingeniera"
    " lic licda licenciado licenciada arq arquitecto arquitecta abg abogado abogada prof profe profesor profesora"
    " pbro padre mr mrs ms miss"
)
"""What comes before a name, in small letters and without its full stop."""

_BUSINESSES = (
    "tienda almacén almacen ferretería ferreteria panadería panaderia droguería drogueria farmacia restaurante café"
    " cafetería cafeteria bar hotel hostal supermercado minimercado distribuidora comercializadora inversiones taller"
    " papelería papeleria peluquería peluqueria salón salon barbería barberia colegio fundación fundacion corporación"
    " corporacion cooperativa asociación asociacion conjunto edificio constructora transportes lavandería lavanderia"
    " miscelánea miscelanea variedades grupo clínica clinica empresa compañía compania industrias"
)
"""With one of these the name of a business begins: only the whole of it makes sense."""

_IS_TITLE = frozenset(_TITLES.split())
_IS_BUSINESS = frozenset(_BUSINESSES.split())
_IS_PARTICLE = frozenset(["de", "del", "la", "las", "los", "y", "da", "das", "dos", "san", "santa", "van", "von", "mc"])
"""With one of these a surname begins: where a name does, nobody can tell where the first name is."""

_SHORTENED = frozenset({"ma", "mª"})
"""María as people shorten it before a second name, by which the person is called then."""

_STANDS_FOR_NOBODY = frozenset({"cliente", "clienta", "sin", "n", "na", "anonimo", "anónimo", "consumidor"})
"""What shops write where they do not know a name: "Cliente 123", "Consumidor final"."""

_COMPANIES = frozenset({"sas", "sa", "ltda", "eu", "inc", "llc"})
"""With one of these the name of a company ends, written with full stops or without."""

_SPECIAL = _IS_TITLE | _IS_BUSINESS | _IS_PARTICLE | _SHORTENED | _STANDS_FOR_NOBODY
"""The words that mean something else than a name where they come first."""

_ENDS_OTHERWISE = re.compile(rf",|\s(?:\S*\.\S*|{'|'.join(sorted(_COMPANIES))})$", re.IGNORECASE)
"""What makes more of a name than its words in their order: a comma, or an ending as companies have it."""

_BETWEEN_WORDS = re.compile(r"[\s,;/]+")
_PARTS_OF_A_WORD = re.compile(r"[^\W\d_]+")
_NO_LETTERS = re.compile(r"[^\w'’.-]+")
_SIGNS = " .:-_\"'()*"


def first_name(nombre: str) -> str:
    """Return the first name: titles and initials are passed over, and one that is all capitals or small is mended.

    Where nobody can be seen to be called by a name, as with businesses and numbers, it is the whole name.
    """
    first = nombre.partition(" ")[0]
    # So nearly everybody is written: many are spoken to in a quarter of the time.
    if first.isalpha() and len(first) > 1 and first.casefold() not in _SPECIAL and not _ENDS_OTHERWISE.search(nombre):
        return _as_written(first)
    words = _words(_given_names_first(nombre))
    if _is_of_a_business(_words(nombre)) or words[0].casefold() in _IS_PARTICLE | _STANDS_FOR_NOBODY:
        return nombre
    name = next((word for word in words if _is_a_name(word)), "")
    return _as_written(name) if name else nombre


def _words(nombre: str) -> list[str]:
    return [_without_signs(word) for word in _BETWEEN_WORDS.split(nombre)]


def _given_names_first(nombre: str) -> str:
    """Return "Gil Ruiz, Ana María" as "Ana María Gil Ruiz"."""
    surnames, comma, given = nombre.partition(", ")
    return f"{given.strip()} {surnames.strip()}" if comma and given.strip() else nombre


def _without_signs(word: str) -> str:
    return _NO_LETTERS.sub("", word.strip(_SIGNS))


def _is_of_a_business(words: list[str]) -> bool:
    if words[0].casefold() in _IS_BUSINESS:
        return True
    return len(words) > 1 and words[-1].replace(".", "").casefold() in _COMPANIES


def _is_a_name(word: str) -> bool:
    """Return whether it is no title, has letters enough to be more than an initial or shortened, and no digits."""
    if word.casefold() in _IS_TITLE | _SHORTENED:
        return False
    if word.isalpha():
        return len(word) > 1
    return any(len(part) > 1 for part in _PARTS_OF_A_WORD.findall(word)) and not any(map(str.isdigit, word))


def _as_written(word: str) -> str:
    """Return a name as people write it, where it is not plain that somebody has chosen its capitals."""
    if not (word.isupper() or word.islower()):
        return word
    return _PARTS_OF_A_WORD.sub(lambda part: part[0][:1].upper() + part[0][1:].lower(), word)
