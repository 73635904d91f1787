"""A simulator in a process of its own, which lives no longer than the one that started it."""

import logging
import re
import subprocess
import sys
from pathlib import Path
from threading import Event, Lock, Thread, Timer
from typing import Self
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

PROJECT = Path(__file__).parents[2]
START_TIMEOUT_S = 10
STOP_TIMEOUT_S = 5
RESTART_S = 1


class SimulatorNotStarted(RuntimeError):
    """The simulator did not say in time where it listens; the reason is on the standard error."""


class SimulatorProcess:
    """A running simulator; as a context manager it stops at the end."""

    def __init__(self, process: subprocess.Popen[str], base_url: str) -> None:
        self._process = process
        self.base_url = base_url

    @classmethod
    def start(cls, ledger: Path | None = None, latency_ms: float = 0, *options: str) -> Self:
        """Start a simulator on a free port; `options` are further ones of its command line.

        Raises SimulatorNotStarted if it does not listen within `START_TIMEOUT_S` seconds.
        """
        file = ["--ledger", str(ledger.resolve())] if ledger else []
        process = _spawn("--latency", str(latency_ms), *file, *options)
        try:
            return cls(process, _read_base_url(process))
        except SimulatorNotStarted:
            _end(process)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The identifier of the process."""
        return self._process.pid

    def wait(self) -> None:
        """Return when the process has ended."""
        self._process.wait()

    def stop(self) -> int:
        """End the process, by force if it takes longer than `STOP_TIMEOUT_S` seconds; give its exit code."""
        return _end(self._process)


class LastingSimulator:
    """A simulator that is started again, at the same address and with its ledger, whenever it has died."""

    def __init__(self, ledger: Path, latency_ms: float = 0) -> None:
        """Start it; raises SimulatorNotStarted."""
        self._ledger = ledger
        self._latency_ms = latency_ms
        self._process = SimulatorProcess.start(ledger, latency_ms)
        self.base_url = self._process.base_url
        self._changing = Lock()
        self._stopping = Event()
        Thread(target=self._watch, name="simulator", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The identifier of the present process."""
        return self._process.pid

    def stop(self) -> None:
        """End it for good."""
        self._stopping.set()
        with self._changing:
            self._process.stop()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._process.wait()
            with self._changing:
                if not self._stopping.is_set():
                    self._start_again()

    def _start_again(self) -> None:
        log.warning("the simulated Twilio has ended; it is started again")
        self._process.stop()
        port = str(urlsplit(self.base_url).port)
        try:
            self._process = SimulatorProcess.start(self._ledger, self._latency_ms, "--port", port)
        except SimulatorNotStarted as error:
            log.warning("%s", error)
            self._stopping.wait(RESTART_S)


def _spawn(*options: str) -> subprocess.Popen[str]:
    module = ["-m", "clientes_app.simulator", "--port", "0", "--exit-with-parent"]
    return subprocess.Popen(  # noqa: S603 - the options come from the app, not from a user
        [sys.executable, *module, *options],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C in the terminal is for the app, which may still have answers to wait for.
        start_new_session=True,
    )


def _read_base_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    timer = Timer(START_TIMEOUT_S, process.kill)
    timer.start()
    try:
        line = process.stdout.readline()
    finally:
        timer.cancel()
    if match := re.search(r"http://\S+", line):
        return match.group()
    raise SimulatorNotStarted(f"the simulator did not start within {START_TIMEOUT_S} s or ended early")


def _end(process: subprocess.Popen[str]) -> int:
    process.terminate()
    # Leaving the block closes the pipes.
    with process:
        try:
            return process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
