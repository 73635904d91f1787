"""The jobs that workers are given: each is leave to claim so many rows of a campaign, and no more than that.

A job is a hint: what keeps a message from going out twice is the claim. One too many finds nothing to claim, and ends;
one that is lost is deferred anew, see `upkeep`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Integer, String

from ..sending.ordering.orders import FIRST_ROWS

EXPRESS = "express"
"""The queue of campaigns' first rows, which wait for no other campaign."""
BULK = "send"
TASK = "claim"
SMALLEST_JOB = 200
"""Rows. A job costs as much as three messages."""
MOST_JOBS = 500
"""Of a campaign: with tens of thousands of them waiting, fetching one takes long."""

_DEFER = text(
    """
    SELECT procrastinate_defer_jobs_v1(array_agg(
        ROW(queue, :task, priority, NULL, NULL, jsonb_build_object('campaign_id', :campaign_id, 'rows', rows), NULL)
            ::procrastinate_job_to_defer_v1
        ORDER BY priority DESC
    ))
    FROM unnest(:queues, :priorities, :rows) AS job (queue, priority, rows)
    """
).bindparams(
    bindparam("task", type_=String),
    bindparam("campaign_id", type_=Integer),
    bindparam("queues", type_=ARRAY(String)),
    bindparam("priorities", type_=ARRAY(Integer)),
    bindparam("rows", type_=ARRAY(Integer)),
)


@dataclass(frozen=True)
class Job:
    """Leave to claim so many rows."""

    queue: str
    priority: int
    rows: int


def defer(connection: Connection, campaign_id: int, rows: int) -> None:
    """Defer the jobs for so many rows of a campaign, in the transaction that makes them pending."""
    _defer(connection, campaign_id, list(plan(rows)))


def defer_rest(connection: Connection, campaign_id: int, rows: int) -> None:
    """Defer jobs for rows that no job may be left for; they take their turn like any others."""
    _defer(connection, campaign_id, list(_in_bulk(0, rows)))


def _defer(connection: Connection, campaign_id: int, planned: Sequence[Job]) -> None:
    if not planned:
        return
    connection.execute(
        _DEFER,
        {
            "task": TASK,
            "campaign_id": campaign_id,
            "queues": [job.queue for job in planned],
            "priorities": [job.priority for job in planned],
            "rows": [job.rows for job in planned],
        },
    )


def plan(rows: int) -> Iterator[Job]:
    """Share rows out among jobs: the deeper in a campaign, the later its turn, so that a small one overtakes."""
    if rows <= 0:
        return
    yield Job(EXPRESS, 0, min(rows, FIRST_ROWS))
    yield from _in_bulk(FIRST_ROWS, rows)


def _in_bulk(first: int, rows: int) -> Iterator[Job]:
    size = max(SMALLEST_JOB, -(-rows // MOST_JOBS))
    for depth, start in enumerate(range(first, rows, size)):
        yield Job(BULK, -depth, min(size, rows - start))
