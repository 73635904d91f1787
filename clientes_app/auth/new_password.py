"""Giving a person another password, in one place: nothing outlives it that the one before may have opened."""

from __future__ import annotations

from flask_babel import gettext
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ..errors import Conflict
from ..models import Enlace, SegundoPasoFallido, Totp, Usuario
from . import sessions
from .services import lock_person


def replace_password(
    session: Session, person: Usuario, compared: str, new: str, present_session_id: int | None = None
) -> None:
    """Give a person another password, and end what the one before may have opened to somebody else.

    That is every session but the present one, each link to choose a password, and an app that was begun and not
    confirmed, whose secret somebody may have read. `compared` and `new` are what is stored of the passwords. What
    half a log-in is worth ends by itself: it is bound to the password. Raises Conflict where the password has
    changed since it was compared.
    """
    lock_person(session, person.id)
    changed = update(Usuario).where(Usuario.id == person.id, Usuario.clave_hash == compared).values(clave_hash=new)
    if session.connection().execute(changed).rowcount != 1:
        raise Conflict(gettext("Something about your log-in has changed at this moment. Log in again."))
    session.refresh(person)
    session.execute(delete(Enlace).where(Enlace.persona_id == person.id))
    session.execute(delete(Totp).where(Totp.persona_id == person.id, Totp.confirmado.is_(None)))
    session.execute(delete(SegundoPasoFallido).where(SegundoPasoFallido.persona_id == person.id))
    sessions.forget_others(session, person, present_session_id)
