"""The kinds of imports, each with what it does in its own way; all else is the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from ...client_files.columns import Layout
from ...client_files.meaning.roles import OF_BUYERS, OF_SALES, Contents, Role
from ...client_files.parsing import Batch
from ...client_files.rows import Fields
from ...models import Cliente, ClienteEtiqueta, Venta
from ..jobs import Job
from ..sales.storing_sales import store_sales
from ..sales.undoing_sales import delete_sales, extent_of_sales
from ..staging.outcomes import Outcome
from ..staging.store import Staged, Staging
from ..staging.tables.interface import Found
from ..undo_extent import extent_of
from .mending import Mending
from .of_clients import (
    Judged,
    ReadAndJudged,
    judge_of_clients,
    judge_sharing_clients,
    mend_client,
    no_sums,
    store_clients,
)
from .of_sales import judge_of_sales, mend_sale, sums_of_sales
from .undoing_clients import delete_created, restore_changed

Step = Callable[[Connection, Job], bool]
"""Takes the next batch back, and returns whether there was any."""


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

    judge: Callable[[Engine, Job], Callable[[Staging, Batch], ReadAndJudged]]
    """Returns the function that judges the batches of an import, one after the other, as far as is known by then."""
    judge_sharing: Callable[[Engine, Job, Staging, Sequence[Staged]], Judged] | None
    """Judges rows in the file's order that share keys, when all are read; None where that is no question any more."""
    mend: Callable[[Connection, Mending, Staging, Staged, Fields], Judged]
    """Judges a row in whose place a person put other fields."""
    sums: Callable[[Connection, Job | Mending, Staging], dict[str, Any]]
    """Returns what a reviewed file comes to, beside its counters."""
    store: Callable[[Connection, Job, Sequence[Found]], list[Outcome]]
    """Stores a batch of rows, found out once more whose they are, and returns what became of each."""
    undo: tuple[Step, ...]
    extent: Callable[[Connection, int], Undoable]
    tables: tuple[type[Any], ...]
    """Those that it fills."""
    roles: tuple[Role, ...]
    """What its columns may hold."""


_CLIENTS = Kind(
    judge_of_clients,
    judge_sharing_clients,
    mend_client,
    no_sums,
    store_clients,
    (delete_created, restore_changed),
    extent_of,
    (Cliente, ClienteEtiqueta),
    tuple(role for role in Role if role not in (Role.FIELD, Role.EITHER, *OF_SALES)),
)
_SALES = Kind(
    judge_of_sales,
    None,
    mend_sale,
    sums_of_sales,
    store_sales,
    (delete_sales, delete_created),
    extent_of_sales,
    (Venta, Cliente),
    (Role.NOTHING, *OF_BUYERS, *OF_SALES),
)


def kind_for(layout: Layout) -> Kind:
    """Return the kind of the import of a file that is read so."""
    return _SALES if layout.contents is Contents.SALES else _CLIENTS
