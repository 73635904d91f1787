"""Looks that follow each other quickly."""

from __future__ import annotations

import pytest

from clientes_app.live import feed


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LOOK_SECONDS", 0.05)
