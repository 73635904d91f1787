"""The app for a server, and the only place that starts what runs beside it: sender, schedules, imports, daily sweep.

Where workers of their own send and import (WORKERS=distributed), it serves, and sweeps away what is left over on its
machine; of the database one process sweeps a day, whichever has its turn.
"""

from __future__ import annotations

import sys

import click

from clientes_app import create_app
from clientes_app.auth import first_run
from clientes_app.background.daily import start_daily
from clientes_app.background.import_supervisor import start_imports
from clientes_app.background.schedules import start_schedules
from clientes_app.background.sender import simulate, start_sender
from clientes_app.config import SettingsError
from clientes_app.database.transactions import expect_many_reads
from clientes_app.extensions import db
from clientes_app.files import private_files
from clientes_app.live import streams
from clientes_app.settings import settings_of

private_files.keep_new_ones()
try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"clientes: {error}")

_settings = settings_of(app)
private_files.keep_old_ones(_settings)

# `flask --app wsgi …` loads this file for its commands as well: those do not send.
_command = click.get_current_context(silent=True)
_serves = _command is None or _command.info_name == "run"
_works = _serves and not _settings.distributed
if _serves:
    with app.app_context():
        expect_many_reads(db.engine)
_sender = start_sender(app) if _works else None
_schedules = start_schedules(app) if _sender else None
_imports = start_imports(app) if _works else None
_daily = start_daily(app) if _serves else None
if _serves and _settings.distributed and _settings.simulated:
    simulate(app, _settings)
if _serves:
    first_run.announce(app)


def wind_down() -> None:
    """Begin to stop: streams end, the sender takes nothing new. A signal handler may call it."""
    streams.close(app)
    if _daily is not None:
        _daily.stop()
    if _imports is not None:
        _imports.stop()
    if _schedules is not None:
        _schedules.stop()
    if _sender is not None:
        _sender.wind_down()


def finish() -> None:
    """Wait until the streams have ended and what is in flight is recorded."""
    streams.finish(app)
    if _sender is not None:
        _sender.stop()
