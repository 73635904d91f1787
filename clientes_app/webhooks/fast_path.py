"""A way for status callbacks that does not pass Flask, whose work for a request is ten times that of reading one.

A campaign's receipts come as fast as it is sent. Only what Twilio signed and what is as it always is takes this way;
everything else is left to the view of the same address, untouched.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Flask

from ..database import outage
from ..sending.carrier import STATUS_PATH
from ..sending.evidence import Receipt
from ..settings import settings_of
from ..values.ids import read_id
from . import services
from .app_inbox import inbox_of
from .signature import HEADER, is_signed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 16 * 1024
_FORM = "application/x-www-form-urlencoded"
_SIGNATURE = "HTTP_" + HEADER.upper().replace("-", "_")


class ShortWay:
    """Stands before the app's other WSGI layers."""

    def __init__(self, app: Flask, long_way: WSGIApplication) -> None:
        self._app = app
        self._long_way = long_way

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Store a receipt and say so, or let Flask answer."""
        receipt = self._receipt(environ)
        if receipt is None:
            return self._long_way(environ, start_response)
        try:
            inbox_of(self._app).deliver(receipt)
        except outage.DATABASE_ERRORS as error:
            if not outage.is_outage(error):
                raise
            outage.note(error)
            # Twilio tries again, as the address that it was given asks it to.
            start_response("503 Service Unavailable", [("Retry-After", str(outage.RETRY_SECONDS))])
        else:
            start_response("204 No Content", [])
        return []

    def _receipt(self, environ: WSGIEnvironment) -> Receipt | None:
        path: str = environ["PATH_INFO"]
        signature: str | None = environ.get(_SIGNATURE)
        if not (path.startswith(STATUS_PATH) and signature and _is_plain_form(environ)):
            return None
        fields = _read_fields(environ)
        if not is_signed(settings_of(self._app), path, fields, signature):
            return None
        return services.read_receipt(path.removeprefix(STATUS_PATH), fields)


def _is_plain_form(environ: WSGIEnvironment) -> bool:
    length = read_id(environ.get("CONTENT_LENGTH") or "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and not environ.get("QUERY_STRING")
        and environ.get("CONTENT_TYPE", "").partition(";")[0] == _FORM
        and length is not None
        and length <= MOST_BYTES
    )


def _read_fields(environ: WSGIEnvironment) -> dict[str, str]:
    """Read the form, and put it back for whoever reads it next."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = BytesIO(body)
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
