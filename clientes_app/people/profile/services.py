"""What people change of their own account."""

from __future__ import annotations

from flask_babel import gettext

from ...audit_log import Actor, record
from ...auth import passwords
from ...auth import services as people
from ...auth.new_password import NewPassword, replace_password
from ...errors import DomainError
from ...extensions import db, unit_of_work
from ...models import Accion, Usuario


class WrongPassword(DomainError):
    """The present password is another."""


def rename(person_id: int, name: str) -> None:
    """Change what others read; empty: the name of the log-in."""
    with unit_of_work() as session:
        session.get_one(Usuario, person_id).nombre = name


def change_password(person_id: int, present_session_id: int | None, present: str, new: str, *, by: Actor) -> None:
    """Change a person's password and end the person's other sessions.

    Raises WrongPassword, DomainError where the new one will not do, Conflict where the present one was changed
    meanwhile, throttling.TooManyTries.
    """
    person = db.session.get_one(Usuario, person_id)
    compared = person.clave_hash
    if not people.confirm_password(person_id, present):
        raise WrongPassword(gettext("That is not your present password."))
    passwords.check(new, person.usuario)
    replacement = NewPassword(passwords.hash_password(new), replaces=compared)
    with unit_of_work() as session:
        replace_password(session, person, replacement, present_session_id, by=by)
        record(session, by, Accion.PASSWORD_CHANGED)
