"""The simulator's status callbacks: what became of each message, told to its StatusCallback as Twilio tells it.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status

What is not taken is told again as the address asks for after its `#`, which is neither sent nor signed:
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, urldefrag

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from .conditions import Conditions
from .ledger import Entry
from .messages import API_VERSION

AT_ONCE = 50
ANSWER_SECONDS = 5
ALL_TRIES_SECONDS = 15
PAUSE_SECONDS = 0.5
"""Between two tries; how long Twilio waits is not documented."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to call, and after which failures to try how often again: `ct` no connection, `rt` no answer, `5xx`."""

    url: str
    retries: int
    policy: frozenset[str]

    @classmethod
    def read(cls, text: str) -> Self:
        """Take an address apart; one that asks for nothing is tried once more where there is no connection."""
        url, fragment = urldefrag(text)
        asked = dict(parse_qsl(fragment))
        return cls(url, int(asked.get("rc", 1)), frozenset(asked.get("rp", "ct").split(",")))


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
        """Report a message's story to its StatusCallback, where it has one."""
        if not entry.status_callback:
            return
        task = asyncio.create_task(self._tell(entry, entry.status_callback))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, entry: Entry, status_callback: str) -> None:
        address = Address.read(status_callback)
        await asyncio.sleep(self._conditions.latency)  # an answer that takes its time comes before what happens next
        for status, code in self._conditions.story_of(entry.recipient):
            await asyncio.sleep(self._conditions.callback_delay)
            async with self._slots:
                await self._post(address, self._fields(entry, status, code))

    async def _post(self, address: Address, fields: dict[str, str]) -> None:
        headers = {"X-Twilio-Signature": self._validator.compute_signature(address.url, fields)}
        failure = None
        try:
            async with asyncio.timeout(ALL_TRIES_SECONDS):
                for _ in range(address.retries + 1):
                    failure = await self._failure_of(address.url, fields, headers)
                    if failure not in address.policy:
                        break
                    await asyncio.sleep(PAUSE_SECONDS)
        except TimeoutError:
            failure = "tt"
        if failure is not None:
            log.warning("a status callback was not taken: %s", failure)

    async def _failure_of(self, url: str, fields: dict[str, str], headers: dict[str, str]) -> str | None:
        """Call once; return how that failed, in the words of a policy."""
        assert self._session is not None
        try:
            async with self._session.post(url, data=fields, headers=headers) as answer:
                return f"{answer.status // 100}xx" if answer.status >= 400 else None
        except aiohttp.ClientConnectorError:
            return "ct"
        except (aiohttp.ClientError, TimeoutError):
            return "rt"

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
