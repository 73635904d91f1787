"""Which column holds what: as people say it, or guessed from the headers and the contents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from ..values import phone
from ..values.text import fold
from .cells import tidy, tidy_number
from .reading import Record

LONGEST_TITLE = 60


class Role(StrEnum):
    """What a column holds."""

    NOTHING = ""
    NAME = "nombre"
    SURNAME = "apellido"
    PHONE = "telefono"
    DOCUMENT = "documento"
    TAGS = "etiquetas"


# What headers are called, folded; a word of several counts where it begins one of the header's words.
_HEADERS: Mapping[Role, tuple[str, ...]] = {
    Role.NOTHING: ("email", "e-mail", "correo", "mail", "direccion", "address", "fecha", "date", "tipo", "id"),
    Role.SURNAME: ("apellido", "surname", "last name", "lastname", "family name"),
    Role.PHONE: (
        "celular",
        "telefono",
        "movil",
        "whatsapp",
        "phone",
        "mobile",
        "cell",
        "tel",
        "cel",
        "contacto",
        "fono",
    ),
    Role.DOCUMENT: (
        "doc",
        "documento",
        "cedula",
        "nit",
        "cc",
        "c.c",
        "identificacion",
        "dni",
        "document",
        "tax id",
        "rut",
    ),
    Role.TAGS: ("etiqueta", "grupo", "tag", "group", "segmento", "categoria", "label"),
    Role.NAME: ("nombre", "cliente", "razon social", "name", "client", "customer", "titular", "persona", "first"),
}
# What this app calls the columns of its own files, in Spanish and English.
_OWN_HEADERS = {
    "numero como se escribio": Role.PHONE,
    "number as typed": Role.PHONE,
    "numero con indicativo": Role.PHONE,
    "number with its country": Role.PHONE,
    "tags": Role.TAGS,
    "activo": Role.NOTHING,
    "active": Role.NOTHING,
    "cliente desde": Role.NOTHING,
    "client since": Role.NOTHING,
    "ultima compra": Role.NOTHING,
    "last purchase": Role.NOTHING,
    "total de compras": Role.NOTHING,
    "total of purchases": Role.NOTHING,
    "no quiere mensajes": Role.NOTHING,
    "wants no messages": Role.NOTHING,
    "fila": Role.NOTHING,
    "row": Role.NOTHING,
    "por que no se importo": Role.NOTHING,
    "why it was not imported": Role.NOTHING,
}
# Before the words above, for these hold a word of another role.
_WHOLE_HEADERS = _OWN_HEADERS | {
    "tipo de documento": Role.NOTHING,
    "tipo documento": Role.NOTHING,
    "id cliente": Role.NOTHING,
    "numero de cliente": Role.NOTHING,
    "codigo cliente": Role.NOTHING,
    "numero": Role.PHONE,
    "numero de documento": Role.DOCUMENT,
    "numero de identificacion": Role.DOCUMENT,
    "tax id": Role.DOCUMENT,
}
_SHARE_OF_MOBILES = 0.5
_DOCUMENT = re.compile(r"[\d.\-]{6,14}")


@dataclass(frozen=True)
class Layout:
    """How a file is read: each column's role, and whether its first row holds titles."""

    roles: tuple[Role, ...] = ()
    has_titles: bool = True
    titles: tuple[str, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    hidden_rows: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Layout:
        """Read what `to_json` wrote."""
        return cls(
            roles=tuple(Role(role) for role in stored.get("roles", ())),
            has_titles=stored.get("has_titles", True),
            titles=tuple(stored.get("titles", ())),
            sheet=stored.get("sheet", ""),
            sheets=tuple(stored.get("sheets", ())),
            hidden_rows=stored.get("hidden_rows", 0),
        )

    def to_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    def columns(self, role: Role) -> tuple[int, ...]:
        """Return the columns that have a role, in the file's order."""
        return tuple(place for place, each in enumerate(self.roles) if each is role)


def guess(sample: Sequence[Record], region: str, known: Mapping[str, str] | None = None) -> Layout:
    """Guess the layout of a file by its first rows; `known` says which role a title had the last time."""
    width = max((len(cells) for _, cells in sample), default=0)
    first = [tidy(cell) for cell in sample[0][1]] if sample else []
    first += [""] * (width - len(first))
    has_titles = _are_titles(first, region)
    titles = tuple(title[:LONGEST_TITLE] for title in first) if has_titles else ("",) * width
    remembered = remembered_roles(titles, known or {}) if has_titles else None
    if remembered is not None:
        return Layout(remembered, has_titles, titles)
    rows = [cells for _, cells in sample[1 if has_titles else 0 :]]
    roles = [role_of_title(title) for title in titles]
    return Layout(_completed(roles, rows, region), has_titles, titles)


def remembered_roles(titles: Sequence[str], known: Mapping[str, str]) -> tuple[Role, ...] | None:
    """Return the roles that the same titles had before, or None where one of them is new."""
    keys = [fold(title) for title in titles]
    if not known or not any(keys) or any(key and key not in known for key in keys):
        return None
    return tuple(Role(known.get(key, "")) for key in keys)


def role_of_title(title: str) -> Role | None:
    """Return what a title says of its column, or None where it says nothing that is known."""
    words = " ".join(re.sub(r"[_\-:.()#°º/]+", " ", fold(title)).split())
    if not words:
        return None
    if words in _WHOLE_HEADERS:
        return _WHOLE_HEADERS[words]
    for role, names in _HEADERS.items():
        if any(_says(words, name) for name in names):
            return role
    return None


def with_roles(layout: Layout, roles: Sequence[str], *, has_titles: bool) -> Layout:
    """Return the layout with other roles; what is no role counts as nothing."""
    known = {role.value: role for role in Role}
    wanted = [known.get(role, Role.NOTHING) for role in roles[: len(layout.roles)]]
    wanted += [Role.NOTHING] * (len(layout.roles) - len(wanted))
    return replace(layout, roles=tuple(wanted), has_titles=has_titles)


def _says(words: str, name: str) -> bool:
    if len(name) <= 3:
        return name.replace(".", " ").strip() in words.split() or words.replace(" ", "") == name.replace(".", "")
    return words.startswith(name) or f" {name}" in words


def _are_titles(first: Sequence[str], region: str) -> bool:
    if any(phone.to_e164(tidy_number(cell), region) for cell in first if cell):
        return False
    return any(role_of_title(cell) is not None for cell in first)


def _completed(roles: Sequence[Role | None], rows: Sequence[Sequence[str]], region: str) -> tuple[Role, ...]:
    """Fill in what the titles leave open from what the columns hold."""
    found = list(roles)
    shares = [_shares(rows, place, region) for place in range(len(roles))]
    for role, share in ((Role.PHONE, 0), (Role.DOCUMENT, 1), (Role.NAME, 2)):
        if role in found:
            continue
        free = [place for place, known in enumerate(found) if known is None]
        best = max(free, key=lambda place: shares[place][share], default=None)
        if best is not None and shares[best][share] >= _SHARE_OF_MOBILES:
            found[best] = role
    return tuple(role or Role.NOTHING for role in found)


def _shares(rows: Sequence[Sequence[str]], place: int, region: str) -> tuple[float, float, float]:
    """Return which shares of a column's filled cells are mobile numbers, may be documents, and may be names."""
    cells = [tidy_number(row[place]) for row in rows if place < len(row) and row[place].strip()]
    if not cells:
        return 0.0, 0.0, 0.0
    mobiles = sum(phone.to_e164(cell, region) is not None for cell in cells)
    documents = sum(_DOCUMENT.fullmatch(cell) is not None for cell in cells)
    words = sum(" " in cell and "@" not in cell and not any(map(str.isdecimal, cell)) for cell in cells)
    letters = sum(cell.replace(" ", "").isalpha() for cell in cells)
    return mobiles / len(cells), documents / len(cells), (words + letters * 0.6) / len(cells)
