"""`demo` and `prepare`: a shop to try the app with, and everything that `make run` needs before it serves."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import upgrade

from ..background.sender import LEDGER
from ..extensions import db
from ..settings import current_settings
from ..simulator.ledger import Ledger
from .demo_shop import load_shop


@click.command("demo", help="Load the sample shop into an empty database (simulated mode only).")
@with_appcontext
def demo() -> None:
    """Load the sample shop; a database that has people already is left alone."""
    if not current_settings().simulated:
        raise click.ClickException("The sample shop exists in simulated mode only.")
    click.echo("The sample shop is loaded." if _load() else "There are people already: nothing was loaded.")


@click.command("prepare", help="Bring the database up to date; in simulated mode load the sample shop the first time.")
@with_appcontext
def prepare() -> None:
    """Do what comes before the first request."""
    _prepare()


def make_ready(app: Flask) -> None:
    """Do the same in a process that forks the server's workers."""
    with app.app_context():
        _prepare()
        # A connection must not be shared with a worker.
        db.engine.dispose()


def _prepare() -> None:
    upgrade()
    settings = current_settings()
    click.echo(f"\n  Clientes  http://127.0.0.1:{settings.port}/\n")
    if settings.simulated:
        _load()
        click.echo("  Simulated mode: no real SMS goes out.")
        click.echo("  Log in as demo (admin) or vendedora, password demo. Ctrl-C stops.\n")


def _load() -> bool:
    ledger = Ledger(LEDGER)
    try:
        return load_shop(current_settings().default_region, ledger)
    finally:
        ledger.close()
