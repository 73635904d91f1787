"""What kills leave over is deleted; what an import names, or somebody is at work on, stays."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from clientes_app.background import daily
from clientes_app.config import PROJECT_ROOT
from clientes_app.database.transactions import write_transaction
from clientes_app.errors import DomainError
from clientes_app.extensions import db, unit_of_work
from clientes_app.files.held import hold_new, left_over, scratch
from clientes_app.importing.storage.local_files import SOURCES, STAGED
from clientes_app.models import EstadoImportacion, Importacion, Usuario

from ..data import make_awful_files as awful
from ..support.carrier import wait_until
from ..support.imports import Imports
from . import upload_process
from .test_crash import kill_after_progress

LIST = "nombre,celular\nAna,3001234567\n,3001234568\n"


def sweep(imports: Imports) -> int:
    with imports.app.app_context():
        return imports.place.storage.sweep(db.engine)


def files(imports: Imports) -> set[str]:
    return {path.name for path in imports.folder.iterdir()} if imports.folder.exists() else set()


def children_of(process: int) -> set[int]:
    """Return those that run a program of their own: between fork and exec one still holds its parent's files."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    children = {int(child) for task in tasks for child in (task / "children").read_text().split()}
    return {child for child in children if command_of(child) not in (b"", command_of(process))}


def command_of(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.fixture
def large_book(tmp_path: Path) -> Path:
    """A spreadsheet that takes seconds to be converted."""
    path = tmp_path / "grande.xlsx"
    path.write_bytes(awful.repeated_text(200, 200_000))
    return path


@pytest.mark.both_databases
def test_what_no_import_names_is_deleted(imports: Imports) -> None:
    kept = {imports.get(imports.upload(LIST)).archivo}
    reviewed = imports.get(imports.review(LIST)).archivo
    kept |= {reviewed, f"{reviewed}.rows"}
    stray = secrets.token_hex(16)
    for ending in (*SOURCES, *STAGED):
        (imports.folder / f"{stray}{ending}").write_text("María,3001234567")
    (imports.folder / "notas.txt").write_text("somebody else's")
    assert sweep(imports) == len(SOURCES) + len(STAGED)
    assert files(imports) == kept | {"notas.txt"}
    assert sweep(imports) == 0


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("state", "refused", "kept"),
    [
        (EstadoImportacion.SUBIDA, 0, ("", ".csv", *STAGED)),
        (EstadoImportacion.APLICANDO, 0, ("", ".csv", *STAGED)),
        (EstadoImportacion.APLICADA, 1, STAGED),
        (EstadoImportacion.APLICADA, 0, ()),
        (EstadoImportacion.CANCELADA, 0, ()),
        (EstadoImportacion.ERROR, 1, STAGED),
        (EstadoImportacion.ERROR, 0, ()),
        (EstadoImportacion.DESHECHA, 1, ()),
    ],
)
def test_an_import_keeps_what_its_state_needs(
    imports: Imports, state: EstadoImportacion, refused: int, kept: tuple[str, ...]
) -> None:
    import_id = imports.upload(LIST)
    with imports.app.app_context(), unit_of_work() as session:
        row = session.get_one(Importacion, import_id)
        row.estado, row.malas, name = state, refused, row.archivo
    for ending in (*SOURCES, *STAGED):
        (imports.folder / f"{name}{ending}").touch()
    sweep(imports)
    assert files(imports) == {f"{name}{ending}" for ending in kept}


def test_a_server_that_is_killed_while_a_file_comes_in(app: Flask, imports: Imports, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text(LIST * 10_000)
    with upload_process.start(app, imports.account, file, "stalling") as process:
        wait_until(lambda: bool(files(imports)), 30)
        assert sweep(imports) == 0, "somebody is at work on it"
        assert len(files(imports)) == 1
        process.send_signal(signal.SIGKILL)
    assert sweep(imports) == 1
    assert files(imports) == set()


def test_a_server_that_is_killed_while_it_converts(app: Flask, imports: Imports, large_book: Path) -> None:
    with upload_process.start(app, imports.account, large_book) as process:
        wait_until(lambda: any(name.endswith(".csv") for name in files(imports)), 30)
        wait_until(lambda: bool(children_of(process.pid)), 30)
        (converting,) = children_of(process.pid)
        os.kill(converting, signal.SIGSTOP)
        assert sweep(imports) == 0
        process.send_signal(signal.SIGKILL)
    assert sweep(imports) == 2
    os.kill(converting, signal.SIGCONT)
    wait_until(lambda: not is_alive(converting), 30)
    assert files(imports) == set(), "what converts ends with the server, and writes no file anew"


def test_what_works_for_a_server_ends_with_it() -> None:
    child = (
        "from clientes_app.client_files.lifeline import end_with_parent; end_with_parent(); import time; time.sleep(99)"
    )
    parent = (
        "import subprocess, sys; from clientes_app.client_files.lifeline import lifeline\n"
        "with lifeline() as end: subprocess.run([sys.executable, '-c', sys.argv[1]], stdin=end)"
    )
    with subprocess.Popen([sys.executable, "-c", parent, child], cwd=PROJECT_ROOT) as process:
        wait_until(lambda: bool(children_of(process.pid)), 30)
        (working,) = children_of(process.pid)
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: not is_alive(working), 30)


def test_a_conversion_that_is_killed(imports: Imports, large_book: Path) -> None:
    before = children_of(os.getpid())
    problems: list[str] = []

    def upload() -> None:
        try:
            imports.upload(large_book.read_bytes(), "grande.xlsx")
        except DomainError as error:
            problems.append(error.message)

    uploading = threading.Thread(target=upload)
    uploading.start()
    wait_until(lambda: bool(children_of(os.getpid()) - before), 30)
    (converting,) = children_of(os.getpid()) - before
    os.kill(converting, signal.SIGKILL)
    uploading.join()
    assert len(problems) == 1
    assert files(imports) == set()


@pytest.mark.both_databases
def test_a_worker_that_is_killed_loses_nothing_to_a_sweep(app: Flask, imports: Imports) -> None:
    rows = "".join(f"Cliente {n},{3_001_000_000 + n}\n" for n in range(20_000))
    import_id = imports.upload(f"nombre,celular\n{rows}")
    imports.start_review(import_id)
    kill_after_progress(app, imports, import_id)
    assert sweep(imports) == 0
    imports.work()
    assert imports.counts(import_id) == {"nuevas": 20_000}


@pytest.mark.both_databases
def test_a_file_whose_import_is_just_being_stored_stays(imports: Imports) -> None:
    uploaded: list[int] = []
    uploading = threading.Thread(target=lambda: uploaded.append(imports.upload(LIST)))
    with imports.app.app_context(), write_transaction(db.engine) as connection:
        connection.execute(db.select(Usuario.id).where(Usuario.id == imports.account).with_for_update())
        uploading.start()
        wait_until(lambda: any(path.stat().st_size for path in imports.folder.glob("*")), 10)
        assert [sweep(imports) for _ in range(20)] == [0] * 20
    uploading.join()
    assert files(imports) == {imports.get(uploaded[0]).archivo}
    assert sweep(imports) == 0


def test_sweeps_and_uploads_at_once(imports: Imports) -> None:
    ended = threading.Event()

    def sweep_on() -> None:
        while not ended.is_set():
            sweep(imports)

    sweeping = threading.Thread(target=sweep_on)
    sweeping.start()
    uploaded = [imports.upload(LIST) for _ in range(9)]
    ended.set()
    sweeping.join()
    assert files(imports) == {imports.get(each).archivo for each in uploaded}


def test_a_new_file_that_a_sweep_took_is_made_again(tmp_path: Path) -> None:
    made: list[Path] = []

    def make() -> Path:
        made.append(tmp_path / f"{len(made)}")
        made[-1].touch()
        if len(made) < 3:
            made[-1].unlink()
        return made[-1]

    with hold_new(make) as path:
        assert path == tmp_path / "2"
        with left_over(path) as free:
            assert not free
    with left_over(path) as free:
        assert free


def test_an_export_that_is_killed(imports: Imports) -> None:
    script = (
        "import pathlib, sys, time; from clientes_app.files.held import scratch\n"
        "with scratch(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'sheet1.xml').write_text('María'); time.sleep(3600)"
    )
    command = [sys.executable, "-c", script, str(imports.folder)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT) as process:
        wait_until(lambda: any(imports.folder.glob("export-*/*")) if imports.folder.exists() else False)
        assert sweep(imports) == 0
        process.send_signal(signal.SIGKILL)
    assert sweep(imports) == 1
    assert files(imports) == set()


def test_an_export_that_breaks_leaves_nothing(imports: Imports) -> None:
    with suppress(LookupError), scratch(imports.folder) as folder:
        (folder / "sheet1.xml").write_text("María")
        raise LookupError
    assert files(imports) == set()


def test_the_server_sweeps_when_it_starts(app: Flask, imports: Imports) -> None:
    with app.app_context():
        assert daily.take_turn(db.engine), "the day's other work is done"
    imports.folder.mkdir()
    stray = imports.folder / secrets.token_hex(16)
    stray.write_text("María")
    started = daily.start_daily(app)
    wait_until(lambda: not stray.exists())
    started.stop()


def test_rows_that_were_just_deleted_are_none_and_leave_no_file(imports: Imports) -> None:
    with imports.app.app_context():
        kept = imports.place.storage.of(db.engine, 1, secrets.token_hex(16))
        staging = kept.kept_staging()
        rows = []
        if staging:  # tables can always be asked
            with staging:
                rows = list(staging.rejected())
    assert rows == []
    assert files(imports) == set()
