"""`worker` and `workers`: one machine's part of a chain's work, and who takes part."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ..engine.roll import Living, living
from ..engine.working import QUEUES, run_worker
from ..extensions import db
from ..settings import current_settings

HEADINGS = ("WHERE", "DOES", "SINCE", "LAST SIGN OF LIFE")
SERVER = "server"
"""What the process is called that serves the pages, and sends beside that."""


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
    _require_database(db.engine)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level="INFO" if verbose else "WARNING")
    run_worker(current_app._get_current_object(), chosen)  # type: ignore[attr-defined]


def _require_database(engine: Engine) -> None:
    try:
        engine.connect().close()
    except DBAPIError as error:
        raise click.ClickException(f"the database cannot be reached: {str(error.orig).splitlines()[0]}") from error


@click.command()
@with_appcontext
def workers() -> None:
    """List who is alive: where, what it does, since when, and how long ago it gave a sign of life."""
    listed = living(db.engine)
    for line in _aligned([HEADINGS, *map(_cells, listed)]) if listed else ():
        click.echo(line)
    if not any(one.is_alive and one.sends for one in listed):
        click.echo("Nobody sends.")


def _cells(one: Living) -> tuple[str, ...]:
    sign = f"{one.silent_for:.0f} s ago" if one.is_alive else f"{one.silent_for:.0f} s ago: gone"
    return one.where, one.queues or SERVER, f"{one.since:%Y-%m-%d %H:%M:%S}Z", sign


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Write rows as lines whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
