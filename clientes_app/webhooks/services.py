"""What Twilio's requests say, read and kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Engine

from ..database import write_transaction
from ..models import OrigenBaja, Recibo
from ..sending.evidence import Receipt
from ..sending.opt_outs import accounts_concerned, add_opt_outs, remove_opt_outs
from .keywords import Wish, wish

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


def hear(engine: Engine, sender: str, opt_out_type: str, body: str) -> None:
    """Enter who asks for no more messages into the list of each shop concerned, or take them out again."""
    wanted = wish(opt_out_type, body)
    if wanted is None or not _NUMBER.fullmatch(sender):
        return
    with write_transaction(engine) as connection:
        accounts = accounts_concerned(connection, sender)
        if wanted is Wish.NO_MORE:
            add_opt_outs(connection, accounts, sender, OrigenBaja.MENSAJE)
        else:
            remove_opt_outs(connection, accounts, sender)
