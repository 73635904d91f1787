"""People: checking a password, creating a person."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..errors import Conflict, DomainError
from ..extensions import db, unit_of_work
from ..models import Rol, Usuario

_hasher = PasswordHasher()

LONGEST_NAME = 150
SHORTEST_PASSWORD = 8


def authenticate(name: str, password: str, *, sample_people: bool) -> Usuario | None:
    """Answer the person with this name and password, or None; sample people only where they are allowed."""
    person = db.session.scalar(select(Usuario).where(Usuario.usuario == name))
    if person is not None and person.de_muestra and not sample_people:
        person = None
    if not _password_fits(person.clave_hash if person else _nobodys_hash(), password):
        return None
    return person if person and person.activo else None


def create_user(name: str, password: str, role: Rol, owner_name: str | None = None) -> Usuario:
    """Create a person: an admin, or a vendedor of the admin called `owner_name`.

    Raises DomainError where the name, the owner or the password will not do, Conflict where the name is taken.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise DomainError(gettext("A name has 1 to %(longest)d characters.", longest=LONGEST_NAME))
    if len(password) < SHORTEST_PASSWORD:
        raise DomainError(gettext("The password needs at least %(count)d characters.", count=SHORTEST_PASSWORD))
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


def hash_password(password: str) -> str:
    """Answer what is stored in place of a password (Argon2id)."""
    return _hasher.hash(password)


def choose_language(person_id: int, language: str) -> None:
    """Remember a person's language."""
    with unit_of_work() as session:
        session.get_one(Usuario, person_id).idioma = language


def _owner_id(role: Rol, owner_name: str | None) -> int | None:
    if role is Rol.ADMIN:
        if owner_name is not None:
            raise DomainError(gettext("An admin has no owner."))
        return None
    owner = db.session.scalar(select(Usuario).where(Usuario.usuario == (owner_name or "")))
    if owner is None or not owner.is_admin:
        raise DomainError(gettext("A vendedor needs an admin as owner."))
    return int(owner.id)


@cache
def _nobodys_hash() -> str:
    """Answer what an unknown user's password is compared with, so that the answer takes the same time."""
    return _hasher.hash("nobody")


def _password_fits(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
