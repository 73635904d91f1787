"""Challenges for passkeys: kept in the signed cookie, for one purpose and five minutes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask import session

from ...models.types import utc_now

LIFE = timedelta(minutes=5)
_KEY = "reto"


class Purpose(StrEnum):
    """What a passkey is asked for."""

    REGISTER = "registrar"
    LOG_IN = "entrar"
    SECOND_STEP = "segundo_paso"


@dataclass(frozen=True)
class Challenge:
    """What the passkey signs, and when it was asked to."""

    value: bytes
    issued: datetime


def issue(purpose: Purpose) -> Challenge:
    """Make a challenge in place of any other."""
    challenge = Challenge(secrets.token_bytes(32), utc_now())
    session[_KEY] = {"para": purpose, "valor": challenge.value.hex(), "desde": challenge.issued.isoformat()}
    return challenge


def take(purpose: Purpose) -> Challenge | None:
    """Return the challenge that was made for this, and forget it; None where there is none, or it is too old.

    A browser could bring an old cookie again: a passkey answers no challenge older than its last use.
    """
    kept = session.pop(_KEY, None)
    if kept is None or kept["para"] != purpose:
        return None
    issued = datetime.fromisoformat(kept["desde"])
    return Challenge(bytes.fromhex(kept["valor"]), issued) if utc_now() - issued < LIFE else None
