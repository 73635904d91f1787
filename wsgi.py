"""The app for a server, and the only place that starts the sender."""

from __future__ import annotations

import sys

import click

from clientes_app import create_app
from clientes_app.config import SettingsError
from clientes_app.sender import start_sender

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"clientes: {error}")

# `flask --app wsgi …` loads this file for its commands as well: those do not send.
_command = click.get_current_context(silent=True)
if _command is None or _command.info_name == "run":
    start_sender(app)
