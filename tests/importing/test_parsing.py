"""The process that reads a large file beside the worker."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from clientes_app.client_files.columns import Layout
from clientes_app.client_files.meaning.roles import Role
from clientes_app.client_files.parsing import BATCH, Wanted, parts
from clientes_app.client_files.rows import LONG_CELL, LONG_NAME, reader_of

from ..support.carrier import wait_until

ROWS = BATCH * 4
LAYOUT = Layout((Role.NAME, Role.PHONE), has_titles=False)


def state_of(process: int) -> str:
    """Return a process's state: S where it waits, T where it is stopped."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def children() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clientes_app.client_files.parsing.LARGE_BYTES", 0)


def memory_of(process: int) -> int:
    """Return how many bytes of memory a process has."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def listed(path: Path, prefix: str) -> Path:
    path.write_text("".join(f"Cliente {n},{prefix}{3_001_000_000 + n}\n" for n in range(ROWS)))
    return path


def test_a_reader_that_is_stopped_for_a_while_leaves_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As containers often have it: then standard output writes only as much as the pipe takes before it is interrupted.
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    before = children()
    reading = parts(Wanted(listed(tmp_path / "lista.csv", ""), LAYOUT, "CO", after=0))
    rows = next(reading).rows
    (reader,) = children() - before
    for _ in range(3):
        wait_until(lambda: state_of(reader) == "S")
        os.kill(reader, signal.SIGSTOP)
        wait_until(lambda: state_of(reader) == "T")
        os.kill(reader, signal.SIGCONT)
    rows = [*rows, *(row for part in reading for row in part.rows)]
    assert [number for number, *_ in rows] == list(range(1, ROWS + 1))


def test_a_reader_that_is_killed_is_followed_by_another(tmp_path: Path) -> None:
    before = children()
    reading = parts(Wanted(listed(tmp_path / "lista.csv", ""), LAYOUT, "CO", after=0))
    rows = next(reading).rows
    (reader,) = children() - before
    os.kill(reader, signal.SIGKILL)
    rows = [*rows, *(row for part in reading for row in part.rows)]
    assert [number for number, *_ in rows] == list(range(1, ROWS + 1))


def test_a_reader_that_cannot_begin_is_given_up(tmp_path: Path) -> None:
    path = listed(tmp_path / "lista.csv", "")
    reading = parts(Wanted(path, LAYOUT, "CO", after=0))
    path.unlink()
    with pytest.raises(EOFError):
        next(reading)


def test_numbers_of_no_country_leave_nothing_in_memory(tmp_path: Path) -> None:
    before = children()
    reading = parts(Wanted(listed(tmp_path / "lista.csv", "+999"), LAYOUT, "CO", after=0))
    next(reading)
    (reader,) = children() - before
    at_first = memory_of(reader)
    for _ in reading:
        at_last = memory_of(reader)
    assert at_last - at_first < 30 << 20


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("a" + "\u0316\u0300" * 60_000, LONG_CELL),
        ("Ana" + " " * 3_000 + "Ruiz", LONG_CELL),
        ("(" * 1_900, LONG_NAME),
        ("=" + '"' * 100_000, LONG_CELL),
        ("Ã" * 100_000, LONG_CELL),
        ("9" * 100_000, LONG_CELL),
    ],
)
def test_a_cell_that_is_no_cell_takes_no_time(cell: str, fault: str) -> None:
    begun = time.thread_time()
    for cells in ([cell, "3001234567"], ["Ana", cell]):
        assert reader_of(LAYOUT, "CO")(cells).fault == fault or cells[0] == "Ana"
    assert time.thread_time() - begun < 0.2


def test_a_long_cell_that_nobody_asked_for_is_no_fault() -> None:
    row = reader_of(LAYOUT, "CO")(["Ana", "3001234567", "x" * 100_000])
    assert (row.nombre, row.fault) == ("Ana", "")
