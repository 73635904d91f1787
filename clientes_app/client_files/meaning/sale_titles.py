"""What the titles of a till's columns say: when, how much, for what, and the till's own number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...values.text import fold
from .roles import OF_BUYERS, Role
from .title_words import meaning_of
from .titles import is_of_a_person

_DOCUMENTS = r"(documento|doc|cedula|cc|nit|identificacion)"
_PHONES = r"(celular|cel|telefono|tel|movil|whats ?app)"
# Of a title in which several stand, the first of these counts: "fecha de la factura" is a day.
_PATTERNS = (
    (Role.DAY, r"\b(fechas?|dia|date|datetime|fecha ?hora)\b"),
    (Role.HOUR, r"\b(hora|time)\b"),
    (Role.TOTAL, r"\b(total(es)?|valor|monto|importe|amount|neto|pagado)\b"),
    (Role.RECEIPT, r"\b(recibos?|facturas?|comprobante|tiquetes?|tickets?|consecutivo|receipt|invoice|pedido|order)\b"),
    (Role.CONCEPT, r"\b(conceptos?|descripcion|productos?|articulos?|detalles?|items?|description|products?)\b"),
    (Role.CONCEPT, r"^que( (se )?(compro|compra|llevo|lleva|vendio))?$"),
    (Role.EITHER, rf"\b{_DOCUMENTS}\b.*\b({_PHONES}|o numero)\b|\b{_PHONES}\b.*\b{_DOCUMENTS}\b"),
)
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in _PATTERNS)
_SIGNS = re.compile(r"[^\w]+|_+")
_NAMES = {
    Role.DAY: "fecha",
    Role.HOUR: "hora",
    Role.TOTAL: "total",
    Role.RECEIPT: "recibo",
    Role.CONCEPT: "concepto",
}
"""Of several columns of one kind, that which is called so is it; else the first."""


def roles_of_sales(titles: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> tuple[Role, ...]:
    """Return what the columns with these titles hold, in a file of sales that begins with these rows."""
    words = [_SIGNS.sub(" ", fold(title)).strip() for title in titles]
    found = [_role_of(title, said) for title, said in zip(titles, words, strict=True)]
    for place, role in enumerate(found):
        if role is Role.NAME and _are_numbers([row[place] for row in rows if place < len(row)]):
            found[place] = Role.EITHER
    for role, name in _NAMES.items():
        places = [place for place, each in enumerate(found) if each is role]
        meant = next((place for place in places if words[place] == name), places[0] if places else None)
        for place in places:
            if place != meant:
                found[place] = Role.NOTHING
    return tuple(found)


def _are_numbers(cells: Sequence[str]) -> bool:
    """Return whether most cells are numbers of people, as they stand in many a till's column of clients."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(map(is_of_a_person, filled)) * 2 > len(filled)


def _role_of(title: str, words: str) -> Role:
    role = next((role for role, pattern in _COMPILED if pattern.search(words)), None)
    if role:
        return role
    meaning = meaning_of(title) if title else None
    return meaning.role if meaning and meaning.role in OF_BUYERS else Role.NOTHING
