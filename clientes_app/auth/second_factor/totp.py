"""Codes from an app (TOTP, RFC 6238): six digits that change every thirty seconds, each taken once."""

from __future__ import annotations

import logging
import re

import pyotp
import segno
from cryptography.fernet import InvalidToken
from flask_babel import gettext
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from ...errors import Conflict
from ...extensions import db, unit_of_work
from ...models import Totp
from ...models.types import utc_now
from ..services import lock_person
from .encryption import decrypt, encrypt, renew

log = logging.getLogger(__name__)

_ISSUER = "Clientes"
_CODE = re.compile(r"[0-9]{6}")
# Clocks differ: the code before and the one after the present one are taken as well.
_STEPS_AROUND = 1


def begin(person_id: int) -> None:
    """Make a secret, in place of one that was not confirmed.

    Raises Conflict where an app is confirmed already.
    """
    with unit_of_work() as session:
        lock_person(session, person_id)
        stored = session.get(Totp, person_id)
        if stored is not None and stored.confirmado:
            raise Conflict(gettext("Codes from an app are on already."))
        session.merge(Totp(persona_id=person_id, secreto=encrypt(pyotp.random_base32()), ultimo_paso=0))


def secret_to_confirm(person_id: int) -> str | None:
    """Return the secret that waits to be confirmed, if there is one."""
    stored = db.session.get(Totp, person_id)
    return None if stored is None or stored.confirmado else _secret(stored)


def picture(secret: str, name: str) -> str:
    """Return the QR code by which an app takes over the secret, as a `data:` address of an SVG."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER)
    # White around it in the dark theme too: cameras need it.
    return segno.make(uri, error="m").svg_data_uri(scale=5, light="#fff", omitsize=True)


def confirm(session: Session, person_id: int, code: str) -> bool:
    """Turn the app on if the code shows that it has the secret."""
    return _take(session, person_id, code, Totp.confirmado.is_(None), confirmado=utc_now())


def take_code(session: Session, person_id: int, code: str) -> bool:
    """Return whether a code is right, and take it: of two requests with the same one, exactly one is told so."""
    return _take(session, person_id, code, Totp.confirmado.is_not(None))


def _take(session: Session, person_id: int, code: str, state: ColumnElement[bool], **values: object) -> bool:
    stored = session.get(Totp, person_id)
    step = _step_of(stored, code) if stored else None
    if stored is None or step is None:
        return False
    taken = (
        update(Totp)
        .where(Totp.persona_id == person_id, Totp.ultimo_paso < step, state)
        .values(ultimo_paso=step, secreto=renew(stored.secreto), **values)
    )
    return session.connection().execute(taken).rowcount == 1


def _step_of(stored: Totp, code: str) -> int | None:
    secret = _secret(stored)
    if secret is None or not _CODE.fullmatch(code):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, valid_window=_STEPS_AROUND)
    except OTPVerificationError:
        return None


def _secret(stored: Totp) -> str | None:
    try:
        return decrypt(stored.secreto)
    except InvalidToken:
        log.warning(
            "no key opens the secret of person %d: was SECRET_KEY replaced without a fallback?", stored.persona_id
        )
        return None
