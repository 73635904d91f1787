"""What becomes of the lines of a file, and which counter of an import counts each kind."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Verdict(StrEnum):
    """What will become of a row, or became of it."""

    NEW = "nueva"
    UPDATE = "actualiza"
    KEPT = "intacta"
    """It says something else of a client that there is, who is to stay as it is."""
    SAME = "igual"
    ASKED = "pregunta"
    """It has the number or the document of somebody else by its other fields: a person says who it is."""
    DOUBLE = "doble"
    WRONG = "mala"
    LEFT_OUT = "fuera"
    ERASED = "olvidada"
    """It was of somebody who was erased while the import was open."""
    NOT_REACHED = "pendiente"
    """The import ended before it."""


class Answer(StrEnum):
    """What a person said of a row that was asked about."""

    NONE = ""
    SAME = "mismo"
    ANOTHER = "otro"
    LEAVE_OUT = "fuera"


class Apart(StrEnum):
    """Lines of a file that are no rows."""

    TITLE = "titulo"
    BLANK = "vacia"
    TOTAL = "total"


REJECTED = (Verdict.WRONG, Verdict.ASKED, Verdict.DOUBLE, Verdict.LEFT_OUT)
"""Their rows are kept when the import has ended."""

APPLIED = (Verdict.NEW, Verdict.UPDATE, Verdict.SAME)
"""Applying goes through these."""

COUNTERS: Mapping[Verdict, str] = {
    Verdict.NEW: "nuevas",
    Verdict.UPDATE: "actualizadas",
    Verdict.KEPT: "intactas",
    Verdict.SAME: "iguales",
    Verdict.ASKED: "preguntadas",
    Verdict.DOUBLE: "dobles",
    Verdict.WRONG: "malas",
    Verdict.LEFT_OUT: "descartadas",
    Verdict.ERASED: "olvidadas",
}
APART_COUNTERS: Mapping[Apart, str] = {Apart.TITLE: "titulos", Apart.BLANK: "en_blanco", Apart.TOTAL: "totales"}

DONE = ("nuevas", "actualizadas", "intactas", "iguales")
"""The counters that tell, while an import is being applied, how far it is."""
