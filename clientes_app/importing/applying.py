"""Applying a reviewed import: batch by batch, each whole or not at all, and each only once.

A batch's clients, its old values, its counters and how far it came are one transaction of the app's database: after
a kill at any moment the next worker goes on with the row after `hasta_fila`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.orm import Session

from ..client_files.rows import CLIENT_COLUMNS
from ..clients.tags.services import find_or_create_tags, tag_key
from ..database.many_rows import insert_rows, update_rows
from ..database.planner import look_anew
from ..database.transactions import insert_missing
from ..models import CambioImportado, Cliente, ClienteEtiqueta, EstadoImportacion, Importacion
from ..models.types import utc_now
from ..sending.erased import hold_off_erasing, wake_opt_outs
from ..values.client_keys import keys_of
from . import forgetting, jobs
from .batch_sizes import Turns
from .jobs import Job
from .reviewing import COUNTERS, Tell
from .staging.matching import FIELDS, Existing, Matches, changed, find_clients, lock_clients, numbers_of
from .staging.silences import Said, silence
from .staging.store import Staged, Staging, Verdict


def apply(engine: Engine, job: Job, tell: Tell | None = None) -> None:
    """Import the rows that are not yet imported; `tell` hears how many each batch had.

    Raises jobs.Stopped.
    """
    done_to = job.done_to
    turns = Turns()
    with Staging(job.files.staging) as staging:
        while batch := staging.to_apply(done_to, turns.rows):
            with turns.transaction(engine, len(batch)) as connection:
                apply_batch(connection, job, batch)
            if not done_to:
                look_anew(engine, Cliente, ClienteEtiqueta)
            done_to = batch[-1].number
            if tell:
                tell(len(batch))
        look_anew(engine, Cliente, ClienteEtiqueta)
        staging.keep_rejected()
        forgetting.settle(engine, job.id, staging, lambda connection: _end(connection, job))
    job.files.delete_sources()


def apply_batch(connection: Connection, job: Job, batch: Sequence[Staged]) -> None:
    """Import rows, matched once more: clients may have come and gone since the dry run, and people been erased.

    Raises jobs.Stopped where the import is not the job's any more; then nothing of the batch may be stored.
    """
    hold_off_erasing(connection)
    wanted = _without_erased(connection, job, batch)
    counts = _store(connection, job, wanted)
    left_out = len(batch) - len(wanted)
    done = {"hasta_fila": batch[-1].number, "por_aplicar": Importacion.por_aplicar - left_out}
    jobs.advance(connection, job, **done, **_added(counts, wanted))


def _end(connection: Connection, job: Job) -> None:
    jobs.advance(connection, job, estado=EstadoImportacion.APLICADA, titular=None, terminado=utc_now())
    forgetting.release(connection, job.id)


def _without_erased(connection: Connection, job: Job, batch: Sequence[Staged]) -> list[Staged]:
    forgotten = forgetting.forgotten_by(connection, job.id)
    return [staged for staged in batch if not forgotten.has(staged.row.telefono_e164, staged.row.documento_clave)]


def _store(connection: Connection, job: Job, batch: Sequence[Staged]) -> Counter[Verdict]:
    """Store what rows say, and count what became of them."""
    rows = [staged.row for staged in batch]
    wake_opt_outs(connection, job.account_id, numbers_of(rows))
    lock_clients(connection, job.account_id, rows)
    with_tags = bool(job.tags) or any(row.etiquetas for row in rows)
    matches = find_clients(connection, job.account_id, rows, with_tags=with_tags)
    change = _Change(connection, job, matches)
    new = []
    for staged in batch:
        client = matches.client_of(staged.row)
        if client is None:
            new.append(staged)
        else:
            change.update(client, staged)
    change.insert(new)
    change.store()
    return change.counts


class _Change:
    """What a batch changes, gathered and then stored in a few statements."""

    def __init__(self, connection: Connection, job: Job, matches: Matches) -> None:
        self.counts: Counter[Verdict] = Counter()
        self._connection = connection
        self._job = job
        self._matches = matches
        self._clients: dict[int, Existing] = {}
        self._before: dict[int, dict[str, Any]] = {}
        self._tags: list[tuple[int, Staged]] = []
        self._silenced: list[Said] = []

    def insert(self, rows: Sequence[Staged]) -> None:
        """Insert clients that there are not."""
        self.counts[Verdict.NEW] += len(rows)
        if not rows:
            return
        values = [staged.row[: len(CLIENT_COLUMNS)] for staged in rows]
        same = {
            "usuario_id": self._job.account_id,
            "importacion_id": self._job.id,
            "creado": utc_now(),
            "activo": True,
            "total_compras": 0,
        }
        ids = insert_rows(self._connection, _table(Cliente), CLIENT_COLUMNS, values, same)
        inserted = zip(ids, rows, strict=True)
        for client_id, staged in inserted:
            if self._wanted_tags(staged):
                self._tags.append((client_id, staged))
            if staged.row.baja or staged.row.inactivo:
                self._silenced.append((client_id, staged.row))

    def update(self, client: Existing, staged: Staged) -> None:
        """Note what a row changes of a client that there is."""
        client = self._clients.get(client.id, client)
        changes = changed(client, staged.row)
        missing = self._missing_tags(client, staged)
        heeded = self._matches.heeds(client, staged.row)
        self.counts[Verdict.SAME if heeded and not changes and not missing else Verdict.UPDATE] += 1
        if heeded and not changes and not missing:
            return
        self._before.setdefault(client.id, {name: getattr(client, name) for name in FIELDS} | {"etiquetas": []})
        if changes:
            self._clients[client.id] = Existing(**{**client._asdict(), **changes})
        if missing:
            self._tags.append((client.id, staged))
        if not heeded:
            self._before[client.id].setdefault("activo", client.activo)
            self._silenced.append((client.id, staged.row))

    def store(self) -> None:
        """Write what was noted."""
        if self._clients:
            update_rows(self._connection, _table(Cliente), [self._updated(each) for each in self._clients.values()])
        self._store_tags()
        silence(self._connection, self._job.account_id, self._silenced)
        if self._before:
            rows = [
                {"importacion_id": self._job.id, "cliente_id": client_id, "antes": before}
                for client_id, before in self._before.items()
            ]
            _insert_missing(self._connection, CambioImportado, rows)

    def _updated(self, client: Existing) -> dict[str, Any]:
        fields = {name: getattr(client, name) for name in FIELDS}
        return {"id": client.id, **fields, **keys_of(**fields, region=self._job.region)._asdict()}

    def _missing_tags(self, client: Existing, staged: Staged) -> set[str]:
        return self._wanted_tags(staged).keys() - self._matches.tags.get(client.id, set())

    def _wanted_tags(self, staged: Staged) -> dict[str, str]:
        """Return the tags that a row gives, by their keys."""
        if not self._job.tags and not staged.row.etiquetas:
            return {}
        names = {tag_key(tag): tag for tag in (*self._job.tags, *staged.row.tags)}
        names.pop("", None)
        return names

    def _store_tags(self) -> None:
        names: dict[str, str] = {}
        for _, staged in self._tags:
            names = {**self._wanted_tags(staged), **names}
        if not names:
            return
        with Session(self._connection) as session:
            ids = find_or_create_tags(session, self._job.account_id, names.values())
        known = dict(zip(names, ids, strict=True))
        rows = []
        for client_id, staged in self._tags:
            missing = self._wanted_tags(staged).keys() - self._matches.tags.get(client_id, set())
            added = sorted(known[key] for key in missing)
            rows += [{"etiqueta_id": tag_id, "cliente_id": client_id} for tag_id in added]
            if client_id in self._before:
                self._before[client_id]["etiquetas"] += added
        _insert_missing(self._connection, ClienteEtiqueta, rows)


def _added(counts: Counter[Verdict], batch: Sequence[Staged]) -> dict[str, Any]:
    """Return the counters with a batch's rows added, as SQL: the database adds."""
    without = sum(not staged.row.telefono_e164 for staged in batch)
    added = {COUNTERS[verdict]: count for verdict, count in counts.items() if count} | {"sin_celular": without}
    return {name: getattr(Importacion, name) + count for name, count in added.items()}


def _insert_missing(
    connection: Connection, model: type[CambioImportado | ClienteEtiqueta], rows: Sequence[Mapping[str, Any]]
) -> None:
    if rows:
        connection.execute(insert_missing(model, connection.dialect.name), list(rows))


def _table(model: type[Cliente]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
