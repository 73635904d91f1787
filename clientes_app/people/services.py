"""The people of an account: who they are, inviting, editing, deactivating."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..auth.passwords import hash_password
from ..auth.second_factor.services import asks_for_second_step, remove_factors
from ..auth.services import lock_person
from ..errors import Conflict, NotFound
from ..extensions import db, unit_of_work
from ..models import Accion, Enlace, NumeroPropio, Rol, Sesion, Usuario
from ..models.types import utc_now
from ..values.log_in_names import key_of
from . import names
from .links import make_link_in


@dataclass(frozen=True)
class PersonFields:
    """What an admin says of a vendedor."""

    usuario: str
    nombre: str
    puede_enviar: bool
    puede_vender: bool
    puede_editar_clientes: bool


@dataclass(frozen=True)
class Invited:
    """A person, and the secret of the link that was just made for them: it is known at this moment only."""

    person: Usuario
    secret: str


@dataclass(frozen=True)
class Shown:
    """A person as the list shows them."""

    person: Usuario
    link_until: datetime | None
    """When the link ends that they have not used yet; None: there is none."""
    second_step: bool
    """Whether they are asked for more than the password."""


def list_people(account_id: int) -> list[Shown]:
    """List the account's people: the admin, then the active vendedores, then those deactivated, by name."""
    latest = (
        select(Enlace.persona_id, func.max(Enlace.vence).label("vence"))
        .where(Enlace.vence > utc_now())
        .group_by(Enlace.persona_id)
        .subquery()
    )
    people = (
        select(Usuario, latest.c.vence, asks_for_second_step(Usuario.id))
        .outerjoin(latest, latest.c.persona_id == Usuario.id)
        .where(or_(Usuario.id == account_id, Usuario.creado_por_id == account_id))
        .order_by(Usuario.rol, Usuario.activo.desc(), Usuario.usuario)
    )
    return [Shown(*row) for row in db.session.execute(people)]


def names_of(account_id: int) -> Sequence[Usuario]:
    """List the account's people by name, those deactivated too."""
    of_account = or_(Usuario.id == account_id, Usuario.creado_por_id == account_id)
    return db.session.scalars(select(Usuario).where(of_account).order_by(Usuario.usuario)).all()


def find_seller(account_id: int, person_id: int) -> Usuario:
    """Return a vendedor of the account.

    Raises NotFound, and Conflict where it is the admin.
    """
    return _seller(db.session(), account_id, person_id)


def invite(account_id: int, fields: PersonFields, *, by: Actor) -> Invited:
    """Store a vendedor who has no password yet, with a link to choose one.

    Raises NameRefused.
    """
    names.require_usable(account_id, fields.usuario)
    # Nobody knows it, and looking it up takes as long as looking up anybody's.
    no_password = hash_password(secrets.token_urlsafe(32))
    person = Usuario(**asdict(fields), clave_hash=no_password, rol=Rol.VENDEDOR, creado_por_id=account_id)
    try:
        with unit_of_work() as session:
            session.add(person)
            session.flush()
            record(session, by, Accion.PERSON_CREATED, _thing(person), **_rights(person))
            secret = make_link_in(session, person, by)
    except IntegrityError as error:
        raise names.refused(account_id, fields.usuario) from error
    return Invited(person, secret)


def edit_person(account_id: int, person_id: int, fields: PersonFields, *, by: Actor) -> Usuario:
    """Change how a vendedor is called and what they may do.

    Raises NotFound, Conflict where it is the admin, and NameRefused.
    """
    present = find_seller(account_id, person_id)
    if fields.usuario != present.usuario and key_of(fields.usuario) != present.usuario_clave:
        names.require_usable(account_id, fields.usuario)
    try:
        with unit_of_work() as session:
            person = _locked(session, account_id, person_id)
            changes = {name: [getattr(person, name), value] for name, value in asdict(fields).items()}
            changed = {name: change for name, change in changes.items() if change[0] != change[1]}
            for name, (_old, new) in changed.items():
                setattr(person, name, new)
            session.flush()
            if changed:
                record(session, by, Accion.PERSON_EDITED, _thing(person), cambios=changed)
    except IntegrityError as error:
        raise names.refused(account_id, fields.usuario) from error
    return person


def deactivate(account_id: int, person_id: int, *, by: Actor) -> Usuario:
    """Let a vendedor log in no more; their sessions, their links and their own number are gone at once.

    Raises NotFound, and Conflict where it is the admin.
    """
    with unit_of_work() as session:
        person = _locked(session, account_id, person_id)
        for ended in (Sesion, Enlace, NumeroPropio):
            session.execute(delete(ended).where(ended.persona_id == person.id))
        if person.activo:
            person.activo = False
            record(session, by, Accion.PERSON_DEACTIVATED, _thing(person))
    return person


def activate(account_id: int, person_id: int, *, by: Actor) -> Usuario:
    """Let a vendedor log in again, with the password that they had.

    Raises NotFound, and Conflict where it is the admin.
    """
    with unit_of_work() as session:
        person = _locked(session, account_id, person_id)
        if not person.activo:
            person.activo = True
            record(session, by, Accion.PERSON_ACTIVATED, _thing(person))
    return person


def remove_second_step(account_id: int, person_id: int, *, by: Actor) -> Usuario:
    """Let a vendedor who lost their second factors log in with the password alone.

    Raises NotFound, and Conflict where it is the admin.
    """
    with unit_of_work() as session:
        person = _locked(session, account_id, person_id)
        remove_factors(session, person, by)
    return person


def make_link(account_id: int, person_id: int, *, by: Actor) -> Invited:
    """Make a link with which a vendedor chooses a password; the links before it end.

    Raises NotFound, and Conflict where it is the admin or somebody deactivated.
    """
    with unit_of_work() as session:
        person = _locked(session, account_id, person_id)
        return Invited(person, make_link_in(session, person, by))


def _seller(session: Session, account_id: int, person_id: int) -> Usuario:
    if person_id == account_id:
        raise Conflict(gettext("That is the administrator: nobody takes their own rights away."))
    person = session.get(Usuario, person_id)
    if person is None or person.creado_por_id != account_id:
        raise NotFound
    return person


def _locked(session: Session, account_id: int, person_id: int) -> Usuario:
    """Return a vendedor of the account as they are now; nobody else changes them until the transaction ends."""
    return lock_person(session, _seller(session, account_id, person_id).id)


def _thing(person: Usuario) -> Thing:
    return Thing("usuario", person.id, person.usuario)


def _rights(person: Usuario) -> dict[str, bool]:
    return {name: getattr(person, name) for name in ("puede_enviar", "puede_vender", "puede_editar_clientes")}
