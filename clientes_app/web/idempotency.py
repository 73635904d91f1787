"""Requests that come again: their `Idempotency-Key`, and what tells one request from another."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from flask import request
from flask_babel import gettext

from ..errors import DomainError

PERIOD = timedelta(hours=24)
"""How long a key counts."""
LONGEST_KEY = 200


class KeyReused(DomainError):
    """A key came with something else than before."""

    status = 422


def sent_key() -> str | None:
    """Return the key of the present request; None where it has none.

    Raises DomainError where it is empty or too long.
    """
    text = request.headers.get("Idempotency-Key")
    if text is not None and not 0 < len(text) <= LONGEST_KEY:
        raise DomainError(gettext("Idempotency-Key takes 1 to %(longest)d characters.", longest=LONGEST_KEY))
    return text


def fingerprint(person_id: int, body: bytes) -> str:
    """Return what tells a person's request from every other, in hexadecimal."""
    return hashlib.sha256(b"%d\n%b" % (person_id, body)).hexdigest()


def canonical(body: bytes) -> bytes:
    """Return JSON in one spelling, however it was spaced and ordered, and anything else as it came."""
    try:
        return json.dumps(json.loads(body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body
