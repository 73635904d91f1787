"""What a batch of rows changes of an account's clients, gathered and then stored in a few statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.orm import Session

from ..client_files.rows import CLIENT_COLUMNS, Row
from ..clients.tags.services import find_or_create_tags, tag_key
from ..database.many_rows import add_rows, update_rows
from ..database.transactions import insert_missing
from ..fields.values import store_values
from ..models import CambioDeCliente, CambioImportado, Campo, Cliente, ClienteEtiqueta, TipoDeCambio
from ..models.types import utc_now
from ..values.client_keys import keys_of
from .jobs import Job
from .own_fields.in_words import as_told
from .staging.matching import FIELDS, Existing, Matches, changed
from .staging.outcomes import Outcome
from .staging.silences import Said, silence
from .staging.store import Staged
from .staging.verdicts import Verdict


class Change:
    """What a batch changes; `outcomes` tells what became of each row."""

    def __init__(self, connection: Connection, job: Job, matches: Matches, fields: Collection[Campo] = ()) -> None:
        self.outcomes: list[Outcome] = []
        self._fields = fields
        self._connection = connection
        self._job = job
        self._matches = matches
        self._clients: dict[int, Existing] = {}
        self._before: dict[int, dict[str, Any]] = {}
        self._told: dict[int, dict[str, Any]] = {}
        self._tags: list[tuple[int, Staged]] = []
        self._own_values: dict[int, dict[int, str]] = {}
        self._silenced: list[Said] = []

    def leave_to_be_asked(self, client: Existing, staged: Staged) -> None:
        """Change nothing: since the dry run, a client of another name has come to have a row's number."""
        self.outcomes.append(Outcome(staged.number, Verdict.ASKED, client.id))

    def update(self, client: Existing, staged: Staged) -> None:
        """Note what a row changes of a client that there is."""
        client = self._clients.get(client.id, client)
        changes = changed(client, staged.row)
        own = self._matches.own_changes(client.id, staged.row)
        missing = self._missing_tags(client, staged)
        heeded = self._matches.heeds(client, staged.row)
        if not changes and not own and not missing and heeded:
            self._became(Verdict.SAME, staged, client.id)
        elif self._job.keeps_existing:
            self._became(Verdict.KEPT, staged, client.id)
            if staged.row.baja:
                # Whoever asks for no messages is heard, whatever else stays as it is.
                self._silenced.append((client.id, staged.row._replace(inactivo=False)))
        else:
            self._became(Verdict.UPDATE, staged, client.id)
            self._note(client, staged, changes, tags=bool(missing))
            if own:
                self._note_own(client, own)
            if not heeded:
                self._silence(client, staged.row)

    def insert(self, rows: Mapping[int, Staged]) -> None:
        """Insert clients that there are not, by the ids that they get."""
        if not rows:
            return
        values = [(client_id, *staged.row[: len(CLIENT_COLUMNS)]) for client_id, staged in rows.items()]
        add_rows(self._connection, _table(Cliente), ("id", *CLIENT_COLUMNS), values, of_import(self._job))
        for client_id, staged in rows.items():
            self._became(Verdict.NEW, staged, client_id)
            if self.wanted_tags(staged):
                self._tags.append((client_id, staged))
            if own := self._matches.own.values(staged.row):
                self._own_values[client_id] = own
            if staged.row.baja or staged.row.inactivo:
                self._silenced.append((client_id, staged.row))

    def store(self) -> None:
        """Write what was noted."""
        if self._clients:
            update_rows(self._connection, _table(Cliente), [self._updated(each) for each in self._clients.values()])
        self._store_tags()
        if self._own_values:
            store_values(Session(self._connection), self._fields, self._own_values)
        silence(self._connection, self._job.account_id, self._silenced)
        if self._before:
            self._store_before()

    def _became(self, verdict: Verdict, staged: Staged, client_id: int) -> None:
        self.outcomes.append(Outcome(staged.number, verdict, client_id, not staged.row.telefono_e164))

    def _note(self, client: Existing, staged: Staged, changes: dict[str, str], *, tags: bool) -> None:
        self._before.setdefault(client.id, {name: getattr(client, name) for name in FIELDS} | {"etiquetas": []})
        told = self._told.setdefault(client.id, {})
        for name, value in changes.items():
            told[name] = [self._before[client.id][name], value]
        if changes:
            self._clients[client.id] = Existing(**{**client._asdict(), **changes})
        if tags:
            self._tags.append((client.id, staged))

    def _note_own(self, client: Existing, changes: dict[int, str]) -> None:
        values = self._matches.own_values.setdefault(client.id, {})
        before = self._before[client.id].setdefault("campos", {})
        for field_id in changes:
            before.setdefault(str(field_id), values.get(field_id, ""))
        values |= changes
        was = {int(field_id): value for field_id, value in before.items()}
        self._told[client.id]["campos"] = as_told([field for field in self._fields if field.id in was], was, values)
        self._own_values.setdefault(client.id, {}).update(changes)

    def _silence(self, client: Existing, row: Row) -> None:
        self._silenced.append((client.id, row))
        self._before[client.id].setdefault("activo", client.activo)
        number = row.telefono_e164 or client.telefono_e164
        if client.activo and (row.inactivo or not number):
            self._told[client.id]["activo"] = [True, False]

    def _store_before(self) -> None:
        """Keep what was before for an undoing, and tell it in the clients' stories."""
        rows = [
            {"importacion_id": self._job.id, "cliente_id": client_id, "antes": before}
            for client_id, before in self._before.items()
        ]
        _insert_missing(self._connection, CambioImportado, rows)
        tell_changes(self._connection, self._job, self._told, undoes=False)

    def _updated(self, client: Existing) -> dict[str, Any]:
        fields = {name: getattr(client, name) for name in FIELDS}
        return {"id": client.id, **fields, **keys_of(**fields, region=self._job.region)._asdict()}

    def _missing_tags(self, client: Existing, staged: Staged) -> set[str]:
        matches = self._matches
        has = matches.tags.get(client.id, set()) | matches.given.get(client.id, set())
        return self.wanted_tags(staged).keys() - has

    def wanted_tags(self, staged: Staged) -> dict[str, str]:
        """Return the tags that a row gives, by their keys."""
        if not self._job.tags and not staged.row.etiquetas:
            return {}
        names = {tag_key(tag): tag for tag in (*self._job.tags, *staged.row.tags)}
        names.pop("", None)
        return names

    def _store_tags(self) -> None:
        names: dict[str, str] = {}
        for _, staged in self._tags:
            names = {**self.wanted_tags(staged), **names}
        if not names:
            return
        with Session(self._connection) as session:
            ids = find_or_create_tags(session, self._job.account_id, names.values())
        known = dict(zip(names, ids, strict=True))
        rows = []
        for client_id, staged in self._tags:
            missing = sorted(self.wanted_tags(staged).keys() - self._matches.tags.get(client_id, set()))
            rows += [{"etiqueta_id": known[key], "cliente_id": client_id} for key in missing]
            if client_id in self._before:
                self._before[client_id]["etiquetas"] += [known[key] for key in missing]
                self._told[client_id]["etiquetas"] = [names[key] for key in missing]
        _insert_missing(self._connection, ClienteEtiqueta, rows)


def of_import(job: Job) -> dict[str, Any]:
    """Return what all clients have in common that an import makes now."""
    return {
        "usuario_id": job.account_id,
        "importacion_id": job.id,
        "creado": utc_now(),
        "activo": True,
        "total_compras": 0,
    }


def tell_changes(connection: Connection, job: Job, told: Mapping[int, dict[str, Any]], *, undoes: bool) -> None:
    """Write into clients' stories what an import, or its undoing, changed of them."""
    same = {
        "tipo": TipoDeCambio.EDITADO,
        "importacion_id": job.id,
        "deshace": undoes,
        "hecho_por_id": None if undoes else job.uploader_id,
        "creado": utc_now(),
    }
    rows = [{"cliente_id": client_id, "detalle": detail, **same} for client_id, detail in told.items() if detail]
    if rows:
        connection.execute(insert(CambioDeCliente), rows)


def _insert_missing(
    connection: Connection, model: type[CambioImportado | ClienteEtiqueta], rows: Sequence[Mapping[str, Any]]
) -> None:
    if rows:
        connection.execute(insert_missing(model, connection.dialect.name), list(rows))


def _table(model: type[Cliente]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
