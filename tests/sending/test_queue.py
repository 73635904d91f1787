"""Who is served next of the claimed messages."""

from __future__ import annotations

from collections.abc import Iterable

from clientes_app.sending.carrier import Message
from clientes_app.sending.queue import FairQueue


def message(campaign_id: int, row_id: int) -> Message:
    return Message(row_id=row_id, campaign_id=campaign_id, to="+573001234567", body="Hola", attempt="a", parts=1)


def queue_of(*campaign_ids: int) -> FairQueue:
    queue = FairQueue()
    queue.add(message(campaign_id, row_id) for row_id, campaign_id in enumerate(campaign_ids))
    return queue


def rows(messages: Iterable[Message]) -> list[tuple[int, int]]:
    return [(each.campaign_id, each.row_id) for each in messages]


def test_a_campaign_that_comes_later_does_not_wait_for_those_before_it() -> None:
    queue = queue_of(1, 1, 1)
    first = queue.take()
    queue.add([message(2, 10), message(2, 11)])
    assert rows([first, *(queue.take() for _ in range(4))]) == [(1, 0), (1, 1), (2, 10), (1, 2), (2, 11)]
    assert not queue


def test_one_that_is_halted_leaves_the_others_waiting() -> None:
    queue = queue_of(1, 2, 1, 2)
    assert rows(queue.drop(1)) == [(1, 0), (1, 2)]
    assert queue.drop(3) == []
    assert len(queue) == 2
    assert rows(queue.clear()) == [(2, 1), (2, 3)]
    assert not queue
