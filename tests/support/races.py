"""Races: several acts begun at one moment, each in an app context and on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from flask import Flask

from clientes_app.errors import DomainError
from clientes_app.extensions import db

Act = Callable[[], Any]


@dataclass(frozen=True)
class Outcomes:
    """What became of the acts of a race, in the order in which they were given."""

    all: Sequence[Any]
    """What each returned, or the DomainError that it raised."""

    @property
    def won(self) -> list[Any]:
        """Return what those returned that were not refused."""
        return [each for each in self.all if not isinstance(each, DomainError)]

    @property
    def refused(self) -> list[DomainError]:
        """Return the refusals."""
        return [each for each in self.all if isinstance(each, DomainError)]


def race(app: Flask, *acts: Act) -> Outcomes:
    """Let all acts begin at one moment; an error that is no refusal fails the test."""
    start = Barrier(len(acts))

    def run(act: Act) -> Any:
        with app.test_request_context():
            # With a connection at hand none of them is late.
            db.session.connection()
            db.session.commit()
            start.wait(30)
            try:
                return act()
            except DomainError as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as threads:
        return Outcomes(list(threads.map(run, acts)))
