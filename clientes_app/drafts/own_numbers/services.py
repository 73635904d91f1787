"""A person's own number: asking for it, proving it by a code, forgetting it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask_babel import gettext
from sqlalchemy import update
from sqlalchemy.orm import Session

from ...audit_log import Actor, record
from ...database.transactions import insert_missing
from ...errors import DomainError
from ...extensions import db, unit_of_work
from ...models import Accion, NumeroPropio
from ...models.types import utc_now
from ...sending.ordering.notifier import bell
from ...tenancy import Account
from ...values import phone
from ...values.hashing import hash_of
from ...web.formatting import no_sms_reason
from . import how_often, notes
from .notes import Note

LIFE = timedelta(minutes=10)
TRIES = 5
DIGITS = 6


class UnusableNumber(DomainError):
    """What was typed is no number that gets an SMS."""


class WrongCode(DomainError):
    """The code is another, is too old, or was tried too often."""


def find(person_id: int) -> NumeroPropio | None:
    """Return what is known of a person's number."""
    return db.session.get(NumeroPropio, person_id)


def send_code(account: Account, typed: str, secret: str, *, by: Actor) -> None:
    """Send a code to the number that a person says is theirs; the one that they have stays until it is proven.

    Raises UnusableNumber, notes.OptedOut, throttling.TooManyTries, and Conflict where the account's limits are
    used up.
    """
    person_id, number = _person(by), _readable(typed, account.region)
    notes.require_no_opt_out(db.session(), account.id, number)
    how_often.count_code(account.id, person_id, number)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    text = gettext("Your code for Clientes is %(code)s. It is good for 10 minutes.", code=code)
    with unit_of_work() as session:
        _expect(session, person_id, number, _hash(secret, person_id, code))
        notes.store(session, Note(account.id, number, text, Accion.CODE_SENT), by=by)
    bell.ring()


def prove(code: str, secret: str, *, by: Actor) -> None:
    """Remember the number as the person's, where the code is the one that was sent to it.

    Raises WrongCode.
    """
    person_id = _person(by)
    if not _count_try(person_id):
        raise WrongCode(gettext("This code counts no more. Ask for another one."))
    if not _is_proven(person_id, _hash(secret, person_id, code), by):
        raise WrongCode(gettext("That is not the code. Look at the last message that came."))


def forget(*, by: Actor) -> None:
    """Forget a person's number."""
    with unit_of_work() as session:
        if own := session.get(NumeroPropio, _person(by), with_for_update=True):
            session.delete(own)


def _person(by: Actor) -> int:
    if by.person_id is None:
        raise ValueError("nobody is logged in: there is nobody whose number it could be")
    return by.person_id


def _readable(typed: str, region: str) -> str:
    if number := phone.to_e164(typed, region):
        return number
    problem = phone.problem(typed, region)
    raise UnusableNumber(f"{no_sms_reason(problem)}." if problem else gettext("Not a mobile number"))


def _expect(session: Session, person_id: int, number: str, code_hash: str) -> None:
    """Let this code count from now on, and none before it."""
    first = insert_missing(NumeroPropio, session.get_bind().dialect.name)
    session.execute(first.values(persona_id=person_id, intentos=0))
    theirs = update(NumeroPropio).where(NumeroPropio.persona_id == person_id)
    session.execute(theirs.values(por_probar=number, codigo_hash=code_hash, vence=utc_now() + LIFE, intentos=0))


def _count_try(person_id: int) -> bool:
    """Count a code before it is compared, in a transaction of its own; return whether any still counts."""
    counts = NumeroPropio.vence > utc_now(), NumeroPropio.intentos < TRIES
    with unit_of_work() as session:
        tried = update(NumeroPropio).where(NumeroPropio.persona_id == person_id, *counts)
        return session.connection().execute(tried.values(intentos=NumeroPropio.intentos + 1)).rowcount == 1


def _is_proven(person_id: int, code_hash: str, by: Actor) -> bool:
    now = utc_now()
    right = NumeroPropio.codigo_hash == code_hash, NumeroPropio.vence > now
    nothing = {"por_probar": None, "codigo_hash": None, "vence": None, "intentos": 0}
    with unit_of_work() as session:
        proven = update(NumeroPropio).where(NumeroPropio.persona_id == person_id, *right)
        theirs = proven.values(telefono_e164=NumeroPropio.por_probar, probado=now, **nothing)
        if session.connection().execute(theirs).rowcount == 0:
            return False
        record(session, by, Accion.OWN_NUMBER_PROVEN)
    return True


def _hash(secret: str, person_id: int, code: str) -> str:
    """Return a hash of which six digits cannot be found by trying them all."""
    return hash_of(f"{secret}\n{person_id}\n{code}")
