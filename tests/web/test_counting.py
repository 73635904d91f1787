"""Counts of tries, wherever they are kept: exact among threads and processes, and forgotten when their window ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier

import pytest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import create_engine, text

from clientes_app.web.counting import in_database, in_memory
from clientes_app.web.counting.in_database import DatabaseCounts
from clientes_app.web.counting.in_memory import MemoryCounts

from ..support.carrier import wait_until

THREADS = 32
LIMIT = RateLimitItemPerMinute(10)
KEY = "for tests only"

Open = Callable[[], Storage]


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(THREADS) as pool:
        yield pool


@pytest.fixture
def in_postgres(postgresql_url: str) -> Iterator[Open]:
    """Opens counts in one database, each time as another process would."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(counts_in(postgresql_url))


@contextmanager
def counts_in(url: str) -> Iterator[DatabaseCounts]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=4, max_overflow=0)
    yield DatabaseCounts(engine, KEY)
    engine.dispose()


@pytest.fixture(params=["memory", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """Counts of each kind."""
    return MemoryCounts() if request.param == "memory" else request.getfixturevalue("in_postgres")()


@pytest.fixture
def limiter(storage: Storage) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(storage)


def passed(threads: ThreadPoolExecutor, *limiters: FixedWindowRateLimiter) -> int:
    """Return how many of a crowd get through that comes at one moment, each to another of the limiters."""
    together = Barrier(THREADS)

    def hit(number: int) -> bool:
        mine = limiters[number % len(limiters)]
        together.wait()
        return mine.hit(LIMIT, "shop") and mine.get_window_stats(LIMIT, "shop").remaining >= 0

    return list(threads.map(hit, range(THREADS))).count(True)


def test_of_many_at_once_exactly_the_limit_passes(threads: ThreadPoolExecutor, limiter: FixedWindowRateLimiter) -> None:
    for _ in range(50):
        assert passed(threads, limiter) == LIMIT.amount
        limiter.clear(LIMIT, "shop")


def test_processes_count_together(threads: ThreadPoolExecutor, in_postgres: Open) -> None:
    both = [FixedWindowRateLimiter(in_postgres()) for _ in range(2)]
    assert passed(threads, *both) == LIMIT.amount
    both[0].hit(LIMIT, "another", cost=9)
    assert both[1].get_window_stats(LIMIT, "another").remaining == 1
    both[1].clear(LIMIT, "another")
    assert both[0].get_window_stats(LIMIT, "another").remaining == LIMIT.amount


def test_what_many_take_and_give_back_is_not_counted(
    threads: ThreadPoolExecutor, limiter: FixedWindowRateLimiter
) -> None:
    wide = RateLimitItemPerMinute(500)

    def take_and_give_back(_number: int) -> bool:
        return limiter.hit(wide, "shop") and limiter.hit(wide, "shop", cost=-1)

    assert all(threads.map(take_and_give_back, range(1_000)))
    assert limiter.get_window_stats(wide, "shop").remaining == wide.amount
    assert not [number for number in range(wide.amount) if not limiter.hit(wide, "shop")]
    assert not limiter.hit(wide, "shop")
    limiter.clear(wide, "shop")
    assert limiter.hit(wide, "shop")


def test_what_is_given_back_too_late_lets_nobody_else_pass(limiter: FixedWindowRateLimiter) -> None:
    limiter.hit(LIMIT, "shop", cost=-1)
    assert [limiter.hit(LIMIT, "shop") for _ in range(11)] == [True] * 10 + [False]


def test_a_window_ends_when_it_was_said_to(limiter: FixedWindowRateLimiter) -> None:
    before = limiter.get_window_stats(LIMIT, "shop").reset_time
    limiter.hit(LIMIT, "shop")
    ends = limiter.get_window_stats(LIMIT, "shop").reset_time
    assert 50 < ends - before < 70
    limiter.hit(LIMIT, "shop")
    assert abs(limiter.get_window_stats(LIMIT, "shop").reset_time - ends) < 1


def test_a_window_ends_and_is_let_go(limiter: FixedWindowRateLimiter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "SWEEP_SECONDS", 0.0)
    monkeypatch.setattr(in_database, "SWEEP_SECONDS", 0.0)
    second = RateLimitItemPerSecond(1)
    assert [limiter.hit(second, "shop") for _ in range(2)] == [True, False]
    wait_until(lambda: limiter.get_window_stats(second, "shop").remaining == 1)
    limiter.hit(LIMIT, "another")
    assert limiter.storage.reset() == 1
    assert limiter.storage.check()


def test_a_window_that_has_ended_begins_anew(limiter: FixedWindowRateLimiter) -> None:
    second = RateLimitItemPerSecond(1)
    assert [limiter.hit(second, "shop") for _ in range(2)] == [True, False]
    wait_until(lambda: limiter.get_window_stats(second, "shop").remaining == 1)
    assert limiter.hit(second, "shop")


def test_the_table_says_nothing_of_who_tried(in_postgres: Open, postgresql_url: str) -> None:
    FixedWindowRateLimiter(in_postgres()).hit(RateLimitItemPerHour(1), "192.0.2.7")
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        (name,) = connection.scalars(text("SELECT clave FROM intento"))
    engine.dispose()
    assert re.fullmatch("[0-9a-f]{64}", name)
