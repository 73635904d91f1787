"""The numbers that an account has written to, and what one of them received from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from ..config import TwilioSettings
from ..database.paging import Page, page_of
from ..extensions import db
from ..models import CampanaSMS, EstadoSMS, SMSLog
from ..tenancy import sent_by
from . import arrivals
from .arrivals import NoAnswer, Received

CONTACTS_A_PAGE = 30
_LINK = re.compile(r"https?://\S+")
_HANDED_OVER = (EstadoSMS.ENVIADO, EstadoSMS.INCIERTO)


@dataclass(frozen=True)
class Conversation:
    """What a number received from the account, oldest first; `messages` is None where nobody could tell."""

    number: str
    name: str | None
    """The client's name as it was last written to; None where the account never wrote to the number."""
    messages: Sequence[Received] | None


def contacts(account_id: int, before: int | None) -> Page[SMSLog]:
    """List the last message to each number, newest first: those older than the id `before`."""
    last_id = func.max(SMSLog.id)
    newest = _handed_over(account_id).with_only_columns(last_id, maintain_column_froms=True)
    newest = newest.group_by(SMSLog.telefono_e164).order_by(last_id.desc()).limit(CONTACTS_A_PAGE + 1)
    if before is not None:
        newest = newest.having(last_id < before)
    rows = db.session.scalars(select(SMSLog).where(SMSLog.id.in_(newest)).order_by(SMSLog.id.desc())).all()
    return page_of(rows, CONTACTS_A_PAGE)


def conversation(account_id: int, number: str, twilio: TwilioSettings) -> Conversation:
    """Return what the number received from the account; one that it never wrote to received nothing."""
    written = _written_to(account_id, number)
    if not written:
        return Conversation(number, None, [])
    try:
        received = arrivals.messages_to(twilio, number)
    except NoAnswer:
        return Conversation(number, written[0].nombre, None)
    return Conversation(number, written[0].nombre, _only_from(written, received))


def runs_of(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into runs, each with whether a phone would make a link of it."""
    end = 0
    for link in _LINK.finditer(text):
        yield text[end : link.start()], False
        yield link[0], True
        end = link.end()
    yield text[end:], False


def _written_to(account_id: int, number: str) -> Sequence[SMSLog]:
    rows = _handed_over(account_id).with_only_columns(SMSLog, maintain_column_froms=True)
    return db.session.scalars(rows.where(SMSLog.telefono_e164 == number).order_by(SMSLog.id.desc())).all()


def _handed_over(account_id: int) -> Select[CampanaSMS]:
    joined = sent_by(account_id).join(SMSLog, SMSLog.campana_id == CampanaSMS.id)
    return joined.where(SMSLog.estado.in_(_HANDED_OVER))


def _only_from(written: Sequence[SMSLog], received: Sequence[Received]) -> list[Received]:
    """Leave out what other accounts sent to the number: their clients may be the same people.

    A sent message is known by its SID; an uncertain one, whose SID never came back, by its text.
    """
    sids = {row.twilio_sid for row in written}
    texts = {row.mensaje for row in written if row.estado is EstadoSMS.INCIERTO}
    return [message for message in received if message.sid in sids or message.text in texts]
