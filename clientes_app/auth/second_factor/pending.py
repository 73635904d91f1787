"""Who gave the right password and still owes the second step: in the signed cookie, for five minutes.

Such a person is not logged in: to every other view they are anonymous. It ends with the password that they gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from flask import session

from ...models import Usuario
from ...models.types import utc_now
from ...settings import current_settings
from ...web import kept_forms
from . import services

LIFE = timedelta(minutes=5)
_KEY = "segundo_paso"


@dataclass(frozen=True)
class Pending:
    """Half a log-in: who, and where to go when it is whole."""

    person: Usuario
    next_page: str
    proved: str
    """The stored password, which is the one that the person gave."""


def begin(person: Usuario, proved: str, next_page: str) -> None:
    """Remember that the person gave the password that is stored as `proved`.

    Of the session before it stays only what brings back a form that was typed.
    """
    typed = kept_forms.held()
    session.clear()
    kept_forms.hold(typed)
    kept = {"persona": person.id, "clave": _mark(proved), "desde": utc_now().isoformat(), "siguiente": next_page}
    session[_KEY] = kept
    if person.idioma:
        session["idioma"] = person.idioma


def current() -> Pending | None:
    """Return who owes the second step in this browser; None: nobody, or no longer."""
    kept = session.get(_KEY)
    if kept is None or utc_now() - datetime.fromisoformat(kept["desde"]) >= LIFE:
        return None
    person = services.find_person(kept["persona"], sample_people=current_settings().simulated)
    if person is None or not compare_digest(_mark(person.clave_hash), kept.get("clave", "")):
        return None
    return Pending(person, kept["siguiente"], person.clave_hash)


def _mark(stored: str) -> str:
    # The cookie can be read: of what is stored, with its random salt, it gives nothing away.
    return sha256(stored.encode()).hexdigest()
