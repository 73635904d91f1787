"""Machines that share a database and no disk: any of them goes on with an import, and nothing of it is left behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from clientes_app import create_app
from clientes_app.audit_log import NOBODY
from clientes_app.background.import_supervisor import start_imports
from clientes_app.client_files.rows import Fields
from clientes_app.config import Settings
from clientes_app.extensions import db, unit_of_work
from clientes_app.importing import jobs, services, uploading
from clientes_app.importing.applying import apply
from clientes_app.importing.budget import NoRoom
from clientes_app.importing.jobs import Budget, Job, Surroundings
from clientes_app.importing.reviewing import review
from clientes_app.importing.staging import staged_rows
from clientes_app.importing.staging.store import Taken
from clientes_app.models import EstadoImportacion, Importacion

from ..data import make_awful_files as awful
from ..support.carrier import wait_until
from ..support.clock import Clock
from ..support.imports import Imports
from ..support.shop import Shop
from .test_crash import kill_after_progress, start_worker

pytestmark = pytest.mark.parametrize(("database_url", "workers"), [("postgresql", "distributed")], indirect=True)

LIST = "nombre,celular\nAna,3001234567\nLuz,3001234568\n,3001234569\n"
MANY = "nombre,celular\n" + "".join(f"Cliente {n},{3_001_000_000 + n}\n" for n in range(2_000))


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """The app of another machine."""
    app = create_app(dataclasses.replace(settings, uploads_path=tmp_path / "another-disk"))
    yield app
    with app.app_context():
        db.engine.dispose()


def work_elsewhere(app: Flask) -> None:
    """Let a worker process on a third machine do what waits."""
    with start_worker(app) as process:
        assert process.wait() == 0


def taken(imports: Imports, owner: str) -> Job:
    job = imports.take(owner)
    assert job
    return job


def release(imports: Imports, job: Job) -> None:
    """Let another worker have the import, as when the lease of this one ran out while it was frozen."""
    with imports.app.app_context(), unit_of_work() as session:
        session.execute(update(Importacion).where(Importacion.id == job.id).values(titular=None))


def test_one_machine_takes_the_file_another_mends_it_and_a_third_imports_it(
    app: Flask, elsewhere: Flask, imports: Imports
) -> None:
    there = Imports(elsewhere, imports.account)
    import_id = imports.upload(LIST)
    assert there.layout(import_id).titles == ("nombre", "celular")
    there.start_review(import_id)
    work_elsewhere(app)
    assert imports.counts(import_id) == {"nuevas": 2, "malas": 1}
    with elsewhere.test_request_context():
        staged_rows.mend(imports.account, import_id, 4, Fields("Eva", "3001234569", ""), there.place)
    with app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    work_elsewhere(app)
    assert imports.get(import_id).estado is EstadoImportacion.APLICADA
    assert [name for name, *_ in imports.clients()] == ["Ana", "Luz", "Eva"]
    assert list(imports.kept()) == ["destino_de_fila", "lineas_aparte"], "no file, and nobody's name"
    assert [*imports.folder.iterdir(), *imports.folder.with_name("elsewhere").iterdir()] == []


def test_another_sheet_may_be_chosen_on_another_machine(elsewhere: Flask, imports: Imports) -> None:
    there = Imports(elsewhere, imports.account)
    import_id = imports.upload(awful.spreadsheet(), "libro.xlsx")
    with elsewhere.test_request_context():
        row = uploading.choose_sheet(imports.account, import_id, "Proveedores", there.place)
        other = uploading.sample(row, there.layout(import_id), there.place.storage)
    with imports.app.test_request_context():
        assert uploading.sample(row, imports.layout(import_id), imports.place.storage) == other
    assert imports.layout(import_id).sheet == "Proveedores"


def test_what_is_said_of_how_a_file_is_written_holds_on_every_machine(elsewhere: Flask, imports: Imports) -> None:
    there = Imports(elsewhere, imports.account)
    import_id = imports.upload("nombre;celular\nMaría;3001234567\n".encode("latin-1"))
    with elsewhere.test_request_context():
        row, layout = there.get(import_id), there.layout(import_id)
        assert uploading.layout_of(row, there.place.storage) == layout
        assert uploading.encodings(row, layout, there.place.storage)
        assert uploading.read_anew(row, layout, there.place.storage, "CO").delimiter == ";"
        assert uploading.sample(row, layout, there.place.storage)[1] == (2, ["María", "3001234567"])


def test_a_killed_worker_is_followed_by_another_on_another_disk(app: Flask, imports: Imports) -> None:
    rows = "".join(f"Cliente {n},{3_001_000_000 + n}\n" for n in range(9_000))
    import_id = imports.upload(f"nombre,celular\n{rows}")
    imports.start_review(import_id)
    kill_after_progress(app, imports, import_id)
    imports.work()
    assert imports.counts(import_id) == {"nuevas": 9_000}
    with app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    kill_after_progress(app, imports, import_id)
    work_elsewhere(app)
    assert imports.counts(import_id) == {"nuevas": 9_000}
    assert [name for name, *_ in imports.clients()] == [f"Cliente {n}" for n in range(9_000)]


def test_a_worker_that_slept_through_its_lease_reviews_nothing_more(imports: Imports) -> None:
    imports.start_review(imports.upload(LIST))
    asleep = taken(imports, "elsewhere:1:x")
    release(imports, asleep)
    present = taken(imports, "elsewhere:2:y")
    with imports.app.app_context():
        with pytest.raises(Taken):
            review(db.engine, asleep)
        assert "fila_importada" not in imports.kept()
        review(db.engine, present)
        with pytest.raises(Taken):
            review(db.engine, asleep)
    assert imports.counts(asleep.id) == {"nuevas": 2, "malas": 1}


def test_and_imports_nothing_more(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clientes_app.importing.batch_sizes.FIRST", 500)
    import_id = imports.review(MANY)
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
        asleep = taken(imports, "elsewhere:1:x")

        def hand_over(_done: int) -> None:
            release(imports, asleep)
            apply(db.engine, taken(imports, "elsewhere:2:y"))

        with pytest.raises(jobs.Stopped):
            apply(db.engine, asleep, hand_over)
    assert imports.get(import_id).estado is EstadoImportacion.APLICADA
    assert imports.counts(import_id) == {"nuevas": 2_000}
    assert [name for name, *_ in imports.clients()] == [f"Cliente {n}" for n in range(2_000)]


def test_no_two_workers_have_a_lease_whatever_their_clocks_say(imports: Imports, clock: Clock) -> None:
    imports.start_review(imports.upload(LIST))
    taken(imports, "elsewhere:1:x")
    clock.pass_by(hours=1)
    assert imports.take("elsewhere:2:y") is None
    with imports.app.app_context():
        assert jobs.is_any_unfinished(db.engine)
        assert not jobs.is_any_free(db.engine)


def test_a_step_that_takes_long_keeps_the_lease(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LEASE_SECONDS", 1.0)
    import_id = imports.upload(LIST)
    imports.start_review(import_id)
    job = taken(imports, "elsewhere:1:x")
    first = last_sign(imports, import_id)
    with imports.app.app_context(), jobs.kept_alive(db.engine, job):
        wait_until(lambda: last_sign(imports, import_id) > first + timedelta(seconds=2))
        assert imports.take("elsewhere:2:y") is None
    wait_until(lambda: imports.take("elsewhere:2:y"))


def last_sign(imports: Imports, import_id: int) -> datetime:
    moment = imports.get(import_id).latido
    assert moment
    return moment


def test_an_import_knows_nothing_of_anothers_rows(imports: Imports, shop: Shop) -> None:
    other = Imports(imports.app, shop.add_admin("otra"))
    ours, theirs = imports.review(LIST), other.review(LIST)
    with imports.app.test_request_context():
        staged_rows.leave_out(imports.account, ours, 4, imports.place.storage)
        services.cancel(imports.account, ours, imports.place.storage)
    assert other.counts(theirs) == {"nuevas": 2, "malas": 1}
    assert other.rejected(theirs) == [(4, "mala", "The name is missing.")]
    other.apply(theirs)
    assert [name for name, *_ in other.clients()] == ["Ana", "Luz"]
    assert imports.clients() == []


@pytest.mark.parametrize("end", ["cancelled", "undone"])
def test_an_import_that_came_to_nothing_leaves_nothing(imports: Imports, end: str) -> None:
    import_id = imports.review(f"{LIST}Ana María,3001234567\n")
    assert set(imports.kept()) >= {"archivo_importado", "fila_importada", "persona_de_archivo"}
    if end == "undone":
        imports.apply(import_id)
        imports.undo(import_id)
    else:
        with imports.app.test_request_context():
            services.cancel(imports.account, import_id, imports.place.storage)
    assert imports.kept() == {}


@pytest.mark.parametrize(
    ("state", "refused", "stays"),
    [
        (EstadoImportacion.REVISADA, 0, {"archivo_importado", "fila_importada"}),
        (EstadoImportacion.APLICADA, 1, {"fila_importada"}),
        (EstadoImportacion.CANCELADA, 0, set()),
        (EstadoImportacion.DESHECHA, 1, set()),
    ],
)
def test_a_sweep_deletes_what_a_kill_left_over(
    imports: Imports, state: EstadoImportacion, refused: int, stays: set[str]
) -> None:
    import_id = imports.review("nombre\nAna\n")
    with imports.app.app_context(), unit_of_work() as session:
        row = session.get_one(Importacion, import_id)
        row.estado, row.nuevas, row.malas = state, 0, refused
        if state is EstadoImportacion.REVISADA:
            row.nuevas = 1
    with imports.app.app_context():
        imports.place.storage.sweep(db.engine)
    assert {"archivo_importado", "fila_importada"} & set(imports.kept()) == stays


def test_the_bytes_in_the_database_count(imports: Imports, shop: Shop) -> None:
    imports.review(MANY)
    with imports.app.app_context():
        used = imports.place.storage.size(db.session.connection())
    assert used > 3 * len(MANY), "the file, and its rows"
    strict = dataclasses.replace(imports.place, budget=Budget(account_bytes=used))
    with pytest.raises(NoRoom, match=r"clientes\.csv"):
        upload_at(imports, strict)
    full = dataclasses.replace(imports.place, budget=Budget(bytes=used))
    with pytest.raises(NoRoom):
        upload_at(Imports(imports.app, shop.add_admin("otra")), full)
    assert not list(imports.folder.iterdir())


def upload_at(imports: Imports, place: Surroundings) -> None:
    with imports.app.test_request_context():
        uploading.upload(imports.account, uploading.Upload(BytesIO(LIST.encode()), "otra.csv"), place, by=NOBODY)


def test_a_supervisor_finds_what_another_machine_has_stored(
    app: Flask, elsewhere: Flask, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "for tests only")
    monkeypatch.setenv("TWILIO_API_BASE_URL", "http://127.0.0.1:9")
    supervisor = start_imports(elsewhere)
    import_id = imports.upload(LIST)
    imports.start_review(import_id)
    wait_until(lambda: imports.get(import_id).estado is EstadoImportacion.REVISADA, 60)
    supervisor.stop()
    assert imports.counts(import_id) == {"nuevas": 2, "malas": 1}
