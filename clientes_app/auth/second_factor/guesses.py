"""How often a code of the second step may be guessed: after five wrong ones in a row come pauses, each twice as long.

Who gets so far knows the password. The count stands in the database, so that a restart does not forget it, and the
person is told of it. A pause ends for who is meant by it alone: with a right code after it, or with a new password.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import update
from sqlalchemy.orm import Session

from ...database.transactions import insert_missing
from ...extensions import db
from ...models import SegundoPasoFallido
from ...models.types import utc_now
from ...web.throttling import TooManyTries

IN_A_ROW = 5
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(days=1)
SUSPICIOUS = 3
"""As many wrong codes in a row as nobody is believed to mistype without being asked."""


class TooManyGuesses(TooManyTries):
    """Codes were wrong so often that none is compared for a while."""

    def _said(self, time: str) -> str:
        return str(
            gettext(
                "Too many wrong codes: wait %(time)s. A passkey works all the same. And your administrator can make"
                " you a link to choose a new password, after which you need not wait.",
                time=time,
            )
        )


def count(session: Session, person_id: int) -> None:
    """Count a guess in the transaction that compares it, and before: those that come at once wait for each other.

    Raises TooManyGuesses in a pause.
    """
    now, row = utc_now(), _locked_row(session, person_id)
    if row.espera_hasta is not None and row.espera_hasta > now:
        raise TooManyGuesses(math.ceil((row.espera_hasta - now).total_seconds()))
    row.seguidos += 1
    row.ultimo = now
    row.espera_hasta = _pause_after(row.seguidos, now)


def take_back(session: Session, person_id: int) -> None:
    """Begin to count anew after a right code, which was counted too; remember those before it that are suspicious."""
    row = session.get_one(SegundoPasoFallido, person_id)
    wrong = row.seguidos - 1
    row.sospechosos += wrong if wrong >= SUSPICIOUS else 0
    row.seguidos, row.espera_hasta = 0, None


def end_pause(session: Session, person_id: int) -> None:
    """Begin to count anew because there is nothing left to guess; what was guessed is not forgotten."""
    theirs = update(SegundoPasoFallido).where(SegundoPasoFallido.persona_id == person_id)
    added = SegundoPasoFallido.sospechosos + SegundoPasoFallido.seguidos
    session.execute(theirs.values(sospechosos=added, seguidos=0, espera_hasta=None))


def in_a_row(person_id: int) -> int:
    """Return how many wrong codes were given since the last right one."""
    row = db.session.get(SegundoPasoFallido, person_id)
    return row.seguidos if row else 0


def _locked_row(session: Session, person_id: int) -> SegundoPasoFallido:
    first = insert_missing(SegundoPasoFallido, session.get_bind().dialect.name)
    session.execute(first.values(persona_id=person_id, seguidos=0, sospechosos=0, ultimo=utc_now()))
    return session.get_one(SegundoPasoFallido, person_id, with_for_update=True)


def _pause_after(wrong: int, now: datetime) -> datetime | None:
    if wrong < IN_A_ROW:
        return None
    times: int = 2 ** min(wrong - IN_A_ROW, 16)  # by then it is far beyond the longest
    return now + min(FIRST_PAUSE * times, LONGEST_PAUSE)
