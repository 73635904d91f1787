"""The HTTP client under Twilio's SDK: pyreqwest, which does its work outside Python, in a thread of its own.

The SDK's own takes three times as long for a message. Neither repeats a request that may have left: hyper, under
pyreqwest, tries another connection only as long as nothing of the request was written.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import ConnectError
from pyreqwest.response import Response as StreamedAnswer
from twilio.base.exceptions import TwilioException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

LARGEST_ANSWER = {"POST": 64 * 1024, "GET": 4 * 1024 * 1024}
"""Bytes that are read of an answer: to one message, and to a question for a list of them."""

IDLE = timedelta(seconds=15)
"""How long a connection is kept for the next request.

Twilio closes idle ones in the end: where it does so just as a message is written, nobody knows whether that arrived.
"""

_NO_CONNECTION = "client error (Connect)"  # hyper's words

log = logging.getLogger(__name__)


class HttpClient(AsyncHttpClient):
    """As many connections as messages in flight, no redirects, no proxies from the environment."""

    def __init__(self, connections: int) -> None:
        super().__init__(log, is_async=True)
        idle = ClientBuilder().pool_max_idle_per_host(connections).pool_idle_timeout(IDLE)
        # HTTP/2 would carry all messages on one connection: if it broke, all of them would be uncertain.
        self._client = idle.http1_only().no_proxy().follow_redirects(enable=False).build()

    async def request(  # noqa: PLR0913 (the SDK names the parameters)
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send a request; the caller limits how long it takes.

        Raises NeverConnected where nothing of it left, TooManyRequests where Twilio asks to go slower, and ServerFault,
        AnswerTooLarge or pyreqwest's RequestError where nobody knows whether Twilio has processed it.
        """
        request = self._client.request(method, url).headers(headers or {}).query(params or {})
        if auth:
            request = request.basic_auth(*auth)
        if data:
            request = request.form(data)
        try:
            async with request.build_streamed() as answer:
                return await _read(answer, LARGEST_ANSWER[method])
        except ConnectError as error:
            raise _meaning(error) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


class NeverConnected(Exception):
    """No connection was made, so no byte of the request left."""


class AnswerTooLarge(Exception):
    """Twilio's answer is larger than any that it should give: it is not read."""


class TooManyRequests(TwilioException):
    """Twilio did not process the request because there were too many; the SDK's own exception drops `Retry-After`."""

    def __init__(self, response: Response) -> None:
        super().__init__("HTTP 429")
        self.code = _code_in(response.text)
        self.retry_after = _seconds((response.headers or {}).get("Retry-After") or "")


async def _read(answer: StreamedAnswer, most: int) -> Response:
    """Read an answer of up to `most` bytes; of a longer refusal, the beginning."""
    body = bytes(await answer.body_reader.read(most + 1) or b"")
    response = Response(answer.status, body[:most].decode("utf-8", "replace"), answer.headers)
    if response.status_code == 429:
        raise TooManyRequests(response)
    if response.status_code >= 500:
        raise ServerFault(response)
    if len(body) > most and response.ok:
        raise AnswerTooLarge
    return response


class ServerFault(TwilioException):
    """Twilio failed, and may have processed the request.

    The SDK's own exception would take its status from the body, where that names one.
    """

    def __init__(self, response: Response) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.code = _code_in(response.text)


def _meaning(error: ConnectError) -> Exception:
    """Return NeverConnected for a connection that was never made, and the error itself for one that broke.

    pyreqwest (0.15) raises ConnectError for both, which differ in words alone. Should these words change, every such
    error is taken for a connection that broke, after which the message may have arrived.
    """
    causes = [cause["message"] for cause in error.details["causes"] or []]
    return NeverConnected() if _NO_CONNECTION in causes else error


def _code_in(body: str) -> object:
    try:
        return json.loads(body)["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _seconds(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None
