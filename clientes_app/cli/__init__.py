"""Commands of `flask --app wsgi`."""

from __future__ import annotations

from flask import Flask

from . import campaigns, clients, demo, privacy, users, workers


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(users.group)
    app.cli.add_command(campaigns.group)
    app.cli.add_command(clients.group)
    app.cli.add_command(privacy.group)
    app.cli.add_command(demo.demo)
    app.cli.add_command(demo.prepare)
    app.cli.add_command(workers.worker)
    app.cli.add_command(workers.workers)
