"""JSON as programs send it, read strictly: what it says is clear and small, or it is refused."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NoReturn

from flask_babel import gettext

from ..errors import DomainError, FieldErrors

DEEPEST = 10
LONGEST_NUMBER = 100


def read_object(body: bytes) -> dict[str, Any]:
    """Read a body as a JSON object.

    Raises DomainError where it is none, or where a reader could take it for several things; FieldErrors where a name
    is there twice.
    """
    try:
        read = json.loads(
            body, parse_int=_whole, parse_float=_finite, parse_constant=_no_number, object_pairs_hook=_each_once
        )
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or _is_deep(read):
        raise DomainError(gettext("Send a JSON object."))
    return read


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= LONGEST_NUMBER else _no_number(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _no_number(_written: str) -> NoReturn:
    # NaN and Infinity are not of JSON at all: https://www.rfc-editor.org/rfc/rfc8259#section-6
    raise DomainError(gettext("A number in the JSON is too large, or is none."))


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = Counter(name for name, _value in pairs)
        raise FieldErrors({names.most_common(1)[0][0][:40]: [gettext("This name is there twice.")]})
    return read


def _is_deep(read: object) -> bool:
    """Return whether lists and objects lie in one another deeper than any of ours."""
    level = [read]
    for _ in range(DEEPEST):
        inside = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [value for values in inside for value in values]
        if not level:
            return False
    return True
