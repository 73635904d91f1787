"""A till's file: what becomes of its rows, and what its new sales come to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine

from ...client_files.parsing import ReadRows, row_of
from ...client_files.rows import Fields, check, with_sale
from ...database.transactions import read_transaction
from ..jobs import Job
from ..sales.buyers import key_of_buyer
from ..sales.judging_sales import Till, judge_sales, zone_of_account
from ..sales.sale_texts import read_sale
from ..sales.storing_sales import store_sales
from ..staging import outcomes
from ..staging.outcomes import Outcome, Tally
from ..staging.store import Staged, Staging
from ..staging.stretches import Batch
from .mending import Mending
from .of_clients import Judged, ReadAndJudged


def judge_of_sales(engine: Engine, job: Job) -> Callable[[Staging, ReadRows], ReadAndJudged]:
    """Return the function that judges batches."""

    def judged(staging: Staging, batch: ReadRows) -> ReadAndJudged:
        rows = [(read[0], row_of(read)) for read in batch]
        with read_transaction(engine) as connection:
            return batch, *judge_sales(connection, job, staging, rows)

    return judged


def mend_sale(connection: Connection, mending: Mending, staging: Staging, before: Staged, said: Fields) -> Judged:
    """Judge a sale that a person mended, as the dry run judges each."""
    mended = with_sale(check(said, mending.region), said.venta)
    return judge_sales(connection, mending, staging, [(before.number, mended)])


def sums_of_sales(connection: Connection, till: Till, staging: Staging) -> dict[str, Any]:
    """Return what the new sales of a reviewed file come to, and how many people made them."""
    pesos, buyers = Decimal(0), set[str]()
    zone = zone_of_account(connection, till.account_id)
    for staged in staging.new_ones():
        pesos += read_sale(staged.row.venta, zone).total
        buyers.add(str(staged.client_id) if staged.client_id else key_of_buyer(staged.row, None))
    return {"pesos": f"{pesos:.2f}", "clientes": len(buyers)}


class SalesOfBatch:
    """Stores what the rows of a batch say of sales."""

    def __init__(self, connection: Connection, job: Job, batch: Batch) -> None:
        self._connection = connection
        self._job = job
        self._batch = batch
        self._became: list[Outcome] = []

    def begin(self) -> None:
        """Store nothing: whose a sale is and whether it is known depends on those before."""

    def finish(self) -> Tally:
        """Store all of it, and count what became of all rows."""
        self._became = store_sales(self._connection, self._job, self._batch.to_store())
        return outcomes.tally(self._became)

    def record(self, staging: Staging) -> None:
        """Store what became of all rows."""
        outcomes.record(staging, self._became)
