"""A clock that a test can put forward: what the app takes for the present moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

BOGOTA = ZoneInfo("America/Bogota")


class Clock:
    """Goes on from where it was set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead = timedelta()
        monkeypatch.setattr("clientes_app.models.types.read_clock", self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set(self, *moment: int, zone: ZoneInfo = BOGOTA) -> None:
        """Let it be a moment, given as year, month, day, hour and so on."""
        self._ahead = datetime(*moment, tzinfo=zone) - datetime.now(UTC)  # type: ignore[arg-type,misc]

    def pass_by(self, **time: float) -> None:
        """Let so much time pass."""
        self._ahead += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the app, to be set."""
    return Clock(monkeypatch)
