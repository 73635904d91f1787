"""Sessions that are open: begun, found, kept awake and ended."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import ColumnElement, Engine, and_, delete, or_, select, update
from sqlalchemy.orm import Session, joinedload

from ..audit_log import Actor, Thing, record
from ..database import outage
from ..errors import Conflict, NotFound
from ..extensions import db, unit_of_work
from ..models import Accion, Sesion, Usuario
from ..models.types import utc_now
from ..values.hashing import hash_of
from ..values.text import clean_line
from .services import lock_person

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
NOTICED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Open:
    """The session of the present request."""

    id: int
    seen: datetime


def begin(person_id: int, proved: str, device: str, *, by: Actor) -> str:
    """Store a new session, sweep those that are over, and return the secret that opens it.

    `proved` is the stored password as it was when the person was let in. Raises Conflict where it is another by now,
    or the person may no longer log in.
    """
    secret = secrets.token_urlsafe(32)
    with unit_of_work() as session:
        # Who changes a password or deactivates somebody locks the same row, and ends the sessions after it.
        person = lock_person(session, person_id)
        if not (person.activo and person.clave_hash == proved):
            raise Conflict(gettext("Something about your log-in has changed at this moment. Log in again."))
        _sweep(session)
        row = Sesion(
            clave_hash=hash_of(secret),
            dispositivo=clean_line(device)[:300],
            direccion=by.address,
            persona_id=person_id,
        )
        session.add(row)
        person.visto = utc_now()
        record(session, by.known_as(person), Accion.LOGGED_IN)
    return secret


def find(secret: str) -> tuple[Usuario, Open] | None:
    """Return whose session a secret opens; None where it has ended, has run out, or its person may not log in."""
    query = (
        select(Usuario, Sesion.id, Sesion.visto)
        .join(Sesion, Sesion.persona_id == Usuario.id)
        .where(Sesion.clave_hash == hash_of(secret), Usuario.activo, ~_is_over())
        .options(joinedload(Usuario.cuenta))
    )
    found = db.session.execute(query).one_or_none()
    return None if found is None else (found[0], Open(found[1], found[2]))


def open_among(engine: Engine, session_ids: Collection[int]) -> Collection[int]:
    """Return which of some sessions go on, outside of any request; while the database is away, that all do."""
    query = select(Sesion.id).join(Usuario).where(Sesion.id.in_(session_ids), Usuario.activo, ~_is_over())
    with outage.overlooked(), engine.connect() as connection:
        return set(connection.scalars(query))
    return session_ids


def keep_awake(person_id: int, present: Open) -> None:
    """Note that the person does something; a minute that is noted already is not noted again."""
    now = utc_now()
    if now - present.seen < NOTICED_EVERY:
        return
    with unit_of_work() as session:
        session.execute(update(Usuario).where(Usuario.id == person_id).values(visto=now))
        session.execute(update(Sesion).where(Sesion.id == present.id).values(visto=now))


def list_of(person_id: int) -> Sequence[Sesion]:
    """List a person's sessions, the last used first."""
    query = select(Sesion).where(Sesion.persona_id == person_id, ~_is_over())
    return db.session.scalars(query.order_by(Sesion.visto.desc(), Sesion.id.desc())).all()


def log_out(session_id: int, *, by: Actor) -> None:
    """End the session of whoever leaves; one that has ended already stays as it is."""
    with unit_of_work() as session:
        if _end(session, Sesion.id == session_id):
            record(session, by, Accion.LOGGED_OUT)


def end(person_id: int, session_id: int, *, by: Actor) -> None:
    """End one of a person's sessions.

    Raises NotFound.
    """
    with unit_of_work() as session:
        if not _end(session, Sesion.id == session_id, Sesion.persona_id == person_id):
            raise NotFound
        record(session, by, Accion.SESSION_ENDED, Thing("sesion", session_id))


def end_others(person_id: int, present_id: int | None, *, by: Actor) -> None:
    """End all of a person's sessions but the present one."""
    with unit_of_work() as session:
        forget_others(session, session.get_one(Usuario, person_id), present_id, by)


def forget_others(session: Session, person: Usuario, present_id: int | None, by: Actor) -> None:
    """End them in a transaction that does more; None: there is no present one, all end."""
    theirs = Sesion.persona_id == person.id
    others = theirs if present_id is None else and_(theirs, Sesion.id != present_id)
    for session_id in _end(session, others):
        record(session, by, Accion.SESSION_ENDED, Thing("sesion", session_id, account_id=person.account_id))


def _end(session: Session, *which: ColumnElement[bool]) -> Sequence[int]:
    """Delete sessions; return the ids of those that this transaction deleted, and no other."""
    return session.scalars(delete(Sesion).where(*which).returning(Sesion.id)).all()


def _sweep(session: Session) -> None:
    """Delete those that are over, but for those that somebody else has in hand."""
    over = select(Sesion.id).where(_is_over()).with_for_update(skip_locked=True)
    session.execute(delete(Sesion).where(Sesion.id.in_(over)))


def _is_over() -> ColumnElement[bool]:
    now = utc_now()
    return or_(Sesion.creado <= now - LIFETIME, Sesion.visto <= now - IDLE)
