"""Many claim at once for the same people: each gets one advertisement, and nobody waits for each other crosswise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import TypeVar

import pytest

from clientes_app.models import EstadoSMS
from clientes_app.sending.carrier import Fate, Message
from clientes_app.sending.faults import ALREADY_TODAY

from ...support.campaigns import Campaigns
from .advertising import Advertiser, numbers

RACES = 200
WORKERS = 5
FATES = (Fate.SENT, Fate.UNKNOWN, Fate.REFUSED, Fate.DEFERRED)

Won = TypeVar("Won")


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


def test_of_two_campaigns_one_gets_each_number(advertiser: Advertiser, campaigns: Campaigns) -> None:
    everybody = numbers(RACES)
    stored = [advertiser.store(*everybody) for _ in range(2)]
    claimed = _together(lambda place: _claim_one_by_one(advertiser, stored[place]), 2)
    assert sorted(number for each in claimed for number in each) == everybody
    assert sum(advertiser.ends(it)[EstadoSMS.OMITIDO, ALREADY_TODAY] for it in stored) == RACES
    assert campaigns.hold(*stored)


def test_workers_who_meet_the_same_people_in_any_order(advertiser: Advertiser, campaigns: Campaigns) -> None:
    everybody = numbers(120)
    stored = [advertiser.store(*Random(place).sample(everybody, 100)) for place in range(WORKERS)]
    went = _together(lambda place: _work_off(advertiser, stored[place], Random(place)), WORKERS)
    out = Counter(number for each in went for number in each)
    assert set(out.values()) == {1}
    assert sorted(out) == [number for number, _ in advertiser.days()]
    assert campaigns.hold(*stored)


def _together(act: Callable[[int], Won], count: int) -> list[Won]:
    start = Barrier(count)

    def run(place: int) -> Won:
        start.wait(30)
        return act(place)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def _claim_one_by_one(advertiser: Advertiser, campaign_id: int) -> list[str]:
    claimed: list[str] = []
    while messages := advertiser.claim(campaign_id, 1):
        claimed += [message.to for message in messages]
    return claimed


def _work_off(advertiser: Advertiser, campaign_id: int, chance: Random) -> list[str]:
    """Claim until nothing is left, and record all kinds of fates; answer which numbers may have it."""
    went: list[str] = []
    while messages := advertiser.claim(campaign_id, 9):
        by_fate: dict[Fate, list[Message]] = {}
        for message in messages:
            by_fate.setdefault(chance.choice(FATES), []).append(message)
        for fate, those in by_fate.items():
            advertiser.record(those, fate)
        went += [each.to for fate in (Fate.SENT, Fate.UNKNOWN) for each in by_fate.get(fate, [])]
    return went
