"""Programs of the system that tests run."""

from __future__ import annotations


class NotInstalled(Exception):
    """A program is not on this machine."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed: tests/install_system_packages.sh installs it")
