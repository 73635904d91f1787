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
_COMPANY = re.compile(r"\b(?:s\.?\s?a\.?\s?s|s\.?\s?a|ltda|e\.?\s?u|s\.?\s?en\s?c|inc|llc)\.?$", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s,;/]+")
_SIGNS = " .,;:-_\"'()*"
_PARTS_OF_A_WORD = re.compile(r"[^\W\d_]+")


def first_name(nombre: str) -> str:
    """Return the first name: titles and initials are passed over, and one that is all capitals or small is mended.

    Where nobody can be seen to be called by a name, as with businesses and numbers, it is the whole name.
    """
    words = [word for written in _BETWEEN_WORDS.split(nombre) if (word := written.strip(_SIGNS))]
    if _is_of_a_business(nombre, words):
        return nombre
    names = [word for word in _without_titles(words) if _is_a_name(word)]
    return _as_written(names[0]) if names else nombre


def _is_of_a_business(nombre: str, words: list[str]) -> bool:
    if words and words[0].casefold() in _IS_BUSINESS:
        return True
    return _COMPANY.search(nombre.rstrip()) is not None and len(words) > 1


def _without_titles(words: list[str]) -> list[str]:
    """Return the words after the titles; somebody of whom there is nothing else is called so."""
    for place, word in enumerate(words):
        if word.casefold() not in _IS_TITLE:
            return words[place:]
    return []


def _is_a_name(word: str) -> bool:
    """Return whether it has letters enough to be more than an initial, and no digits."""
    return any(len(part) > 1 for part in _PARTS_OF_A_WORD.findall(word)) and not any(map(str.isdigit, word))


def _as_written(word: str) -> str:
    """Return a name as people write it, where it is not plain that somebody has chosen its capitals."""
    if not (word.isupper() or word.islower()):
        return word
    return _PARTS_OF_A_WORD.sub(lambda part: part[0][:1].upper() + part[0][1:].lower(), word)
