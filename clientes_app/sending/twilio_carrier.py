"""Hands messages to Twilio through its official asynchronous SDK, and reads every answer as an outcome.

What the SDK (9.13) does not do is done here: its `timeout` is ignored, so each call is limited from outside; its
retries would repeat a POST whose fate is unknown, so there are none; network errors arrive as aiohttp's own.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ..config import TwilioSettings
from .carrier import Fate, Message, NotAnswered, Outcome
from .faults import FAULTS, NO_ANSWER, Fault, Scope

log = logging.getLogger(__name__)

ANSWER_SECONDS = 30.0
LISTED = 100
STATUS_PATH = "/twilio/estado/"
_SMALLEST_TWILIO_CODE = 1_000  # an error without JSON has the HTTP status in place of a code

# At INFO the SDK logs request bodies: phone numbers and texts.
logging.getLogger("twilio").setLevel(logging.WARNING)


class TwilioCarrier:
    """One account's connections to Twilio; made and used inside one running event loop."""

    def __init__(self, settings: TwilioSettings, callback_base: str = "") -> None:
        self._settings = settings
        self._callback_base = callback_base
        self._http = _HttpClient(settings.max_concurrency)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        if settings.api_base_url:
            self._client.api.base_url = settings.api_base_url

    async def send(self, message: Message) -> Outcome:
        """Hand one message over, once."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                created = await self._create(self._fields(message))
        except TwilioException as error:
            return _outcome_of_refusal(error)
        except aiohttp.ClientConnectorError:
            # The connection was never made, so no byte of the request left.
            return Outcome(Fate.DEFERRED, reason=NO_ANSWER)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Outcome(Fate.UNKNOWN, reason=NO_ANSWER, puzzling=True)
        sid = created.get("sid")
        if not sid:
            return Outcome(Fate.UNKNOWN, reason=NO_ANSWER, puzzling=True)
        return Outcome(Fate.SENT, sid=sid)

    async def find(self, to: str, body: str, since: datetime) -> Sequence[str]:
        """List the SIDs of messages with this text to this number, created at `since` or later, oldest first.

        Raises NotAnswered. Not filtered by Twilio's `DateSent`, which a message that was not sent yet lacks.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                listed = await self._client.messages.list_async(to=to, limit=LISTED)
        except (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise NotAnswered from error
        return [message.sid for message in reversed(listed) if self._is_ours(message, body, since)]

    def _is_ours(self, message: Any, body: str, since: datetime) -> bool:
        if message.body != body or message.sid is None:
            return False
        if self._settings.messaging_service_sid:
            return message.messaging_service_sid == self._settings.messaging_service_sid and _is_since(message, since)
        return message.from_ == self._settings.from_number and _is_since(message, since)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _create(self, fields: dict[str, object]) -> dict[str, Any]:
        # What `messages.create_async` does, but for reading twenty fields of the answer of which one is wanted.
        created: dict[str, Any] = await self._client.api.v2010.create_async(
            "POST",
            f"/Accounts/{self._settings.account_sid}/Messages.json",
            data=fields,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        return created

    def _fields(self, message: Message) -> dict[str, object]:
        """Name the fields as Twilio does: https://www.twilio.com/docs/messaging/api/message-resource."""
        fields: dict[str, object] = {"To": message.to, "Body": message.body}
        if self._callback_base:
            fields["StatusCallback"] = f"{self._callback_base}{STATUS_PATH}{message.attempt}"
        if self._settings.messaging_service_sid:
            return fields | {"MessagingServiceSid": self._settings.messaging_service_sid}
        return fields | {"From": self._settings.from_number}


class _HttpClient(AsyncTwilioHttpClient):
    """The SDK's HTTP client with as many connections as messages in flight, and `Retry-After` kept on errors."""

    def __init__(self, connections: int) -> None:
        super().__init__(pool_connections=False)
        connector = aiohttp.TCPConnector(limit=connections)
        self.session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None)
        )

    async def request(  # noqa: PLR0913 (the SDK names the parameters)
        self,
        method: str,
        url: str,
        *,
        params: Any = None,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send a request, with less work than the SDK's own method; the caller limits how long it takes.

        Raises TooManyRequests where Twilio asks to go slower: the SDK's own exceptions drop the header.
        """
        headers = dict(headers or {})
        if auth:
            headers["Authorization"] = aiohttp.encode_basic_auth(*auth)
        form = urlencode(data).encode() if data else None
        async with self.session.request(
            method, url, params=params, data=form, headers=headers, allow_redirects=allow_redirects
        ) as answer:
            response = Response(answer.status, await answer.text(), answer.headers)
        if response.status_code == 429:
            raise TooManyRequests(response)
        return response


class TooManyRequests(TwilioException):
    """Twilio did not process the request because there were too many."""

    def __init__(self, response: Response) -> None:
        super().__init__("HTTP 429")
        self.code = _code_in(response.text)
        self.retry_after = _seconds((response.headers or {}).get("Retry-After", ""))


def _is_since(message: Any, since: datetime) -> bool:
    return message.date_created is not None and message.date_created >= since


def _outcome_of_refusal(error: TwilioException) -> Outcome:
    if isinstance(error, TooManyRequests):
        return _outcome_of_too_many(error)
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    if status is None or not 400 <= status < 500:
        return Outcome(Fate.UNKNOWN, code=_twilio_code(code), reason=NO_ANSWER, puzzling=True)
    fault = FAULTS.get(code or 0)
    if fault is None and status == 401:
        fault = FAULTS[20003]
    if fault is None:
        reason = str(getattr(error, "msg", None) or getattr(error, "detail", None) or error)
        return Outcome(Fate.REFUSED, code=_twilio_code(code), reason=reason[:500], puzzling=True)
    return _outcome_of_fault(fault, _twilio_code(code))


def _outcome_of_too_many(error: TooManyRequests) -> Outcome:
    fault = FAULTS.get(error.code or 0)
    if fault is not None and fault.scope is Scope.CAMPAIGN:  # the day's limit is said with a 429 as well
        return _outcome_of_fault(fault, error.code)
    return Outcome(Fate.DEFERRED, code=20429, reason=FAULTS[20429].sentence, retry_after=error.retry_after)


def _outcome_of_fault(fault: Fault, code: int | None) -> Outcome:
    fates = {Scope.NUMBER: Fate.REFUSED, Scope.CAMPAIGN: Fate.STOPPED, Scope.MOMENT: Fate.DEFERRED}
    return Outcome(fates[fault.scope], code=code, reason=fault.sentence)


def _twilio_code(code: int | None) -> int | None:
    return code if code and code >= _SMALLEST_TWILIO_CODE else None


def _code_in(body: str) -> int | None:
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, int) else None


def _seconds(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None
