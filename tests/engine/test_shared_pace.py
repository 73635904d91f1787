"""One pace for all workers: their slots do not overlap, and a burst of refusals counts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from clientes_app.engine.shared_pace import LATE_SECONDS, Request, Slot, reserve
from clientes_app.extensions import db
from clientes_app.models import RitmoDeEnvio

UNLIMITED = float("inf")
ASKED = Request(debt=0, spent_a_second=0)


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def free_from(engine: Engine) -> float:
    with engine.connect() as connection:
        return float(connection.scalar(select(RitmoDeEnvio.siguiente)).timestamp())


def test_slots_of_many_workers_follow_one_another(engine: Engine) -> None:
    reserve(engine, 200, ASKED)
    began = free_from(engine)
    with ThreadPoolExecutor(8) as workers:
        slots = list(workers.map(lambda _: reserve(engine, 200, ASKED), range(80)))
    parts = sum(slot.parts for slot in slots)
    assert parts == 80 * 10
    assert free_from(engine) - began >= parts / 200 - LATE_SECONDS - 0.001


def test_who_overdraws_pays_it_back(engine: Engine) -> None:
    slot = reserve(engine, 10, Request(debt=3, spent_a_second=0))
    assert (slot.parts, slot.lasts) == (4, 0.4)


def test_without_a_limit_all_may_go(engine: Engine) -> None:
    slot = reserve(engine, UNLIMITED, ASKED)
    assert (slot.after, slot.parts, slot.rate) == (0, UNLIMITED, UNLIMITED)


def refused(engine: Engine, ceiling: float, spent: float = 0) -> Slot:
    return reserve(engine, ceiling, Request(debt=0, spent_a_second=spent, refused=True, retry_after=30))


def test_a_burst_of_refusals_halves_the_pace_of_all_once(engine: Engine) -> None:
    first = refused(engine, 100)
    others = [refused(engine, 100) for _ in range(5)]
    assert first.rate == 50
    assert all(50 <= slot.rate < 51 for slot in others)
    assert all(slot.parts == 0 for slot in [first, *others]), "all make a pause"
    assert 29 < reserve(engine, 100, ASKED).after <= 30


def test_where_nothing_limits_what_went_out_is_halved(engine: Engine) -> None:
    assert refused(engine, UNLIMITED, spent=400).rate == 200
    slot = reserve(engine, UNLIMITED, ASKED)
    assert 200 <= slot.rate < 210


def test_who_is_accepted_again_begins_with_short_pauses(engine: Engine) -> None:
    refused(engine, 100)
    reserve(engine, 100, Request(debt=0, spent_a_second=0, accepted=True))
    with engine.connect() as connection:
        assert connection.scalar(select(RitmoDeEnvio.rechazos)) == 0
