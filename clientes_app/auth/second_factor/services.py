"""Whether a person has a second factor, and proving it; what fails stands in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, delete, exists, select
from sqlalchemy.orm import Session

from ...audit_log import Actor, Thing, record
from ...extensions import db, unit_of_work
from ...models import Accion, CodigoDeRecuperacion, Cuenta, LlaveDeAcceso, SegundoPasoFallido, Totp, Usuario
from . import guesses, passkeys, recovery, totp


@dataclass(frozen=True)
class Factors:
    """What a person can show besides the password."""

    app_since: datetime | None
    codes_left: int
    passkeys: Sequence[LlaveDeAcceso]
    required: bool
    """Whether the shop asks everybody for a second step."""

    @property
    def on(self) -> bool:
        """Return whether there is any; recovery codes alone are none."""
        return self.app_since is not None or bool(self.passkeys)


def factors_of(person: Usuario) -> Factors:
    """Return what a person can show besides the password."""
    session = db.session()
    return Factors(
        app_since=session.scalar(select(Totp.confirmado).where(Totp.persona_id == person.id)),
        codes_left=recovery.left(session, person.id),
        passkeys=passkeys.of(session, person.id),
        required=is_required(session, person),
    )


def has_second_factor(session: Session, person_id: int) -> bool:
    """Return whether a person is asked for a second step; recovery codes alone are none."""
    return bool(session.scalar(select(asks_for_second_step(person_id))))


def asks_for_second_step(person_id: SQLColumnExpression[int] | int) -> ColumnElement[bool]:
    """Return the same as SQL, for a person or for each of a query."""
    app = exists().where(Totp.persona_id == person_id, Totp.confirmado.is_not(None))
    key = exists().where(LlaveDeAcceso.persona_id == person_id)
    return app | key


def guessed(person_id: int) -> SegundoPasoFallido | None:
    """Return how often a person's second step was wrong, where that should worry them; else None."""
    row = db.session.get(SegundoPasoFallido, person_id)
    return row if row and (row.sospechosos or row.seguidos >= guesses.SUSPICIOUS) else None


def remove_factors(session: Session, person: Usuario, by: Actor) -> None:
    """Take every second factor from a person who lost them, even where the shop asks for one.

    The caller has locked the person. Where there is none, nothing happens.
    """
    taken = 0
    for model in (Totp, LlaveDeAcceso, CodigoDeRecuperacion):
        taken += session.connection().execute(delete(model).where(model.persona_id == person.id)).rowcount
    if not taken:
        return
    guesses.end_pause(session, person.id)
    thing = Thing("usuario", person.id, person.usuario, person.account_id)
    record(session, by, Accion.SECOND_FACTOR_OFF, thing, con="todo")


def is_required(session: Session, person: Usuario) -> bool:
    """Return whether the person's shop asks everybody for a second step."""
    asks = select(Cuenta.exige_segundo_factor).where(Cuenta.usuario_id == person.account_id)
    return bool(session.scalar(asks))


def find_person(person_id: int, *, sample_people: bool) -> Usuario | None:
    """Return a person who may log in."""
    person = db.session.get(Usuario, person_id)
    if person is None or not person.activo or (person.de_muestra and not sample_people):
        return None
    return person


def take_app_code(person: Usuario, code: str, *, by: Actor) -> bool:
    """Return whether a code from the person's app is right, and take it.

    Raises guesses.TooManyGuesses.
    """
    with unit_of_work() as session:
        guesses.count(session, person.id)
        right = totp.take_code(session, person.id, code)
        _note(session, person, "codigo", by, right=right)
    return right


def take_recovery_code(person: Usuario, code: str, *, by: Actor) -> bool:
    """Return whether a recovery code is right, and use it up.

    Raises guesses.TooManyGuesses.
    """
    with unit_of_work() as session:
        guesses.count(session, person.id)
        right = has_second_factor(session, person.id) and recovery.take_code(session, person.id, code)
        _note(session, person, "codigo_de_recuperacion", by, right=right)
    return right


def take_passkey(answer: passkeys.Answer, person: Usuario | None = None, *, by: Actor) -> int | None:
    """Return the id of the person whose passkey signed, who must be `person` if that is given; else None."""
    with unit_of_work() as session:
        owner = passkeys.owner_who_signed(session, answer)
        if owner is not None and person is not None and owner != person.id:
            owner = None
        if owner is None:
            record(session, by.known_as(person), Accion.LOG_IN_FAILED, motivo="llave_de_acceso")
    return owner


def _note(session: Session, person: Usuario, reason: str, by: Actor, *, right: bool) -> None:
    if right:
        guesses.take_back(session, person.id)
    else:
        record(session, by.known_as(person), Accion.LOG_IN_FAILED, motivo=reason)
