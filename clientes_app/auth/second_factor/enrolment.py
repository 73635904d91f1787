"""Turning second factors on and off; each act stands in the audit.

Each begins with the lock of the person: two acts at once see what the other left.
"""

from __future__ import annotations

from flask_babel import gettext
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...audit_log import Actor, record
from ...errors import Conflict, DomainError, NotFound
from ...extensions import unit_of_work
from ...models import Accion, LlaveDeAcceso, Totp, Usuario
from ..services import lock_person
from . import passkeys, recovery, totp
from .services import has_second_factor, is_required, remove_factors
from .throttle import count_guess, forget_guesses


def confirm_app(person: Usuario, code: str, *, by: Actor) -> list[str] | None:
    """Turn codes from the app on, if the code is right; return the recovery codes that come with it, else None.

    A person who has recovery codes already keeps them: the list is empty. Raises throttling.TooManyTries.
    """
    count_guess(person.id)
    with unit_of_work() as session:
        lock_person(session, person.id)
        if not totp.confirm(session, person.id, code):
            return None
        record(session, by.known_as(person), Accion.SECOND_FACTOR_ON, con="app")
        codes = [] if recovery.left(session, person.id) else recovery.make(session, person.id)
    forget_guesses(person.id)
    return codes


def remove_app(person: Usuario, *, by: Actor) -> None:
    """Turn codes from the app off; where they are off already, nothing happens.

    Raises Conflict where the shop asks for a second step and there is no other.
    """
    with unit_of_work() as session:
        lock_person(session, person.id)
        if not session.scalars(delete(Totp).where(Totp.persona_id == person.id).returning(Totp.persona_id)).all():
            return
        record(session, by.known_as(person), Accion.SECOND_FACTOR_OFF, con="app")
        _tidy(session, person)


def renew_codes(person: Usuario, *, by: Actor) -> list[str]:
    """Make new recovery codes; the old ones are worth nothing any more.

    Raises Conflict where there is no second step that they could stand in for.
    """
    with unit_of_work() as session:
        lock_person(session, person.id)
        if not has_second_factor(session, person.id):
            raise Conflict(gettext("Turn on codes from an app or add a passkey first."))
        record(session, by.known_as(person), Accion.SECOND_FACTOR_ON, con="codigos_de_recuperacion")
        return recovery.make(session, person.id)


def add_passkey(person: Usuario, name: str, answer: passkeys.Answer, *, by: Actor) -> list[str]:
    """Register a passkey; return the recovery codes that come with the first, else none.

    Raises DomainError where it is not what was asked for, Conflict where it is registered or there are too many.
    """
    made = passkeys.verified_registration(answer)
    if made is None:
        raise DomainError(gettext("That passkey could not be checked. Try again."))
    try:
        with unit_of_work() as session:
            lock_person(session, person.id)
            _check_room(session, person)
            passkeys.add(session, person.id, name, made)
            record(session, by.known_as(person), Accion.PASSKEY_ADDED, llave=name)
            return [] if recovery.left(session, person.id) else recovery.make(session, person.id)
    except IntegrityError as error:
        raise Conflict(gettext("That passkey is registered already.")) from error


def remove_passkey(person: Usuario, key_id: int, *, by: Actor) -> str:
    """Remove a passkey; return its name.

    Raises NotFound where the person has no such key, Conflict where the shop asks for a second step and this is it.
    """
    with unit_of_work() as session:
        lock_person(session, person.id)
        key = session.scalar(select(LlaveDeAcceso).filter_by(id=key_id, persona_id=person.id))
        if key is None:
            raise NotFound
        session.delete(key)
        record(session, by.known_as(person), Accion.PASSKEY_REMOVED, llave=key.nombre)
        session.flush()
        _tidy(session, person)
        return key.nombre


def remove_all(name: str, *, by: Actor) -> None:
    """Take every second factor from a person who lost them, even where the shop asks for one.

    Raises NotFound where nobody has this name.
    """
    with unit_of_work() as session:
        person = session.scalar(select(Usuario).filter_by(usuario=name))
        if person is None:
            raise NotFound
        remove_factors(session, lock_person(session, person.id), by)


def _check_room(session: Session, person: Usuario) -> None:
    if len(passkeys.of(session, person.id)) >= passkeys.MOST:
        raise Conflict(gettext("You have %(count)d passkeys: remove one first.", count=passkeys.MOST))


def _tidy(session: Session, person: Usuario) -> None:
    """Let recovery codes go with the last thing that they stand in for, unless that may not go."""
    if has_second_factor(session, person.id):
        return
    if is_required(session, person):
        raise Conflict(gettext("Your shop asks for two-step verification: set up another way before you remove this."))
    recovery.remove(session, person.id)
