"""Giving a person another password, in one place: nothing outlives it that the one before may have opened."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ..audit_log import Actor
from ..errors import Conflict
from ..models import Enlace, SegundoPasoFallido, Totp, Usuario
from . import sessions
from .services import lock_person


@dataclass(frozen=True)
class NewPassword:
    """What is stored of a password, and of the one whose place it takes."""

    stored: str
    replaces: str


def replace_password(
    session: Session, person: Usuario, new: NewPassword, present_session_id: int | None = None, *, by: Actor
) -> None:
    """Give a person another password, and end what the one before may have opened to somebody else.

    That is every session but the present one, each link to choose a password, and an app that was begun and not
    confirmed, whose secret somebody may have read. What half a log-in is worth ends by itself: it is bound to the
    password. Raises Conflict where the password has changed since it was compared.
    """
    lock_person(session, person.id)
    changed = update(Usuario).where(Usuario.id == person.id, Usuario.clave_hash == new.replaces)
    if session.connection().execute(changed.values(clave_hash=new.stored)).rowcount != 1:
        raise Conflict(gettext("Something about your log-in has changed at this moment. Log in again."))
    session.refresh(person)
    session.execute(delete(Enlace).where(Enlace.persona_id == person.id))
    session.execute(delete(Totp).where(Totp.persona_id == person.id, Totp.confirmado.is_(None)))
    session.execute(delete(SegundoPasoFallido).where(SegundoPasoFallido.persona_id == person.id))
    sessions.forget_others(session, person, present_session_id, by)
