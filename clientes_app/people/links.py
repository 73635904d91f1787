"""One-time links with which a person chooses a password: making one, looking at one, using one up."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask_babel import gettext
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..auth import passwords
from ..auth.new_password import NewPassword, replace_password
from ..auth.services import find_person_called, lock_person
from ..errors import Conflict, Gone, NotFound
from ..extensions import db, unit_of_work
from ..models import Accion, Enlace, Usuario
from ..models.types import utc_now
from ..values.hashing import hash_of

LASTS = timedelta(hours=72)
_SECRET_BYTES = 32


def make_link_in(session: Session, person: Usuario, by: Actor) -> str:
    """Make a link and return its secret, which is stored nowhere; the person's links before it end.

    The caller has locked the person: of two links made at once, one stays. Raises Conflict where the person may not
    log in.
    """
    if not person.activo:
        raise Conflict(gettext("%(name)s is deactivated.", name=person.display_name))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    session.execute(delete(Enlace).where(Enlace.persona_id == person.id))
    link = {"clave_hash": hash_of(secret), "vence": utc_now() + LASTS, "creado_por_id": by.person_id}
    session.add(Enlace(persona_id=person.id, **link))
    thing = Thing("usuario", person.id, person.usuario, account_id=person.account_id)
    record(session, by, Accion.LINK_MADE, thing)
    return secret


def make_link_for(name: str, *, by: Actor) -> str:
    """Make a link for anybody by the name of their log-in, as the command line does.

    Raises NotFound, and Conflict where the person may not log in.
    """
    with unit_of_work() as session:
        person = find_person_called(name)
        if person is None:
            raise NotFound
        return make_link_in(session, lock_person(session, person.id), by)


def person_of(secret: str) -> Usuario:
    """Return whose link this is.

    Raises Gone where it was used or replaced, or has expired.
    """
    found = select(Usuario).join(Enlace, Enlace.persona_id == Usuario.id)
    person: Usuario | None = db.session.scalar(
        found.where(Enlace.clave_hash == hash_of(secret), Enlace.vence > utc_now())
    )
    if person is None or not person.activo:
        raise _gone()
    return person


def use_link(secret: str, password: str, *, by: Actor) -> Usuario:
    """Use a link up and give its person the password; all their sessions and links end. Of two requests, one wins.

    Raises Gone where it was used or replaced, or has expired, and DomainError where the password will not do.
    """
    person = person_of(secret)
    passwords.check(password, person.usuario)
    password_hash = passwords.hash_password(password)
    with unit_of_work() as session:
        person = lock_person(session, person.id)
        link = (Enlace.clave_hash == hash_of(secret), Enlace.vence > utc_now())
        if session.connection().execute(delete(Enlace).where(*link)).rowcount != 1:
            raise _gone()
        replace_password(session, person, NewPassword(password_hash, replaces=person.clave_hash), by=by)
        record(session, by.known_as(person), Accion.PASSWORD_CHANGED, con="enlace")
    return person


def _gone() -> Gone:
    return Gone(gettext("This link was used, is older than 72 hours, or was replaced by a newer one."))
