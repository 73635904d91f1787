"""What comes from outside, bounded before anything else is done with it: addresses, headers, forms, ids in a path.

A field that is too long is cut, not refused: its form then says so beside it, and shows what there is of it. How
long a field may really be, its form says. Text is made safe in `text`, and JSON is bounded where it is read, in
`json_input`.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import BaseConverter

if TYPE_CHECKING:
    from werkzeug.formparser import t_parse_result

LONGEST_VALUE = 20_000
"""Characters of a field: ten times more than a message has, and as many as a passkey's answer may have."""
LONGEST_ADDRESS = 8 * 1024
LONGEST_HEADER = 8 * 1024
MOST_FORM_BYTES = 1024 * 1024
MOST_FIELDS = 50_000
"""As many ids as fit into a form, with their names."""
MOST_ESCAPES = MOST_FORM_BYTES // 3
"""As many `%41` as fit into a form; a `%` that is none takes five times as long to read."""


def init_app(app: Flask) -> None:
    """Bound every request before anybody looks at it."""
    app.request_class = BoundedRequest
    app.url_map.converters["int"] = IdConverter
    app.url_map.converters["rest"] = RestConverter
    app.before_request(_refuse_what_is_too_long)


class Fields(ImmutableMultiDict[str, Any]):
    """The fields of a form or a query, each cut to one character more than any may have; and files as they are."""

    def __init__(self, pairs: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__([(name, cut(value) if isinstance(value, str) else value) for name, value in pairs])


class BoundedForms(FormDataParser):
    """Parses forms of few fields: of many, each empty, a body holds half as many as it has bytes."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> t_parse_result:
        """Parse a body.

        Raises RequestEntityTooLarge where it is no file and has too many bytes, fields or escapes.
        """
        if mimetype != "application/x-www-form-urlencoded":
            return super().parse(stream, mimetype, content_length, options)
        body = stream.read(MOST_FORM_BYTES + 1)
        if len(body) > MOST_FORM_BYTES or body.count(b"&") >= MOST_FIELDS or body.count(b"%") > MOST_ESCAPES:
            raise RequestEntityTooLarge
        return super().parse(BytesIO(body), mimetype, content_length, options)


class BoundedRequest(Request):
    """A request whose fields are bounded."""

    parameter_storage_class = Fields
    form_data_parser_class = BoundedForms


class RestConverter(BaseConverter):
    """All that a path goes on with, be it slashes or line breaks."""

    part_isolating = False
    regex = "(?s:.+)"
    weight = 200  # as that of Werkzeug's own converter of paths


class IdConverter(BaseConverter):
    """An id in a path; one of more digits than any row's leads nowhere, and every number of so many fits 64 bits."""

    regex = "[0-9]{1,18}"
    weight = 50  # as that of the converter whose place this takes

    def to_python(self, value: str) -> int:
        """Read the id."""
        return int(value)


def cut(value: str) -> str:
    """Return a text cut to one character more than a field may have, by which it is known to be too long."""
    return value[: LONGEST_VALUE + 1]


def is_cut(value: str) -> bool:
    """Return whether a text was longer than what is taken of it."""
    return len(value) > LONGEST_VALUE


def _refuse_what_is_too_long() -> None:
    if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
        abort(414)
    if any(len(value) > LONGEST_HEADER for name, value in request.environ.items() if name.startswith("HTTP_")):
        abort(431)
