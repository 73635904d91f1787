"""The app as it runs in earnest: gunicorn in processes of its own, which a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from clientes_app.config import PROJECT_ROOT

from .carrier import wait_until


class Server:
    """A gunicorn on a free port, or at the socket that is its BIND; `environment` adds to the app's settings."""

    def __init__(self, database_url: str, log: Path, **environment: str) -> None:
        self._environment = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": "for tests only", **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._port = free_port()
        self._environment["PORT"] = str(self._port)
        self._socket = environment.get("BIND")
        self.place = f"unix:{self._socket}" if self._socket else f"127.0.0.1:{self._port}"
        self.url = f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The identifier of the process that its workers descend from."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app"],
                cwd=PROJECT_ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, 30)

    def kill(self) -> None:
        """Kill every one of its processes at once, as a power cut would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end, and answer its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def interrupt(self) -> int:
        """Press Ctrl-C, which reaches every one of its processes, and return the exit code."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(30)

    def log(self) -> str:
        """Return what it wrote."""
        return self._log.read_text()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        try:
            with closing(HTTPConnection("127.0.0.1", self._port)) as connection:
                self._take_socket(connection)
                connection.request("GET", "/cuenta/entrar/")
                return connection.getresponse().status < 400
        except OSError:
            return False

    def _take_socket(self, connection: HTTPConnection) -> None:
        if self._socket:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.connect(self._socket)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
