"""Starts the worker of imports in a process of its own, whenever there is something to do.

Who stores an import rings a bell in the same process; where it may have been stored on another machine, there is a look
every moment as well.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

from flask import Flask
from sqlalchemy import Engine

from ..config import PROJECT_ROOT, Settings
from ..extensions import db
from ..importing import jobs, waking
from ..importing.jobs import Surroundings
from ..settings import current_settings
from .import_failures import Failures

log = logging.getLogger(__name__)

SECONDS_BETWEEN_STARTS = 1.0
MOST_SECONDS_BETWEEN_STARTS = 60.0
SECONDS_BETWEEN_LOOKS = 1.5
SECONDS_BETWEEN_LOOKS_ALONE = 30.0
"""Where nobody but a command of this machine may leave an import behind."""


class Imports:
    """The thread that keeps one worker running while an import waits for one."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._failures = Failures(engine, Surroundings.of(settings))
        self._environment = {
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "UPLOADS_PATH": str(settings.uploads_path),
            "WORKERS": settings.workers.value,
        }
        self._look_seconds = SECONDS_BETWEEN_LOOKS if settings.distributed else SECONDS_BETWEEN_LOOKS_ALONE
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="imports", daemon=True)

    def start(self) -> None:
        """Look for imports that were left unfinished, and wait for more."""
        self._wanted.set()
        self._thread.start()

    def wake(self) -> None:
        """Say that an import waits for a worker."""
        self._wanted.set()

    def stop(self) -> None:
        """End the worker; the next one goes on after the last batch that is stored."""
        self._stopping.set()
        self._wanted.set()
        process = self._process
        if process is not None:
            process.kill()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait(self._look_seconds)
            self._wanted.clear()
            try:
                self._work_while_any_waits()
            except Exception:
                # The edge of the thread: what waits is looked for again.
                log.exception("no worker of imports could be started")
                self._wanted.set()
                self._stopping.wait(SECONDS_BETWEEN_LOOKS)

    def _work_while_any_waits(self) -> None:
        failures = 0
        while not self._stopping.is_set() and jobs.is_any_unfinished(self._engine):
            if jobs.is_any_free(self._engine):
                failures = failures + 1 if self._work() else 0
            # A worker that fails at once, as with a broken database, is started less and less often.
            self._stopping.wait(min(SECONDS_BETWEEN_STARTS * 2 ** min(failures, 6), MOST_SECONDS_BETWEEN_STARTS))

    def _work(self) -> int:
        command = [sys.executable, "-m", "clientes_app.background.import_worker"]
        self._process = subprocess.Popen(  # noqa: S603 (the command is ours)
            command, cwd=PROJECT_ROOT, env=self._environment, stdin=subprocess.PIPE, start_new_session=True
        )
        with self._process as process:
            code = process.wait()
        self._process = None
        if code and not self._stopping.is_set():
            log.warning("the worker of imports ended with %d", code)
            self._failures.note(process.pid)
        return code


def start_imports(app: Flask) -> Imports:
    """Keep a worker running for the app's imports."""
    with app.app_context():
        imports = Imports(db.engine, current_settings())
    app.extensions[waking.KEY] = imports
    imports.start()
    return imports
