"""A file of clients: what becomes of its rows, and storing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from ...client_files.parsing import ReadRows, row_of
from ...client_files.rows import Fields, Row, check
from ...clients.tags.services import find_or_create_tags, find_tags
from ...database.transactions import read_transaction, write_transaction
from ...fields.services import lock_fields
from ...sending.erased import wake_numbers
from .. import jobs
from ..changing import Change
from ..jobs import Job
from ..own_fields.own_texts import OwnFields, with_columns
from ..staging import outcomes
from ..staging.judging import judge
from ..staging.matching import NOBODY, Match, Matches, find_clients, lock_clients
from ..staging.outcomes import Outcome, Tally
from ..staging.shared_keys import seen_by
from ..staging.store import Seen, Staged, Staging
from ..staging.stretches import Batch
from ..staging.verdicts import Answer
from .mending import Mending
from .plain_clients import ListedClients, PlainClients
from .plain_in_reach import ClientsInReach

Judged = tuple[list[Staged], Seen]
"""Rows with their verdicts, and the keys that they are the first in the file to have."""
ReadAndJudged = tuple[ReadRows, list[Staged], Seen]
"""A batch as it was read, those of its rows that are judged, and the same keys."""


def judge_of_clients(engine: Engine, job: Job) -> Callable[[Staging, ReadRows], ReadAndJudged]:
    """Return the function that judges batches, as far as the clients that there are decide.

    What new fields can be grows from one batch to the next.
    """
    own = OwnFields(job.layout.own)

    def judged(staging: Staging, batch: ReadRows) -> ReadAndJudged:
        if own:
            batch = _own_fields_checked(engine, job, batch, own)
        rows = [*map(row_of, batch)]
        matches = _clients_that_may_be(engine, job, rows, own)
        if not any(matches.clients()):
            return batch, [], Seen({}, {}, {})
        known = [(read[0], row) for read, row in zip(batch, rows, strict=True) if matches.may_be_client(row)]
        judged, firsts = judge(known, matches, staging.seen([], matches.ids()), job.tags)
        return batch, judged, Seen({}, {}, firsts.clients)

    return judged


def judge_sharing_clients(engine: Engine, job: Job, staging: Staging, batch: Sequence[Staged]) -> Judged:
    """Judge rows in the file's order that have keys in common, by those that came before."""
    rows = [staged.row for staged in batch]
    matches = _clients_that_may_be(engine, job, rows, OwnFields(job.layout.own))
    numbered = [(staged.number, staged.row) for staged in batch]
    return judge(numbered, matches, staging.seen(rows, matches.ids()), job.tags)


def mend_client(connection: Connection, mending: Mending, staging: Staging, before: Staged, said: Fields) -> Judged:
    """Judge a client that a person mended, as the dry run judges each; what it says of own fields is remembered."""
    own = OwnFields(mending.layout.own)
    said = said._replace(baja=said.baja or before.row.baja, inactivo=before.row.inactivo)
    mended = own.checked(check(said, mending.region))
    with_tags = bool(mending.tags or said.etiquetas)
    matches = find_clients(connection, mending.account_id, [mended], own, with_tags=with_tags)
    mending.layout = with_columns(mending.layout, own)
    return judge([(before.number, mended)], matches, seen_by(staging, mended, matches.ids()), mending.tags)


def no_sums(_connection: Connection, _job: Job | Mending, _staging: Staging) -> dict[str, Any]:
    """Return nothing: clients are counted, and come to no sum."""
    return {}


class ClientsOfBatch:
    """Stores what the rows of a batch say of clients: first who is plainly new, then all others, one by one."""

    def __init__(self, connection: Connection, job: Job, plain: PlainClients) -> None:
        self._connection = connection
        self._job = job
        self._plain = plain
        self._given = set[int]()
        """The tags that the new ones have by now."""
        self._became: list[Outcome] = []
        """What became of the others."""

    def begin(self) -> None:
        """Store who is plainly new, with those of the import's tags that there are."""
        self._plain.store()
        self._give(find_tags)

    def finish(self) -> Tally:
        """Store the rest, and count what became of all rows."""
        wake_numbers(self._connection, self._job.account_id, self._plain.numbers())
        self._give(find_or_create_tags)
        plain, others = self._plain.tally(), self._plain.others()
        self._became = _store_one_by_one(self._connection, self._job, others)
        return plain.with_others(outcomes.tally(self._became))

    def record(self, staging: Staging) -> None:
        """Store what became of all rows."""
        self._plain.record(staging)
        outcomes.record(staging, self._became)

    def _give(self, find: Callable[[Session, int, Sequence[str]], list[int]]) -> None:
        """Give who is plainly new those of the import's tags that are found and that they have not."""
        if self._job.tags:
            tags = {*find(Session(self._connection), self._job.account_id, self._job.tags)} - self._given
            self._plain.give_tags(sorted(tags))
            self._given |= tags


def storing_clients(connection: Connection, job: Job, batch: Batch) -> ClientsOfBatch:
    """Return the storing of a batch's clients, whose rows the database reads by itself where it can."""
    within_reach = batch.schema and batch.wanted is None
    plain = ClientsInReach(connection, job, batch) if within_reach else ListedClients(connection, job, batch.to_store())
    return ClientsOfBatch(connection, job, plain)


def _store_one_by_one(connection: Connection, job: Job, batch: Mapping[int, Staged]) -> list[Outcome]:
    """Store what rows say that somebody has to look at; those who are new get the ids that their rows stand under."""
    if not batch:
        return []
    rows = [staged.row for staged in batch.values()]
    lock_clients(connection, job.account_id, rows)
    with_tags = bool(job.tags) or any(row.etiquetas for row in rows)
    fields = lock_fields(Session(connection), job.account_id) if job.layout.own else ()
    own = OwnFields(job.layout.own, {field.id for field in fields})
    matches = find_clients(connection, job.account_id, rows, own, with_tags=with_tags)
    change = Change(connection, job, matches, fields)
    new = {}
    for new_id, staged in batch.items():
        match = _match(staged, matches)
        if match.client is None:
            new[new_id] = staged
            matches.remember(new_id, staged.row, change.wanted_tags(staged))
        elif match.asks:
            change.leave_to_be_asked(match.client, staged)
        else:
            change.update(match.client, staged)
    change.insert(new)
    change.store()
    return change.outcomes


def _match(staged: Staged, matches: Matches) -> Match:
    """Return who a row is by now; what a person said of it holds as long as it can."""
    if staged.answer is Answer.SAME and staged.client_id:
        return matches.answered(staged.row, staged.client_id)
    match = matches.match(staged.row)
    return NOBODY if match.asks and staged.answer is Answer.ANOTHER else match


def _clients_that_may_be(engine: Engine, job: Job, rows: Sequence[Row], own: OwnFields) -> Matches:
    with_tags = bool(job.tags) or any(row.etiquetas for row in rows)
    with read_transaction(engine) as connection:
        return find_clients(connection, job.account_id, rows, own, with_tags=with_tags)


def _own_fields_checked(engine: Engine, job: Job, batch: ReadRows, own: OwnFields) -> ReadRows:
    """Return rows with what is wrong with their own fields; what new fields can be is stored before the rows are."""
    before = own.columns
    checked = [(*read[:2], *own.checked(row_of(read))) for read in batch]
    if own.columns != before:
        with write_transaction(engine) as connection:
            jobs.advance(connection, job, columnas=with_columns(job.layout, own).to_json())
    return checked
