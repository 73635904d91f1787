"""Recovery codes: ten, each of which stands in for the second factor once."""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ...models import CodigoDeRecuperacion
from ...models.types import utc_now

COUNT = 10
_BYTES = 10
_LETTERS = 16
# Base 32 has none of these; people read them all the same.
_MISREAD = str.maketrans("018", "OIB")
_BETWEEN = re.compile(r"[\s-]+")


def make(session: Session, person_id: int) -> list[str]:
    """Make new codes in place of the old ones; return them, for this once."""
    codes = [_new_code() for _ in range(COUNT)]
    remove(session, person_id)
    session.add_all(CodigoDeRecuperacion(persona_id=person_id, codigo_hash=_hash(code)) for code in codes)
    return codes


def remove(session: Session, person_id: int) -> None:
    """Delete all codes of a person."""
    session.execute(delete(CodigoDeRecuperacion).where(CodigoDeRecuperacion.persona_id == person_id))


def take_code(session: Session, person_id: int, code: str) -> bool:
    """Return whether a code is right and unused, and use it: of two requests with the same one, one is told so."""
    used = (
        update(CodigoDeRecuperacion)
        .where(CodigoDeRecuperacion.persona_id == person_id, CodigoDeRecuperacion.codigo_hash == _hash(code))
        .where(CodigoDeRecuperacion.usado.is_(None))
        .values(usado=utc_now())
    )
    return session.connection().execute(used).rowcount == 1


def left(session: Session, person_id: int) -> int:
    """Count a person's unused codes."""
    unused = (CodigoDeRecuperacion.persona_id == person_id) & CodigoDeRecuperacion.usado.is_(None)
    return session.scalar(select(func.count()).select_from(CodigoDeRecuperacion).where(unused)) or 0


def _new_code() -> str:
    letters = b32encode(secrets.token_bytes(_BYTES)).decode()
    return "-".join(letters[place : place + 4] for place in range(0, _LETTERS, 4))


def _hash(code: str) -> str:
    # 80 random bits need no slow hash.
    plain = _BETWEEN.sub("", code).upper().translate(_MISREAD)
    return sha256(plain.encode()).hexdigest()
