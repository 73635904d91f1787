"""The simulator's status callbacks: what became of each message, told to its StatusCallback as Twilio tells it.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from .conditions import Conditions
from .ledger import Entry
from .messages import API_VERSION

AT_ONCE = 50
ANSWER_SECONDS = 5

log = logging.getLogger(__name__)


class Callbacks:
    """Follows accepted messages to their end, each in a task of its own; nobody waits for them."""

    def __init__(self, account_sid: str, auth_token: str, conditions: Conditions) -> None:
        self._account_sid = account_sid
        self._validator = RequestValidator(auth_token)
        self._conditions = conditions
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        """Keep the connections while the server runs; what was not told at its end is never told."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as self._session:
            yield
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def follow(self, entry: Entry) -> None:
        """Tell a message's story to its StatusCallback, where it has one."""
        if not entry.status_callback:
            return
        task = asyncio.create_task(self._tell(entry, entry.status_callback))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, entry: Entry, url: str) -> None:
        for status, code in self._conditions.story_of(entry.recipient):
            await asyncio.sleep(self._conditions.callback_delay)
            async with self._slots:
                await self._post(url, self._fields(entry, status, code))

    async def _post(self, url: str, fields: dict[str, str]) -> None:
        assert self._session is not None
        headers = {"X-Twilio-Signature": self._validator.compute_signature(url, fields)}
        try:
            async with self._session.post(url, data=fields, headers=headers):
                pass
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("a status callback was not taken: %s", type(error).__name__)

    def _fields(self, entry: Entry, status: str, code: int | None) -> dict[str, str]:
        fields = {
            "AccountSid": self._account_sid,
            "ApiVersion": API_VERSION,
            "MessageSid": entry.sid,
            "MessageStatus": status,
            "SmsSid": entry.sid,
            "SmsStatus": status,
            "To": entry.recipient,
        }
        optional = {"From": entry.sender, "MessagingServiceSid": entry.messaging_service_sid}
        optional["ErrorCode"] = str(code) if code else None
        return fields | {name: value for name, value in optional.items() if value}
