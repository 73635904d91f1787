"""The kinds of imports, each with what it does in its own way; all else is the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from ...client_files.columns import Layout
from ...client_files.meaning.roles import OF_BUYERS, OF_SALES, Contents, Role
from ...client_files.parsing import ReadRows
from ...client_files.rows import Fields
from ...models import Cliente, ClienteEtiqueta, Venta
from ..jobs import Job
from ..sales.undoing_sales import delete_sales, extent_of_sales
from ..staging.outcomes import Tally
from ..staging.store import Staged, Staging
from ..staging.stretches import Batch
from ..undo_extent import extent_of
from .mending import Mending
from .of_clients import (
    Judged,
    ReadAndJudged,
    judge_of_clients,
    judge_sharing_clients,
    mend_client,
    no_sums,
    storing_clients,
)
from .of_sales import SalesOfBatch, judge_of_sales, mend_sale, sums_of_sales
from .undoing_clients import delete_created, restore_changed

Step = Callable[[Connection, Job], bool]
"""Takes the next batch back, and returns whether there was any."""


class Storing(Protocol):
    """The storing of a batch's rows, found out once more whose they are, in two steps of one transaction."""

    def begin(self) -> None:
        """Store what the batch before, which may be under way, has no say in, and take no lock that it may want."""

    def finish(self) -> Tally:
        """Store the rest, when the batch before is stored, and count what became of all rows."""

    def record(self, staging: Staging) -> None:
        """Store what became of each row."""


class Undoable(Protocol):
    """What undoing an import takes back and leaves."""

    @property
    def stays(self) -> int:
        """Count what nothing is taken back of."""

    @property
    def possible(self) -> bool:
        """Return whether there is anything to undo."""


@dataclass(frozen=True)
class Kind:
    """What an import of one kind does in its own way."""

    judge: Callable[[Engine, Job], Callable[[Staging, ReadRows], ReadAndJudged]]
    """Returns the function that judges the batches of an import, one after the other, as far as is known by then."""
    judge_sharing: Callable[[Engine, Job, Staging, Sequence[Staged]], Judged] | None
    """Judges rows in the file's order that share keys, when all are read; None where that is no question any more."""
    mend: Callable[[Connection, Mending, Staging, Staged, Fields], Judged]
    """Judges a row in whose place a person put other fields."""
    sums: Callable[[Connection, Job | Mending, Staging], dict[str, Any]]
    """Returns what a reviewed file comes to, beside its counters."""
    storing: Callable[[Connection, Job, Batch], Storing]
    """Returns the storing of a batch; ids are reserved by then."""
    has_plain_rows: bool
    """Whether most rows of most files have nothing to do with each other."""
    undo: tuple[Step, ...]
    extent: Callable[[Connection, int], Undoable]
    tables: tuple[type[Any], ...]
    """Those that it fills."""
    roles: tuple[Role, ...]
    """What its columns may hold."""


_CLIENTS = Kind(
    judge=judge_of_clients,
    judge_sharing=judge_sharing_clients,
    mend=mend_client,
    sums=no_sums,
    storing=storing_clients,
    has_plain_rows=True,
    undo=(delete_created, restore_changed),
    extent=extent_of,
    tables=(Cliente, ClienteEtiqueta),
    roles=tuple(role for role in Role if role not in (Role.FIELD, Role.EITHER, *OF_SALES)),
)
_SALES = Kind(
    judge=judge_of_sales,
    judge_sharing=None,
    mend=mend_sale,
    sums=sums_of_sales,
    storing=SalesOfBatch,
    has_plain_rows=False,
    undo=(delete_sales, delete_created),
    extent=extent_of_sales,
    tables=(Venta, Cliente),
    roles=(Role.NOTHING, *OF_BUYERS, *OF_SALES),
)


def kind_for(layout: Layout) -> Kind:
    """Return the kind of the import of a file that is read so."""
    return _SALES if layout.contents is Contents.SALES else _CLIENTS
