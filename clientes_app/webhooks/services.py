"""What Twilio's requests say, read and kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection, Engine

from ..answers import keeping
from ..database.transactions import insert_missing, write_transaction
from ..models import MensajeEntrante, Recibo
from ..models.types import utc_now
from ..opt_outs.keywords import Wish, wish
from ..sending.evidence import Receipt
from ..sending.opt_outs import enter_stop, take_back_stop
from ..values import phone

_ATTEMPT = re.compile(r"[0-9a-f]{32}")
_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
_CODE = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_STATUSES = {status.value: status for status in Recibo}


def read_receipt(attempt: str, fields: Mapping[str, str]) -> Receipt | None:
    """Read a status request; None where it names no attempt or no message. Fields that we do not know are left.

    https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
    """
    sid = fields.get("MessageSid") or fields.get("SmsSid") or ""
    if not (_ATTEMPT.fullmatch(attempt) and _SID.fullmatch(sid)):
        return None
    word = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    code = fields.get("ErrorCode", "")
    return Receipt(attempt, sid, _STATUSES.get(word), int(code) if _CODE.fullmatch(code) else None)


def hear(  # noqa: PLR0913, PLR0917 (Twilio names the fields)
    engine: Engine, sid: str, sender: str, opt_out_type: str, body: str, media: str = ""
) -> None:
    """Do what a message asks for; what is no plain wish is kept for a person to read.

    A message is heard once: posted again, it does not undo what its sender has asked for since.
    """
    if not _NUMBER.fullmatch(sender):
        return
    wanted = wish(opt_out_type, body)
    with write_transaction(engine) as connection:
        if not _is_heard_first(connection, sid, wanted):
            return
        sender = phone.of_today(sender)
        if wanted is Wish.NO_MORE:
            enter_stop(connection, sender)
            return
        gone_from = take_back_stop(connection, sender) if wanted is Wish.AGAIN else set()
        keeping.keep(connection, sender, body, _count(media), done_for=gone_from)


def _count(text: str) -> int:
    return int(text) if _CODE.fullmatch(text) else 0


def _is_heard_first(connection: Connection, sid: str, wanted: Wish | None) -> bool:
    """Note that a message is heard; return whether it never was before. Of two requests at once, one is told so.

    Of a message without a SID nobody knows: it may do no more than enter its sender into lists.
    """
    if not _SID.fullmatch(sid):
        return wanted is Wish.NO_MORE
    heard = insert_missing(MensajeEntrante, connection.dialect.name).values(sid=sid, recibido=utc_now())
    return connection.scalar(heard.returning(MensajeEntrante.sid)) is not None
