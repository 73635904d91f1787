"""Counts in memory: exact among threads, and forgotten when their window ends."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter

from clientes_app.web import counting
from clientes_app.web.counting import MemoryCounts

from ..support.carrier import wait_until

THREADS = 24
LIMIT = RateLimitItemPerMinute(10)


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(THREADS) as pool:
        yield pool


def test_of_many_at_once_exactly_the_limit_passes(threads: ThreadPoolExecutor) -> None:
    together = Barrier(THREADS)

    def hit(limiter: FixedWindowRateLimiter) -> bool:
        together.wait()
        return limiter.hit(LIMIT, "shop") and limiter.get_window_stats(LIMIT, "shop").remaining >= 0

    for _ in range(200):
        limiter = FixedWindowRateLimiter(MemoryCounts())
        passed = list(threads.map(hit, [limiter] * THREADS))
        assert passed.count(True) == LIMIT.amount


def test_what_many_take_and_give_back_is_not_counted(threads: ThreadPoolExecutor) -> None:
    limiter, wide = FixedWindowRateLimiter(MemoryCounts()), RateLimitItemPerMinute(5_000)

    def take_and_give_back(_number: int) -> bool:
        return limiter.hit(wide, "shop") and limiter.hit(wide, "shop", cost=-1)

    assert all(threads.map(take_and_give_back, range(2_000)))
    assert limiter.get_window_stats(wide, "shop").remaining == wide.amount
    assert not [number for number in range(wide.amount) if not limiter.hit(wide, "shop")]
    assert not limiter.hit(wide, "shop")
    limiter.clear(wide, "shop")
    assert limiter.hit(wide, "shop")


def test_what_is_given_back_too_late_lets_nobody_else_pass() -> None:
    limiter = FixedWindowRateLimiter(MemoryCounts())
    limiter.hit(LIMIT, "shop", cost=-1)
    assert [limiter.hit(LIMIT, "shop") for _ in range(11)] == [True] * 10 + [False]


def test_a_window_ends_and_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SWEEP_SECONDS", 0.0)
    limiter, second = FixedWindowRateLimiter(MemoryCounts()), RateLimitItemPerSecond(1)
    assert [limiter.hit(second, "shop") for _ in range(2)] == [True, False]
    wait_until(lambda: limiter.get_window_stats(second, "shop").remaining == 1)
    limiter.hit(second, "another")
    assert limiter.storage.reset() == 1
