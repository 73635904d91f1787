"""Imports run in the test's own process, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from clientes_app.audit_log import NOBODY
from clientes_app.background import import_worker
from clientes_app.client_files.columns import Layout
from clientes_app.client_files.meaning.roles import Contents
from clientes_app.config import Settings
from clientes_app.extensions import Base, db, unit_of_work
from clientes_app.importing import jobs, services, uploading
from clientes_app.importing.applying import BatchToStore
from clientes_app.importing.jobs import Job, Surroundings
from clientes_app.importing.staging import staged_rows
from clientes_app.importing.staging.store import Staging
from clientes_app.importing.staging.stretches import Batch, next_stretch
from clientes_app.importing.staging.tables.postgresql import TABLES
from clientes_app.importing.staging.verdicts import COUNTERS
from clientes_app.models import Cliente, ClienteEtiqueta, Etiqueta, Importacion

KEPT = [Base.metadata.tables["archivo_importado"], *TABLES.values()]
"""The tables that hold what files hold elsewhere."""


class Imports:
    """Drives imports of one account; every call in an app context of its own."""

    def __init__(self, app: Flask, account: int) -> None:
        self.app = app
        self.account = account

    @property
    def folder(self) -> Path:
        """Where files of this machine are."""
        return cast(Settings, self.app.extensions["clientes.settings"]).uploads_path

    @property
    def place(self) -> Surroundings:
        return Surroundings.of(self.app.extensions["clientes.settings"])

    def upload(self, content: bytes | str, name: str = "clientes.csv", contents: Contents = Contents.CLIENTS) -> int:
        """Upload a file; return the import's id."""
        raw = content.encode() if isinstance(content, str) else content
        with self.app.test_request_context():
            file = uploading.Upload(BytesIO(raw), name, contents)
            return int(uploading.upload(self.account, file, self.place, by=NOBODY).id)

    def review(self, content: bytes | str, tags: str = "", **changes: Any) -> int:
        """Upload a file and let the dry run go through it."""
        import_id = self.upload(content)
        self.start_review(import_id, tags, **changes)
        self.work()
        return import_id

    def start_review(self, import_id: int, tags: str = "", *, makes_clients: bool = False, **changes: Any) -> None:
        with self.app.test_request_context():
            layout = replace(self.layout(import_id), **changes)
            said = services.ForAll(tags, makes_clients=makes_clients)
            services.start_review(self.account, import_id, layout, said, self.place.storage)

    def run(self, content: bytes | str, tags: str = "", **changes: Any) -> int:
        """Import a file, from the upload to the end."""
        import_id = self.review(content, tags, **changes)
        self.apply(import_id)
        return import_id

    def review_sales(self, content: bytes | str, *, makes_clients: bool = False, name: str = "caja.csv") -> int:
        """Upload a till's file and let the dry run go through it."""
        import_id = self.upload(content, name, Contents.SALES)
        self.start_review(import_id, makes_clients=makes_clients)
        self.work()
        return import_id

    def apply(self, import_id: int) -> None:
        with self.app.test_request_context():
            services.start_applying(self.account, import_id, by=NOBODY)
        self.work()

    def undo(self, import_id: int) -> None:
        with self.app.test_request_context():
            services.start_undoing(self.account, import_id, by=NOBODY)
        self.work()

    def work(self) -> None:
        """Do what waits for a worker."""
        with self.app.app_context():
            import_worker.work(db.engine, self.place)

    def take(self, owner: str = "elsewhere:1:x") -> Job | None:
        with self.app.app_context():
            return jobs.take(db.engine, owner, self.place)

    def let_go(self, import_id: int) -> None:
        """Let another worker have an import, as when the process of the one before has died."""
        with self.app.app_context(), unit_of_work() as session:
            session.get_one(Importacion, import_id).titular = None

    def kept(self) -> dict[str, bytes]:
        """Return what is kept of all imports, by the names of files and of tables that have rows."""
        files = {path.name: path.read_bytes() for path in self.folder.iterdir()} if self.folder.exists() else {}
        with self.app.app_context(), db.engine.connect() as connection:
            rows = {table.name: connection.execute(select(table)).all() for table in KEPT}
        return files | {name: b"\n".join(map(_as_bytes, found)) for name, found in rows.items() if found}

    def layout(self, import_id: int) -> Layout:
        return Layout.from_json(self.get(import_id).columnas)

    def get(self, import_id: int) -> Importacion:
        with self.app.app_context():
            return db.session.get_one(Importacion, import_id)

    def counts(self, import_id: int) -> dict[str, int]:
        """Return the counters that are not 0."""
        row = self.get(import_id)
        names = (*COUNTERS.values(), "sin_celular")
        return {name: getattr(row, name) for name in names if getattr(row, name)}

    def rejected(self, import_id: int) -> list[tuple[int, str, str]]:
        """Return number, verdict and reason of each row that is not imported."""
        with self.app.app_context():
            rows = list(staged_rows.rejected(self.get(import_id), self.place.storage))
        return [(row.number, row.verdict.value, row.row.fault) for row in rows]

    def became(self, import_id: int) -> list[tuple[int, str, int | None]]:
        """Return number, verdict and client of each row that was imported."""
        with self.app.app_context(), db.engine.connect() as connection:
            row = db.session.get_one(Importacion, import_id)
            staging = self.place.storage.of(connection, row.id, row.archivo).kept_staging()
            assert staging is not None
            with staging:
                found = staging.tables.select("SELECT numero, veredicto, cliente FROM destino ORDER BY numero")
        return [(number, verdict, client) for number, verdict, client in found]

    def clients(self) -> list[tuple[str, str, str | None, str]]:
        """Return the account's clients in the order in which they came."""
        columns = (Cliente.nombre, Cliente.telefono, Cliente.telefono_e164, Cliente.documento)
        with self.app.app_context():
            found = db.session.execute(select(*columns).filter_by(usuario_id=self.account).order_by(Cliente.id))
            return [tuple(row) for row in found]

    def tags(self) -> dict[str, list[str]]:
        """Return the clients' names by tag."""
        found = (
            select(Etiqueta.nombre, Cliente.nombre)
            .join(ClienteEtiqueta, ClienteEtiqueta.etiqueta_id == Etiqueta.id)
            .join(Cliente, Cliente.id == ClienteEtiqueta.cliente_id)
            .order_by(Etiqueta.nombre, Cliente.id)
        )
        by_tag: dict[str, list[str]] = {}
        with self.app.app_context():
            for tag, name in db.session.execute(found):
                by_tag.setdefault(tag, []).append(name)
        return by_tag


def store_first(connection: Connection, job: Job, staging: Staging, rows: int) -> None:
    """Store the first so many rows of an import, in a transaction that is open."""
    stretch = next_stretch(staging, 0, rows)
    assert stretch
    batch = BatchToStore(connection, job, Batch(staging, stretch, None))
    batch.begin()
    batch.finish()


def _as_bytes(row: Sequence[object]) -> bytes:
    return b"\t".join(value if isinstance(value, bytes) else str(value).encode() for value in row)


def csv_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Write cells that need no quotation marks."""
    return "".join(f"{delimiter.join(row)}\r\n" for row in rows)


@pytest.fixture
def imports(app: Flask, account: int) -> Imports:
    """Imports of the account."""
    return Imports(app, account)
