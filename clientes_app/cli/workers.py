"""`worker` and `workers`: one machine's part of a chain's sending, and who takes part."""

from __future__ import annotations

import logging

import click
from flask import current_app
from flask.cli import with_appcontext

from ..engine.roll import living
from ..engine.working import QUEUES, run_worker
from ..extensions import db
from ..settings import current_settings


@click.command()
@click.option("--queues", default=",".join(QUEUES), show_default=True, help="What it does, separated by commas.")
@click.option("-v", "--verbose", is_flag=True, help="Say what it does; numbers are masked.")
@with_appcontext
def worker(*, queues: str, verbose: bool) -> None:
    """Send, import and look after campaigns, until SIGTERM; as many machines as you like may do so."""
    settings = current_settings()
    if not settings.distributed:
        raise click.ClickException("workers are for WORKERS=distributed; without it the server sends by itself")
    chosen = [name for name in map(str.strip, queues.split(",")) if name]
    if not chosen or set(chosen) - set(QUEUES):
        raise click.BadParameter(f"takes some of {', '.join(QUEUES)}", param_hint="--queues")
    if "send" in chosen and settings.missing:
        raise click.ClickException(f"nothing can be sent: {', '.join(settings.missing)} not set")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level="INFO" if verbose else "WARNING")
    run_worker(current_app._get_current_object(), chosen)  # type: ignore[attr-defined]


@click.command()
@with_appcontext
def workers() -> None:
    """List who sends: where, what, since when, and the last sign of life."""
    for one in living(db.engine):
        click.echo(f"{one.where}\t{one.queues}\tsince {one.since:%Y-%m-%d %H:%M:%S}Z\t{one.silent_for:.0f} s ago")
