"""People: who logs in, creating a person, their language and theme."""

from __future__ import annotations

from flask_babel import gettext
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit_log import Actor, record
from ..errors import Conflict, DomainError
from ..extensions import db, unit_of_work
from ..models import Accion, Rol, Usuario
from ..values.log_in_names import LONGEST_NAME, RULE, is_usable, key_of
from . import passwords, tries
from .passwords import hash_password


def authenticate(
    name: str, password: str, tried: list[tries.Count], *, sample_people: bool, by: Actor
) -> Usuario | None:
    """Return the person with this name and password, or None; sample people only where they are allowed.

    Raises throttling.TooManyTries, before it compares anything.
    """
    with tries.counted(tried):
        person = _person_called(name, sample_people=sample_people)
        fits = passwords.fits(person.clave_hash if person else None, password)
        if fits and person and person.activo and _keep_in_present_way(person, password):
            tries.forgive(tried)
            return person
    with unit_of_work() as session:
        record(session, by.known_as(person), Accion.LOG_IN_FAILED)
    return None


def find_person_called(name: str) -> Usuario | None:
    """Return who logs in with a name, however it is spelt; None where nobody does."""
    named = or_(Usuario.usuario == name, Usuario.usuario_clave == key_of(name))
    # As it stands first: names from before they were compared by key may be alike.
    spelt_so = (Usuario.usuario == name).desc()
    found: Usuario | None = db.session.scalar(select(Usuario).where(named).order_by(spelt_so).limit(1))
    return found


def confirm_password(person_id: int, password: str) -> bool:
    """Return whether somebody who is logged in knows the password.

    Raises throttling.TooManyTries, before it compares anything.
    """
    tried = tries.counts_of_person(person_id)
    with tries.counted(tried):
        if not passwords.fits(db.session.get_one(Usuario, person_id).clave_hash, password):
            return False
        tries.forgive(tried)
    return True


def create_user(name: str, password: str, role: Rol, owner_name: str | None = None) -> Usuario:
    """Create a person: an admin, or a vendedor of the admin called `owner_name`.

    Raises DomainError where the name, the owner or the password will not do, Conflict where the name is taken.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise DomainError(gettext("A name has 1 to %(longest)d characters.", longest=LONGEST_NAME))
    if not is_usable(name):
        raise DomainError(gettext(RULE))
    passwords.check(password, name)
    return add_person(
        Usuario(
            usuario=name,
            clave_hash=hash_password(password),
            rol=role,
            creado_por_id=_owner_id(role, owner_name),
        )
    )


def add_person(person: Usuario) -> Usuario:
    """Store a person.

    Raises Conflict where the name is taken.
    """
    try:
        with unit_of_work() as session:
            session.add(person)
    except IntegrityError as error:
        raise Conflict(gettext("The name %(name)s is taken.", name=person.usuario)) from error
    return person


def has_sample_people() -> bool:
    """Return whether the sample shop is here, whose people everybody may log in as."""
    return db.session.scalar(select(Usuario.id).where(Usuario.de_muestra).limit(1)) is not None


def lock_person(session: Session, person_id: int) -> Usuario:
    """Return a person as they are now; nobody else changes them until the transaction ends.

    It comes before the lock of anything that is theirs: sessions, links, second factors.
    """
    return session.get_one(Usuario, person_id, with_for_update={"key_share": True}, populate_existing=True)


def choose_language(person_id: int, language: str) -> None:
    """Remember a person's language."""
    with unit_of_work() as session:
        session.get_one(Usuario, person_id).idioma = language


def choose_theme(person_id: int, theme: str) -> None:
    """Remember a person's theme."""
    with unit_of_work() as session:
        session.get_one(Usuario, person_id).tema = theme


def _owner_id(role: Rol, owner_name: str | None) -> int | None:
    if role is Rol.ADMIN:
        if owner_name is not None:
            raise DomainError(gettext("An admin has no owner."))
        return None
    owner = find_person_called(owner_name or "")
    if owner is None or not owner.is_admin:
        raise DomainError(gettext("A vendedor needs an admin as owner."))
    return int(owner.id)


def _person_called(name: str, *, sample_people: bool) -> Usuario | None:
    person = find_person_called(name)
    return None if person is None or (person.de_muestra and not sample_people) else person


def _keep_in_present_way(person: Usuario, password: str) -> bool:
    """Store a password anew that is stored in an older way; return whether it still is the person's."""
    if not passwords.is_outdated(person.clave_hash):
        return True
    compared = Usuario.id == person.id, Usuario.clave_hash == person.clave_hash
    with unit_of_work() as session:
        kept = update(Usuario).where(*compared).values(clave_hash=hash_password(password))
        stored: bool = session.connection().execute(kept).rowcount == 1
    db.session.refresh(person)
    return stored
