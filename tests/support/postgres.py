"""A PostgreSQL server of the test run's own: in a temporary folder, reached through a socket there."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from .programs import NotInstalled

_SYSTEM_ACCOUNT = "postgres"
_NO_WAITING = "-F"
_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
"""The bytes that a server of a whole run finds place in."""


class PostgresServer:
    """A running server, whose databases are made and dropped by name."""

    def __init__(self, folder: Path, durability: str) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._options = f"{durability} -k {folder} -c listen_addresses="

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        log = self._folder / "log"
        _run("pg_ctl", "start", "--wait", "--silent", "-D", self._data, "-l", log, "-o", self._options)

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        _run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate", "-D", self._data)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Make a database for a while, as a copy of another one; give its address."""
        name = f"test_{secrets.token_hex(8)}"
        try:
            yield self.create(name, template)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database as a copy of another one, to which nobody may be connected; answer its address."""
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres(durability: str = _NO_WAITING) -> Iterator[PostgresServer]:
    """Run a server that keeps its defaults, but does not wait for the disk, and so needs none where memory has room."""
    place = _memory() if durability == _NO_WAITING else None
    # Not pytest's own folder: the path of a socket has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="clientes-postgres-", dir=place) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, _SYSTEM_ACCOUNT)
        data = folder / "data"
        _run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "-D", data)
        server = PostgresServer(folder, durability)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _memory() -> Path | None:
    """Return the folder that is kept in memory, where there is room: a new database there costs a fifth."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM else None


def _run(program: str, *arguments: str | Path) -> None:
    """Run one of the server's programs; they refuse to be run by root."""
    account = _SYSTEM_ACCOUNT if os.geteuid() == 0 else None
    groups: list[str] | None = [] if account else None
    command = [programs() / program, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=account, group=account, extra_groups=groups)


def programs() -> Path:
    """Return the folder of the newest server installed; Debian keeps it off the PATH.

    Raises NotInstalled.
    """
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    initdb = versions[-1] if versions else shutil.which("initdb")
    if not initdb:
        raise NotInstalled("PostgreSQL")
    return Path(initdb).parent
