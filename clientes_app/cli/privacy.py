"""`privacy`: retention from the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ..privacy.retention import sweep as sweep_all
from ..settings import current_settings

group = AppGroup("privacy", help="Personal data.")


@group.command("sweep")
def sweep() -> None:
    """Blank the messages that were kept long enough, and delete forgotten uploads; the server does it every day."""
    done = sweep_all(current_settings().uploads_path)
    click.echo(f"{done.messages} messages of {done.campaigns} campaigns blanked, {done.imports} imports cancelled")
