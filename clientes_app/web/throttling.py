"""Counting tries, for every limit of the app: in each process, in PostgreSQL, or in a Redis that processes share."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import cast

from babel.dates import format_timedelta
from flask import Flask, current_app
from flask_babel import get_locale, gettext
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from ..config import Settings
from ..errors import DomainError, ServiceUnavailable
from ..extensions import db
from ..settings import COUNTS
from .counting.in_database import DatabaseCounts
from .counting.in_memory import MemoryCounts

_KEY = "clientes.throttling"


class TooManyTries(DomainError):
    """Somebody has tried too often."""

    status = 429

    def __init__(self, wait_seconds: int) -> None:
        self.retry_after = wait_seconds
        super().__init__(self._said(wait_time(wait_seconds)))

    def _said(self, time: str) -> str:
        return str(gettext("Too many tries. Wait %(time)s and try again.", time=time))


def wait_time(seconds: int) -> str:
    """Write how long to wait, rounded up: `10 minutos`, `6 horas`."""
    unit = 60 if seconds <= 100 * 60 else 3600
    whole = timedelta(seconds=-(-seconds // unit) * unit)
    return str(format_timedelta(whole, granularity="minute", threshold=2, locale=get_locale()))


def init_app(app: Flask, settings: Settings) -> None:
    """Keep the counters with the app."""
    # Flask-Limiter counts requests, before or after their views; what counts here is known in the midst of them.
    with app.app_context():
        app.extensions[_KEY] = FixedWindowRateLimiter(_storage(settings))


def take(limit: RateLimitItem, *names: str) -> bool:
    """Count one more try; return whether it is allowed."""
    with _storage_that_answers():
        return _limiter().hit(limit, *names)


def give_back(limit: RateLimitItem, *names: str) -> None:
    """Count one try less: it was none of those that are limited."""
    with _storage_that_answers():
        _limiter().hit(limit, *names, cost=-1)


def forget(limit: RateLimitItem, *names: str) -> None:
    """Begin to count anew."""
    with _storage_that_answers():
        _limiter().clear(limit, *names)


def left(limit: RateLimitItem, *names: str) -> int:
    """Return how many tries are still allowed."""
    with _storage_that_answers():
        return _limiter().get_window_stats(limit, *names).remaining


def seconds_left(limit: RateLimitItem, *names: str) -> int:
    """Return how long it takes until the count begins anew."""
    with _storage_that_answers():
        reset = _limiter().get_window_stats(limit, *names).reset_time
    return max(1, math.ceil(reset - time.time()))


def _storage(settings: Settings) -> Storage:
    if COUNTS in db.engines:
        return DatabaseCounts(db.engines[COUNTS], settings.secret_key)
    if settings.counts_at.startswith("memory:"):
        return MemoryCounts()
    return cast(Storage, storage_from_string(settings.counts_at, wrap_exceptions=True))


@contextmanager
def _storage_that_answers() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise ServiceUnavailable(gettext("The counter of tries cannot be reached.")) from error


def _limiter() -> FixedWindowRateLimiter:
    return cast(FixedWindowRateLimiter, current_app.extensions[_KEY])
