"""The process that reads a large file beside the worker."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from clientes_app.client_files.columns import Layout, Role
from clientes_app.client_files.parsing import BATCH, Wanted, batches

from ..support.carrier import wait_until

ROWS = BATCH * 4


def state_of(process: int) -> str:
    """Answer a process's state: S where it waits, T where it is stopped."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def children() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


def test_a_reader_that_is_stopped_for_a_while_leaves_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As containers often have it: then standard output writes only as much as the pipe takes before it is interrupted.
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    monkeypatch.setattr("clientes_app.client_files.parsing.LARGE_BYTES", 0)
    path = tmp_path / "lista.csv"
    path.write_text("".join(f"Cliente {n},{3_001_000_000 + n}\n" for n in range(ROWS)))
    before = children()
    reading = batches(Wanted(path, Layout((Role.NAME, Role.PHONE), has_titles=False), "CO", after=0))
    rows = list(next(reading))
    (reader,) = children() - before
    for _ in range(3):
        wait_until(lambda: state_of(reader) == "S")
        os.kill(reader, signal.SIGSTOP)
        wait_until(lambda: state_of(reader) == "T")
        os.kill(reader, signal.SIGCONT)
    rows += [row for batch in reading for row in batch]
    assert [record[0] for record, _ in rows] == list(range(1, ROWS + 1))
