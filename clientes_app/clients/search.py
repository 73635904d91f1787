"""Searching an account's clients: what a search looks in, and what it asks of the database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, or_

from ..models import Cliente
from ..tenancy import owned
from ..text import clean_line, fold

LONGEST_SEARCH = 100

_NUMBER = re.compile(r"[\d\s+().\-/]+")


class Status(StrEnum):
    """Which clients a search looks at."""

    ACTIVE = "activos"
    INACTIVE = "inactivos"
    ALL = "todos"


@dataclass(frozen=True)
class Search:
    """What a person looks for; it lives in the URL as `q` and `estado`."""

    text: str = ""
    status: Status = Status.ACTIVE

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Search:
        """Read `q` and `estado`; values that mean nothing count as left out."""
        status = values.get("estado", "")
        return cls(
            text=clean_line(values.get("q", "")[:LONGEST_SEARCH]),
            status=Status(status) if status in set(Status) else Status.ACTIVE,
        )

    def values(self) -> dict[str, str]:
        """Answer the values of a URL or a form that `from_values` reads as this search."""
        values = {"q": self.text, "estado": "" if self.status is Status.ACTIVE else self.status.value}
        return {name: value for name, value in values.items() if value}


def search_text(nombre: str, telefono: str, telefono_e164: str | None, documento: str) -> str:
    """Answer what a client is found by: name, number as typed and as digits, document; folded, one a line."""
    lines = (nombre, telefono, _digits(telefono), _digits(telefono_e164 or ""), documento, _digits(documento))
    return "\n".join(fold(line) for line in lines if line)


def matching(account_id: int, search: Search) -> Select[Cliente]:
    """Select the account's clients that the search finds."""
    found = owned(Cliente, account_id)
    if search.status is not Status.ALL:
        found = found.where(Cliente.activo == (search.status is Status.ACTIVE))
    if search.text:
        found = found.where(_text_matches(search.text))
    return found


def _text_matches(text: str) -> ColumnElement[bool]:
    folded = fold(text)
    if _NUMBER.fullmatch(folded) and _digits(folded):
        return or_(_holds(folded), _holds(_digits(folded)))
    return and_(*(_holds(word) for word in folded.split()))


def _holds(part: str) -> ColumnElement[bool]:
    return Cliente.busqueda.contains(part, autoescape=True)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())
