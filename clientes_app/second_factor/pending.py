"""Who gave the right password and still owes the second step: in the signed cookie, for five minutes.

Such a person is not logged in: to every other view they are anonymous.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session

from ..models import Usuario
from ..models.types import utc_now
from ..settings import current_settings
from . import services

LIFE = timedelta(minutes=5)
_KEY = "segundo_paso"


@dataclass(frozen=True)
class Pending:
    """Half a log-in: who, and where to go when it is whole."""

    person: Usuario
    next_page: str


def begin(person: Usuario, next_page: str) -> None:
    """Remember that the person gave the right password; nothing of the session before it stays."""
    session.clear()
    session[_KEY] = {"persona": person.id, "desde": utc_now().isoformat(), "siguiente": next_page}
    if person.idioma:
        session["idioma"] = person.idioma


def current() -> Pending | None:
    """Answer who owes the second step in this browser; None: nobody, or no longer."""
    kept = session.get(_KEY)
    if kept is None or utc_now() - datetime.fromisoformat(kept["desde"]) >= LIFE:
        return None
    person = services.find_person(kept["persona"], sample_people=current_settings().simulated)
    return None if person is None else Pending(person, kept["siguiente"])
