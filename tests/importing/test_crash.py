"""Workers killed at any moment: no row twice, none lost, the summary exact."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.config import PROJECT_ROOT
from clientes_app.importing import services
from clientes_app.models import EstadoImportacion
from clientes_app.settings import settings_of

from ..support.carrier import wait_until
from ..support.imports import Imports

pytestmark = pytest.mark.both_databases

ROWS = 40_000
KILLS_IN_REVIEW = 3
KILLS_IN_APPLYING = 5


def start_worker(app: Flask) -> subprocess.Popen[bytes]:
    """Start a worker that shares the app's database, and its disk where that is how they work together."""
    settings = settings_of(app)
    folder = settings.uploads_path.with_name("elsewhere") if settings.distributed else settings.uploads_path
    given = {
        "DATABASE_URL": settings.database_url,
        "UPLOADS_PATH": str(folder),
        "WORKERS": settings.workers,
        "SECRET_KEY": settings.secret_key,
        "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "clientes_app.background.import_worker"]
    return subprocess.Popen(command, cwd=PROJECT_ROOT, env={**os.environ, **given}, stdin=subprocess.PIPE)


def kill_after_progress(app: Flask, imports: Imports, import_id: int) -> None:
    """Run a worker until it has done something more, and kill it."""
    before = imports.get(import_id)
    with start_worker(app) as process:
        wait_until(lambda: has_moved(imports, import_id, before.leidas + before.hasta_fila), 60)
        process.send_signal(signal.SIGKILL)
    assert process.returncode in (-signal.SIGKILL, 0)


def has_moved(imports: Imports, import_id: int, before: int) -> bool:
    row = imports.get(import_id)
    return row.leidas + row.hasta_fila > before


def test_a_killed_worker_is_followed_by_another(app: Flask, imports: Imports) -> None:
    # Each tenth row is a double, each third says more than who somebody is.
    who = [n - n % 10 // 9 for n in range(ROWS)]
    rows = "".join(f"Cliente {n},{3_001_000_000 + n},{'' if n % 3 else 'VIP'}\n" for n in who)
    import_id = imports.upload(f"nombre,celular,grupo\n{rows}")
    imports.start_review(import_id)
    for _ in range(KILLS_IN_REVIEW):
        kill_after_progress(app, imports, import_id)
    imports.work()
    assert imports.counts(import_id) == {"nuevas": ROWS * 9 // 10, "dobles": ROWS // 10}
    with app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    for _ in range(KILLS_IN_APPLYING):
        kill_after_progress(app, imports, import_id)
    imports.work()
    assert imports.get(import_id).estado is EstadoImportacion.APLICADA
    assert imports.counts(import_id) == {"nuevas": ROWS * 9 // 10, "dobles": ROWS // 10}
    kept = [n for n in range(ROWS) if n % 10 != 9]
    assert [(name, phone) for name, phone, *_ in imports.clients()] == [
        (f"Cliente {n}", str(3_001_000_000 + n)) for n in kept
    ]
    assert imports.tags() == {"VIP": [f"Cliente {n}" for n in kept if n % 3 == 0]}
    became = imports.became(import_id)
    assert [number for number, *_ in became] == [n + 2 for n in kept]
    # In the order of their ids the clients are in the file's.
    clients = [client or 0 for *_, client in became]
    assert clients == sorted(set(clients))


def test_a_lease_that_somebody_holds_is_not_taken(imports: Imports) -> None:
    import_id = imports.upload("nombre\nAna\n")
    imports.start_review(import_id)
    assert imports.take("elsewhere:1:x") is not None
    assert imports.take("elsewhere:2:y") is None
    imports.work()
    assert imports.get(import_id).estado is EstadoImportacion.REVISANDO
