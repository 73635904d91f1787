"""What people change of their own account."""

from __future__ import annotations

from flask_babel import gettext

from ..audit.services import record
from ..auth import passwords, sessions
from ..auth import services as people
from ..errors import DomainError
from ..extensions import db, unit_of_work
from ..models import Accion, Usuario


class WrongPassword(DomainError):
    """The present password is another."""


def rename(person_id: int, name: str) -> None:
    """Change what others read; empty: the name of the log-in."""
    with unit_of_work() as session:
        session.get_one(Usuario, person_id).nombre = name


def change_password(person_id: int, present_session_id: int | None, present: str, new: str) -> None:
    """Change a person's password and end the person's other sessions.

    Raises WrongPassword, DomainError where the new one will not do, throttling.TooManyTries.
    """
    person = db.session.get_one(Usuario, person_id)
    compared = person.clave_hash
    if not people.confirm_password(person_id, present):
        raise _not_present()
    passwords.check(new, person.usuario)
    stored = passwords.hash_password(new)
    with unit_of_work() as session:
        person = people.lock_person(session, person_id)
        # It may have been changed while this one was compared.
        if person.clave_hash != compared:
            raise _not_present()
        person.clave_hash = stored
        record(session, Accion.PASSWORD_CHANGED)
        sessions.forget_others(session, person_id, present_session_id)


def _not_present() -> WrongPassword:
    return WrongPassword(gettext("That is not your present password."))
