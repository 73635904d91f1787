"""The simulator's HTTP server for Twilio's Messages API, version 2010-04-01."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from aiohttp import encode_basic_auth, web
from aiohttp.typedefs import Handler

from .callbacks import Callbacks
from .conditions import Conditions
from .control_api import Control
from .injected_faults import Ending, Fault
from .ledger import Entry, Ledger
from .messages import API_VERSION, Refusal, accept, message_json, page_json, sid_before

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Account:
    """The one account the simulator knows."""

    sid: str
    auth_token: str


def build_app(account: Account, ledger: Ledger, conditions: Conditions) -> web.Application:
    """Put the API and the control endpoints together.

    Needs a runner with `handler_cancellation`: a request that is never answered ends when its client leaves.
    """
    app = web.Application()
    app.add_subapp(f"/{API_VERSION}/", MessagesApi(account, ledger, conditions).build_app())
    app.add_subapp("/_control/", Control(ledger, conditions).build_app())
    return app


class MessagesApi:
    """The Messages resource of one account, as Twilio's SDK uses it."""

    def __init__(self, account: Account, ledger: Ledger, conditions: Conditions) -> None:
        self._account_sid = account.sid
        self._authorization = encode_basic_auth(account.sid, account.auth_token)
        self._ledger = ledger
        self._conditions = conditions
        self._callbacks = Callbacks(account.sid, account.auth_token, conditions)

    def build_app(self) -> web.Application:
        """Route the URLs of the resource."""
        app = web.Application(middlewares=[self._answer])
        app.cleanup_ctx.append(self._callbacks.run)
        path = f"/Accounts/{self._account_sid}/Messages"
        app.router.add_post(f"{path}.json", self.create)
        app.router.add_get(f"{path}.json", self.list_page)
        app.router.add_get(f"{path}/{{sid}}.json", self.fetch)
        return app

    async def create(self, request: web.Request) -> web.Response:
        """Accept a message (201), unless a fault intervenes."""
        form = await request.post()
        fault = self._conditions.draw_fault()
        if fault is None:
            return web.json_response(message_json(self._add(form), self._account_sid), status=201)
        if fault.created:
            self._add(form)
        return await self._fail(request, fault)

    async def fetch(self, request: web.Request) -> web.Response:
        """Return the message with the SID of the URL."""
        entry = self._ledger.get(request.match_info["sid"])
        if entry is None:
            raise Refusal(20404)
        return web.json_response(message_json(entry, self._account_sid))

    async def list_page(self, request: web.Request) -> web.Response:
        """Return one page of the messages, newest first, by `To` and `From`; dates do not filter."""
        query = request.query
        size = min(max(int(query.get("PageSize", DEFAULT_PAGE_SIZE)), 1), MAX_PAGE_SIZE)
        entries = self._ledger.newest(size + 1, query.get("To"), query.get("From"), sid_before(query))
        return web.json_response(page_json(entries, self._account_sid, query, size))

    def _add(self, form: Mapping[str, Any]) -> Entry:
        entry = accept(form)
        self._ledger.add(entry)
        self._callbacks.follow(entry)
        return entry

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await self._authenticate(request, handler)
        except Refusal as refusal:
            response = self._refuse(refusal)
        except web.HTTPNotFound:
            response = self._refuse(Refusal(20404))
        # The wait comes after the work: a client that dies or gives up meanwhile leaves a message behind.
        await self._wait()
        return response

    async def _authenticate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Authorization") != self._authorization:
            raise Refusal(20003)
        return await handler(request)

    def _refuse(self, refusal: Refusal) -> web.Response:
        response = web.json_response(refusal.as_json(), status=refusal.status)
        if refusal.status == web.HTTPTooManyRequests.status_code and self._conditions.retry_after is not None:
            response.headers["Retry-After"] = str(self._conditions.retry_after)
        return response

    async def _wait(self) -> None:
        if delay := self._conditions.draw_delay():
            await asyncio.sleep(delay)

    async def _fail(self, request: web.Request, fault: Fault) -> web.Response:
        match fault.ending:
            case Ending.JSON_ERROR:
                raise Refusal(fault.code)
            case Ending.GATEWAY_ERROR:
                return web.Response(text="<h1>Gateway</h1>", content_type="text/html", status=fault.code)
            case Ending.CUT:
                await self._wait()
                _cut(request)
        return await _stay_silent()


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _stay_silent() -> NoReturn:
    # Ends by cancellation: the runner cancels the handler of a connection that is gone.
    while True:
        await asyncio.Event().wait()
