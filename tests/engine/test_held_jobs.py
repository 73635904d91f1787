"""The jobs that a worker holds take turns, and each ends when its rows are claimed or there are no more."""

from __future__ import annotations

import asyncio

from clientes_app.engine.held_jobs import JobOrders
from clientes_app.sending.ordering.orders import Order


async def held(*jobs: tuple[int, int]) -> tuple[JobOrders, list[asyncio.Task[None]]]:
    orders = JobOrders()
    tasks = [asyncio.create_task(orders.claim(campaign_id, rows)) for campaign_id, rows in jobs]
    await asyncio.sleep(0)
    return orders, tasks


def asked(order: Order | None) -> tuple[int, int] | None:
    return (order.campaign_id, order.rows) if order else None


def test_jobs_take_turns_until_their_rows_are_claimed() -> None:
    async def scene() -> None:
        orders, (one, two) = await held((1, 50), (2, 200))
        for expected in [(1, 30), (2, 30), (1, 20), (2, 30)]:
            order = orders.next(30)
            assert asked(order) == expected
            assert order is not None
            orders.claimed(order, order.rows)
        await one
        assert not two.done()
        assert asked(orders.next(500)) == (2, 140)

    asyncio.run(scene())


def test_a_job_of_a_campaign_with_nothing_to_claim_ends() -> None:
    async def scene() -> None:
        orders, (job,) = await held((1, 50))
        order = orders.next(30)
        assert order is not None
        orders.claimed(order, 0)
        await job
        assert not orders.has_any()

    asyncio.run(scene())


def test_first_rows_are_asked_for_until_it_is_said_what_came_of_it() -> None:
    """A claim may fail with the database: the job waits for the next shift then."""

    async def scene() -> None:
        orders = JobOrders()
        job = asyncio.create_task(orders.claim_first(7, 10))
        await asyncio.sleep(0)
        assert asked(orders.first()) == asked(orders.first()) == (7, 10)
        order = orders.first()
        assert order is not None
        orders.claimed(order, 10)
        await job
        assert not orders.has_first()

    asyncio.run(scene())


def test_who_stops_lets_go_of_all() -> None:
    async def scene() -> None:
        orders, (job,) = await held((1, 50))
        orders.close()
        await job
        await orders.claim(2, 10)

    asyncio.run(scene())
