"""`privacy`: retention from the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ..extensions import db
from ..importing.storage.chosen import storage_of
from ..privacy.retention import sweep as sweep_all
from ..settings import current_settings

group = AppGroup("privacy", help="Personal data.")


@group.command("sweep")
def sweep() -> None:
    """Blank the messages that were kept long enough, and delete forgotten uploads; the server does it every day."""
    storage = storage_of(current_settings())
    done = sweep_all(storage)
    click.echo(f"{done.messages} messages of {done.campaigns} campaigns blanked, {done.imports} imports cancelled")
    if done.answers:
        click.echo(f"{done.answers} answers deleted")
    if deleted := storage.sweep(db.engine):
        click.echo(f"{deleted} files deleted that were left over")
