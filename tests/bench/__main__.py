"""`python -m tests.bench`: how fast the sender is, a million clients are found, and reports and lists are there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import click
from flask import Flask

from clientes_app import create_app
from clientes_app.config import Settings
from clientes_app.extensions import db

from ..support.databases import migrate
from ..support.postgres import running_postgres
from .drawing import measure_drawing
from .finding import measure_finding
from .reports import measure_reports
from .sending import Plan, measure_sending
from .viewers import measure_viewers
from .workers import measure_workers
from .writers import measure_writers

PARTS = {
    "sqlite": ("sending", "viewers", "finding", "reports", "drawing", "writers"),
    "postgresql": ("sending", "viewers", "finding", "reports", "workers"),
}
QUICK = {"recipients": 2_000, "few": 2_000, "many": 20_000, "called_back": 1_500}


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), multiple=True, help="Default: both.")
@click.option("--part", type=click.Choice(sorted({*chain(*PARTS.values())})), multiple=True, help="Default: all.")
@click.option("--recipients", default=20_000, show_default=True, help="Of the campaigns whose pace is measured.")
@click.option("--few", default=10_000, show_default=True, help="The smaller campaign whose memory is measured.")
@click.option("--many", default=200_000, show_default=True, help="The bigger campaign whose memory is measured.")
@click.option("--called-back", default=15_000, show_default=True, help="Messages that Twilio calls back for.")
@click.option("--in-flight", default=100, show_default=True, help="Messages at Twilio at one time.")
@click.option("--rounds", default=1, show_default=True, help="How often the pace is measured.")
@click.option("--clients", default=1_000_000, show_default=True, help="How many are imported, found and tagged.")
@click.option("--quick", is_flag=True, help="Measure a tenth.")
def main(database: tuple[str, ...], part: tuple[str, ...], clients: int, quick: bool, **sizes: int) -> None:
    """Measure and print tables."""
    plan = Plan(**sizes | (QUICK if quick else {}))
    for name in database or ("sqlite", "postgresql"):
        for each in part or PARTS[name]:
            with tempfile.TemporaryDirectory(prefix="clientes-bench-") as path, _database(name, Path(path)) as app:
                folder = Path(path)
                if each == "sending":
                    measure_sending(name, app, folder / "server.log", plan)
                elif each == "viewers":
                    measure_viewers(name, app, folder / "server.log", plan.recipients, plan.in_flight)
                elif each == "workers":
                    measure_workers(app, plan.recipients, plan.in_flight)
                elif each == "writers":
                    measure_writers(app, clients // 10 if quick else clients)
                elif each == "reports":
                    measure_reports(name, app, clients // 10 if quick else clients)
                elif each == "drawing":
                    measure_drawing(name, app)
                else:
                    measure_finding(name, app, folder, clients // 10 if quick else clients)


@contextmanager
def _database(name: str, folder: Path) -> Iterator[Flask]:
    """Return an app on a new, migrated database."""
    with _address(name, folder) as url:
        migrate(url)
        app = create_app(Settings(secret_key="for tests only", database_url=url))
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def _address(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'clientes.sqlite'}"
        return
    # Unlike in tests it waits for the disk, as it would in earnest.
    with running_postgres("") as server, server.database() as url:
        yield url


if __name__ == "__main__":
    main()
