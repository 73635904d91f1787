"""The first admin of a new installation, made by whoever can read the server's log."""

from __future__ import annotations

import base64
import hmac
import logging

from flask import Flask, url_for
from flask_babel import gettext
from limits import RateLimitItemPerMinute
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..audit_log import Actor, record
from ..errors import Conflict, DomainError
from ..extensions import db, unit_of_work
from ..models import Accion, Rol, Usuario
from ..settings import current_settings
from ..web import throttling
from . import passwords

log = logging.getLogger(__name__)

# One count for everybody: there is nobody yet whom it could keep out for long.
_TRIES = RateLimitItemPerMinute(20, 10, "first run")


class WrongCode(DomainError):
    """The code is not the one in the log."""


def is_open() -> bool:
    """Return whether the first admin is still to be made; sample people do not count, they cannot log in."""
    return not current_settings().simulated and not _is_anybody_there(db.session())


def code() -> str:
    """Return the one-time code: the same in every process on every machine, and another for each key and database."""
    message = f"first run {_name_of_database()}"
    digest = hmac.digest(current_settings().secret_key.encode(), message.encode(), "sha256")
    letters = base64.b32encode(digest).decode()[:12]
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def create_first_admin(given_code: str, name: str, password: str, *, by: Actor) -> Usuario:
    """Create the first admin.

    Raises WrongCode, DomainError where the password will not do, Conflict where there is somebody by now,
    throttling.TooManyTries before a code is compared.
    """
    if not throttling.take(_TRIES):
        raise throttling.TooManyTries(throttling.seconds_left(_TRIES))
    if not hmac.compare_digest(given_code.strip().upper().encode(), code().encode()):
        raise WrongCode(gettext("That is not the code in the server's log."))
    passwords.check(password, name)
    person = Usuario(usuario=name, clave_hash=passwords.hash_password(password), rol=Rol.ADMIN)
    with unit_of_work() as session:
        _let_nobody_in_between(session)
        session.add(person)
        session.flush()
        record(session, by.known_as(person), Accion.PERSON_CREATED)
    return person


def announce(app: Flask) -> None:
    """Say in the log how the first admin is made, while there is none."""
    with app.test_request_context():
        try:
            if not inspect(db.engine).has_table(Usuario.__tablename__) or not is_open():
                return
            said = code()
        except DBAPIError:
            return  # without a database nobody can be made
        where, base = url_for("auth.first_run_form"), current_settings().public_base_url
        log.warning("nobody can log in yet: make the first admin at %s%s with the code %s", base, where, said)


def _name_of_database() -> str:
    """Return what the database calls itself: each machine may reach it by another address, or as another user."""
    if db.engine.dialect.name == "sqlite":
        return str(db.engine.url.database)
    return str(db.session.scalar(select(func.current_database())))


def _let_nobody_in_between(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE usuario IN SHARE ROW EXCLUSIVE MODE"))  # SQLite's writers come one by one
    if _is_anybody_there(session):
        raise Conflict(gettext("There is somebody already: log in, or ask them."))


def _is_anybody_there(session: Session) -> bool:
    return session.scalar(select(Usuario.id).where(~Usuario.de_muestra).limit(1)) is not None
