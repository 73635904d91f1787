"""The simulator's control endpoints: its conditions and its ledger, for tests and for the app."""

from json import dumps

from aiohttp import web

from .conditions import Conditions
from .ledger import Entry, Ledger


class Control:
    """`/_control/` shows and changes the conditions, `/_control/ledger` streams the messages."""

    def __init__(self, ledger: Ledger, conditions: Conditions) -> None:
        self._ledger = ledger
        self._conditions = conditions

    def build_app(self) -> web.Application:
        """Route the control URLs."""
        app = web.Application()
        app.router.add_get("/", self.show)
        app.router.add_post("/", self.change)
        app.router.add_get("/ledger", self.stream_ledger)
        return app

    async def show(self, request: web.Request) -> web.Response:
        """Return the present settings."""
        return web.json_response(self._conditions.as_json())

    async def change(self, request: web.Request) -> web.Response:
        """Change the settings that the JSON object in the body names, and return all of them."""
        try:
            self._conditions.change(await request.json())
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return await self.show(request)

    async def stream_ledger(self, request: web.Request) -> web.StreamResponse:
        """Return every message, oldest first, one JSON object a line."""
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        for page in self._ledger.pages():
            await response.write("".join(map(_ndjson_line, page)).encode())
        await response.write_eof()
        return response


def _ndjson_line(entry: Entry) -> str:
    line = {
        "sid": entry.sid,
        "to": entry.recipient,
        "validity_period": entry.validity_period,
        "body": entry.body,
        "from": entry.sender,
        "status_callback": entry.status_callback,
        "created": entry.created,
    }
    return dumps(line, ensure_ascii=False) + "\n"
