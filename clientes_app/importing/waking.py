"""Says that an import waits for a worker, to whatever keeps one for this app."""

from __future__ import annotations

from typing import Protocol, cast

from flask import current_app

KEY = "clientes.imports"


class _Keeper(Protocol):
    def wake(self) -> None: ...


def wake() -> None:
    """Say that an import waits for a worker, where the app keeps one."""
    keeper = cast(_Keeper | None, current_app.extensions.get(KEY))
    if keeper is not None:
        keeper.wake()
