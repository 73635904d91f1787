"""Trying a message first: the text that a client would get, sent to one's own number, and how it fares."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...audit_log import Actor
from ...errors import Conflict, NotFound
from ...extensions import db, unit_of_work
from ...messaging.way_out import ending
from ...models import Accion, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from ...sending.ordering.notifier import bell
from ...tenancy import tried_by
from ...values.hashing import hash_of
from ...values.ids import MAX_ID
from . import how_often, notes, services
from .notes import Note

_GOES_ON = (EstadoSMS.PENDIENTE, EstadoSMS.ENVIANDO)


class NoOwnNumber(Conflict):
    """The person has proven no number of their own."""

    def __init__(self) -> None:
        super().__init__(gettext("Say first which number is yours."))


@dataclass(frozen=True)
class Trial:
    """A test and how it fares."""

    sent: CampanaSMS
    message: SMSLog

    @property
    def goes_on(self) -> bool:
        """Return whether more will be known of it soon."""
        return self.message.estado in _GOES_ON and not self.stopped

    @property
    def stopped(self) -> bool:
        """Return whether the sender stopped at a fault of the whole account."""
        return self.sent.estado is EstadoCampana.ERROR


def send(account_id: int, text: str, key: str, foot: str | None = None, *, by: Actor) -> Trial:
    """Send a text to the person's own number, with what a campaign of it ends with; the same form twice is one test.

    Raises NoOwnNumber, notes.OptedOut, throttling.TooManyTries, and Conflict where the account's limits are used up.
    """
    own = services.find(by.person_id or 0)
    if own is None or own.telefono_e164 is None:
        raise NoOwnNumber
    mark = hash_of(f"{by.person_id}\n{own.telefono_e164}\n{text}{ending(foot)}")
    note = Note(account_id, own.telefono_e164, text, Accion.TEST_SENT, f"prueba:{key}", mark, foot)
    if earlier := _earlier(db.session(), note, by):
        return _trial(earlier)
    notes.require_no_opt_out(db.session(), account_id, note.number)
    how_often.count_test(by.person_id or 0)
    return _trial(_stored_once(note, by))


def get(account_id: int, person_id: int, trial_id: int) -> Trial:
    """Return a test of the person.

    Raises NotFound.
    """
    theirs = tried_by(account_id, person_id).where(CampanaSMS.id == trial_id)
    sent = db.session.scalar(theirs) if trial_id <= MAX_ID else None
    if sent is None:
        raise NotFound
    return _trial(sent)


def _stored_once(note: Note, by: Actor) -> CampanaSMS:
    try:
        with unit_of_work() as session:
            sent = notes.store(session, note, by=by)
    except IntegrityError:
        # The other click of two stored it at this moment.
        if (earlier := _earlier(db.session(), note, by)) is None:
            raise
        return earlier
    bell.ring()
    return sent


def _earlier(session: Session, note: Note, by: Actor) -> CampanaSMS | None:
    theirs = tried_by(note.account_id, by.person_id or 0)
    return session.scalar(theirs.where(CampanaSMS.clave_formulario == note.key, CampanaSMS.huella == note.mark))


def _trial(sent: CampanaSMS) -> Trial:
    return Trial(sent, db.session.scalars(select(SMSLog).where(SMSLog.campana_id == sent.id)).one())
