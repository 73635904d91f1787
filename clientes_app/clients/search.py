"""What can be asked about an account's clients, and how a URL says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from ..days import read_day
from ..models.types import read_id
from ..text import clean_line
from .amounts import parse_amount

LONGEST_SEARCH = 100


class Status(StrEnum):
    """Which clients a search looks at."""

    ACTIVE = "activos"
    INACTIVE = "inactivos"
    ALL = "todos"


class YesNo(StrEnum):
    """Whether something is so."""

    YES = "si"
    NO = "no"


Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Search:
    """What a person looks for; what is None or empty is not asked."""

    text: str = ""
    status: Status = Status.ACTIVE
    tag_id: int | None = None
    reachable: YesNo | None = None
    """Whether the client has a number that can get an SMS."""
    opted_out: YesNo | None = None
    bought_since: date | None = None
    not_bought_since: date | None = None
    bought_for: Decimal | None = None
    """What all purchases together come to at least, in pesos."""
    created_from: date | None = None
    created_to: date | None = None
    """The last day on which a client may have been created."""

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Search:
        """Read the values of a URL or a form; those that mean nothing count as left out."""
        status = _choice(Status, values.get("estado"))
        return cls(
            text=clean_line(values.get("q", "")[:LONGEST_SEARCH]),
            status=status or Status.ACTIVE,
            tag_id=read_id(values.get("etiqueta", "")),
            reachable=_choice(YesNo, values.get("numero")),
            opted_out=_choice(YesNo, values.get("baja")),
            bought_since=read_day(values.get("compro_desde", "")),
            not_bought_since=read_day(values.get("no_compro_desde", "")),
            bought_for=_amount(values.get("compro_por", "")),
            created_from=read_day(values.get("creado_desde", "")),
            created_to=read_day(values.get("creado_hasta", "")),
        )

    def values(self) -> dict[str, str]:
        """Answer the values that `from_values` reads as this search."""
        values = {
            "q": self.text,
            "estado": "" if self.status is Status.ACTIVE else self.status,
            "etiqueta": self.tag_id,
            "numero": self.reachable,
            "baja": self.opted_out,
            "compro_desde": self.bought_since,
            "no_compro_desde": self.not_bought_since,
            "compro_por": None if self.bought_for is None else f"{self.bought_for.normalize():f}",
            "creado_desde": self.created_from,
            "creado_hasta": self.created_to,
        }
        return {name: str(value) for name, value in values.items() if value not in (None, "")}


def _choice(choices: type[Choice], text: str | None) -> Choice | None:
    return choices(text) if text in set(choices) else None


def _amount(text: str) -> Decimal | None:
    return parse_amount(text[:LONGEST_SEARCH])
