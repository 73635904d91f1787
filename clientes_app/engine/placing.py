"""Where campaigns become jobs: in the transaction that lets them run."""

from __future__ import annotations

from flask import Flask

from ..extensions import db
from ..sending.ordering import placed
from . import deferring


def init_app(app: Flask) -> None:
    """Have the app's campaigns placed with the workers."""
    with app.app_context():
        db.engine.update_execution_options(**{placed.OPTION: deferring.defer})
