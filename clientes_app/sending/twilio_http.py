"""The HTTP client under Twilio's SDK: pyreqwest, which does its work outside Python, in a thread of its own.

The SDK's own takes three times as long for a message. Neither of them repeats a request that may have left: hyper,
under pyreqwest, takes another connection only for one of which nothing was written.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import ConnectError
from twilio.base.exceptions import TwilioException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

IDLE = timedelta(seconds=15)
"""How long a connection waits for another request: one that Twilio closes meanwhile costs a message its certainty."""

_NO_CONNECTION = "client error (Connect)"  # hyper's words

log = logging.getLogger(__name__)


class HttpClient(AsyncHttpClient):
    """As many connections as messages in flight, no redirects, no proxies from the environment."""

    def __init__(self, connections: int) -> None:
        super().__init__(log, is_async=True)
        idle = ClientBuilder().pool_max_idle_per_host(connections).pool_idle_timeout(IDLE)
        # Of HTTP/2 one connection would carry all messages, and take them along when it breaks.
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

        Raises NeverConnected where nothing of it left, TooManyRequests where Twilio asks to go slower, and pyreqwest's
        RequestError where nobody knows.
        """
        request = self._client.request(method, url).headers(headers or {}).query(params or {})
        if auth:
            request = request.basic_auth(*auth)
        if data:
            request = request.form(data)
        try:
            answer = await request.build().send()
        except ConnectError as error:
            raise _meaning(error) from error
        response = Response(answer.status, await answer.text(), answer.headers)
        if response.status_code == 429:
            raise TooManyRequests(response)
        return response

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


class NeverConnected(Exception):
    """No connection was made, so no byte of the request left."""


class TooManyRequests(TwilioException):
    """Twilio did not process the request because there were too many; the SDK's own exception drops `Retry-After`."""

    def __init__(self, response: Response) -> None:
        super().__init__("HTTP 429")
        self.code = _code_in(response.text)
        self.retry_after = _seconds((response.headers or {}).get("Retry-After") or "")


def _meaning(error: ConnectError) -> Exception:
    """Tell a connection that was never made from one that broke, for which pyreqwest (0.15) raises the same.

    Where its words should change, every such error is one of which nobody knows.
    """
    causes = [cause["message"] for cause in error.details["causes"] or []]
    return NeverConnected() if _NO_CONNECTION in causes else error


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
