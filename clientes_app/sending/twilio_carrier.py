"""Hands messages to Twilio through its official asynchronous SDK, and reads every answer as an outcome.

What the SDK (9.13) does not do is done here: each call is limited in time from outside, and network errors arrive as
the HTTP client's own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pyreqwest.exceptions import RequestError
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from ..config import TwilioSettings
from ..models.types import utc_now
from .carrier import KEPT, STATUS_PATH, TRY_AGAIN, Fate, Message, NotAnswered, Outcome, read_sid
from .faults import FAULTS, NO_ANSWER, ODD_ANSWER, Fault, Scope
from .law.hours import LAST_MINUTE
from .twilio_http import AnswerTooLarge, HttpClient, NeverConnected, TooManyRequests

ANSWER_SECONDS = 30.0
LISTED = 100
LONGEST_VALIDITY = 36_000
LONGEST_REASON = 500
_TWILIO_CODES = range(1_000, 1_000_000)  # an error without JSON has the HTTP status in place of a code

# What reading an answer may raise that is no answer of Twilio's: the SDK trusts that it is JSON of the right shape.
_UNREADABLE = (AnswerTooLarge, ValueError, TypeError, AttributeError, KeyError, RecursionError)

# At INFO the SDK logs request bodies: phone numbers and texts.
logging.getLogger("twilio").setLevel(logging.WARNING)


class TwilioCarrier:
    """One account's connections to Twilio; made and used inside one running event loop."""

    def __init__(self, settings: TwilioSettings, callback_base: str = "") -> None:
        self._settings = settings
        self._callback_base = callback_base
        self._http = HttpClient(settings.max_concurrency)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        if settings.api_base_url:
            self._client.api.base_url = settings.api_base_url

    async def send(self, message: Message) -> Outcome:
        """Hand one message over, once; past its `not_after` it is kept."""
        now = utc_now()
        if message.not_after is not None and now >= message.not_after:
            return KEPT
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                created = await self._create(self._fields(message, now))
        except TwilioException as error:
            return _outcome_of_refusal(error)
        except NeverConnected:
            return Outcome(Fate.DEFERRED, reason=NO_ANSWER)
        except (RequestError, TimeoutError, OSError):
            return Outcome(Fate.UNKNOWN, reason=NO_ANSWER, puzzling=True)
        except _UNREADABLE:
            return Outcome(Fate.UNKNOWN, reason=ODD_ANSWER, puzzling=True)
        sid = read_sid(created.get("sid")) if isinstance(created, dict) else None
        return Outcome(Fate.SENT, sid=sid) if sid else Outcome(Fate.UNKNOWN, reason=ODD_ANSWER, puzzling=True)

    async def find(self, to: str, body: str, since: datetime) -> Sequence[str]:
        """List the SIDs of messages with this text to this number, created at `since` or later, oldest first.

        Raises NotAnswered. Not filtered by Twilio's `DateSent`, which a message that was not sent yet lacks.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                listed = await self._client.messages.list_async(to=to, limit=LISTED)
        except (TwilioException, NeverConnected, RequestError, TimeoutError, OSError, *_UNREADABLE) as error:
            raise NotAnswered from error
        return [message.sid for message in reversed(listed) if self._is_ours(message, body, since)]

    def _is_ours(self, message: Any, body: str, since: datetime) -> bool:
        if message.body != body or read_sid(message.sid) is None:
            return False
        if self._settings.messaging_service_sid:
            return message.messaging_service_sid == self._settings.messaging_service_sid and _is_since(message, since)
        return message.from_ == self._settings.from_number and _is_since(message, since)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _create(self, fields: dict[str, object]) -> object:
        # What `messages.create_async` does, but for reading twenty fields of the answer of which one is wanted.
        created: object = await self._client.api.v2010.create_async(
            "POST",
            f"/Accounts/{self._settings.account_sid}/Messages.json",
            data=fields,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        return created

    def _fields(self, message: Message, now: datetime) -> dict[str, object]:
        """Name the fields as Twilio does: https://www.twilio.com/docs/messaging/api/message-resource."""
        fields: dict[str, object] = {"To": message.to, "Body": message.body}
        if message.not_after is not None:
            fields["ValidityPeriod"] = _validity_period(message.not_after, now)
        if self._callback_base:
            fields["StatusCallback"] = f"{self._callback_base}{STATUS_PATH}{message.attempt}{TRY_AGAIN}"
        if self._settings.messaging_service_sid:
            return fields | {"MessagingServiceSid": self._settings.messaging_service_sid}
        return fields | {"From": self._settings.from_number}


def _validity_period(not_after: datetime, now: datetime) -> int:
    """Return for how many seconds Twilio may keep a message in its queue: until the lawful hours close."""
    return min(LONGEST_VALIDITY, int((not_after + LAST_MINUTE - now).total_seconds()))


def _is_since(message: Any, since: datetime) -> bool:
    return isinstance(message.date_created, datetime) and message.date_created >= since


def _outcome_of_refusal(error: TwilioException) -> Outcome:
    if isinstance(error, TooManyRequests):
        return _outcome_of_too_many(error)
    status, code = getattr(error, "status", None), _twilio_code(getattr(error, "code", None))
    if not isinstance(status, int) or not 400 <= status < 500:
        return Outcome(Fate.UNKNOWN, code=code, reason=NO_ANSWER, puzzling=True)
    fault = FAULTS.get(code or 0)
    if fault is None and status == 401:
        fault = FAULTS[20003]
    if fault is None:
        return Outcome(Fate.REFUSED, code=code, reason=_reason(error), puzzling=True)
    return _outcome_of_fault(fault, code)


def _outcome_of_too_many(error: TooManyRequests) -> Outcome:
    code = _twilio_code(error.code)
    fault = FAULTS.get(code or 0)
    if fault is not None and fault.scope is Scope.CAMPAIGN:  # the day's limit is said with a 429 as well
        return _outcome_of_fault(fault, code)
    return Outcome(Fate.DEFERRED, code=20429, reason=FAULTS[20429].sentence, retry_after=error.retry_after)


def _outcome_of_fault(fault: Fault, code: int | None) -> Outcome:
    fates = {Scope.NUMBER: Fate.REFUSED, Scope.CAMPAIGN: Fate.STOPPED, Scope.MOMENT: Fate.DEFERRED}
    return Outcome(fates[fault.scope], code=code, reason=fault.sentence)


def _twilio_code(code: object) -> int | None:
    return code if isinstance(code, int) and code in _TWILIO_CODES else None


def _reason(error: TwilioException) -> str:
    """Return Twilio's words as one line; a database may refuse NUL and halves of characters."""
    words = str(getattr(error, "msg", None) or getattr(error, "detail", None) or error)[:LONGEST_REASON]
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
