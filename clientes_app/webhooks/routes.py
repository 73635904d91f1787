"""The addresses that Twilio calls; only what it signed is read."""

from __future__ import annotations

from typing import NoReturn

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute

from ..extensions import db
from ..settings import current_settings
from ..web import throttling
from ..web.access import Access, access, machine_view
from . import bp, services
from .app_inbox import inbox_of
from .signature import HEADER, is_signed

MAX_BODY_BYTES = 64 * 1024
REFUSALS = RateLimitItemPerMinute(60, 1, "unsigned webhook")
_NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@bp.before_request
def check_signature() -> None:
    """Let nothing through that Twilio did not sign."""
    request.max_content_length = MAX_BODY_BYTES
    signature = request.headers.get(HEADER, "")
    if not (signature and is_signed(current_settings(), _path(), request.form, signature)):
        _refuse()


@bp.post("/estado/<attempt>")
@access(Access.ANYONE)
@machine_view
def status(attempt: str) -> ResponseReturnValue:
    """Keep what became of a message; it is stored when this answers."""
    receipt = services.read_receipt(attempt, request.form)
    if receipt is None:
        abort(400)
    inbox_of(current_app).deliver(receipt)
    return "", 204


@bp.post("/entrante/")
@access(Access.ANYONE)
@machine_view
def inbound() -> ResponseReturnValue:
    """Hear what somebody answered; nothing is answered back."""
    fields = request.form
    sid = fields.get("MessageSid") or fields.get("SmsSid", "")
    services.hear(db.engine, sid, *(fields.get(name, "") for name in ("From", "OptOutType", "Body", "NumMedia")))
    return Response(_NO_REPLY, mimetype="text/xml")


def _path() -> str:
    query = request.query_string.decode(errors="replace")
    return f"{request.path}?{query}" if query else request.path


def _refuse() -> NoReturn:
    # Only what is refused counts: nobody can keep Twilio out by sending rubbish through the same proxy.
    abort(403 if throttling.take(REFUSALS, request.remote_addr or "") else 429)
