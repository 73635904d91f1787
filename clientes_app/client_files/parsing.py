"""The rows of a file, batch by batch; those of a large file in a process beside this one, so that two cores work."""

from __future__ import annotations

import json
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ..config import PROJECT_ROOT
from ..serving.garbage import look_seldom
from .columns import Layout, source_of
from .lines import LeftOut, parted
from .plain_rows import quick_reader_of
from .reading import numbered_rows
from .refusals import Refused
from .rows import Row

log = logging.getLogger(__name__)

BATCH = 5_000
LESS_URGENT = 5
"""Than the worker; no less than that, for the worker's sign of life waits for rows."""

LARGE_BYTES = 2 << 20
"""From here on the other process is worth its start."""

ReadRow = tuple[Any, ...]
"""A row's number in the file, its cells as JSON, and what a `Row` has: flat, as it is handed over and stored."""
ReadRows = list[ReadRow]


class Part(NamedTuple):
    """What comes next in a file."""

    rows: ReadRows
    apart: list[LeftOut]
    """The lines beside them that are no rows, whatever row is to be the first."""
    read: int
    """How many rows the file has as far as here, from its beginning on."""


@dataclass(frozen=True)
class Wanted:
    """What is to be read: the rows of a file after the one with this number."""

    path: Path
    layout: Layout
    region: str
    after: int


def row_of(read: ReadRow) -> Row:
    """Return what a row says."""
    return Row._make(read[2:])


def parts(wanted: Wanted) -> Iterator[Part]:
    """Read a file part by part, and validate the rows that are clients.

    Raises Refused where the file turns out not to be readable.
    """
    large = wanted.path.stat().st_size >= LARGE_BYTES
    return _read_beside(wanted) if large else _read(wanted)


def _read(wanted: Wanted) -> Iterator[Part]:
    lines = parted(numbered_rows(source_of(wanted.path, wanted.layout)), wanted.layout, wanted.region)
    as_row = quick_reader_of(wanted.layout, wanted.region)
    read = 0
    while some := list(islice(lines, BATCH)):
        apart = [line for line in some if isinstance(line, LeftOut)]
        read += len(some) - len(apart)
        records = (line for line in some if not isinstance(line, LeftOut) and line[0] > wanted.after)
        rows = [(number, _as_json(cells), *as_row(cells)) for number, cells in records]
        if rows or apart:
            yield Part(rows, apart, read)
    yield Part([], [], read)


def _read_beside(wanted: Wanted) -> Iterator[Part]:
    """Read in another process; where it is killed, in a further one, unless that does not get any further."""
    while True:
        before = wanted.after
        try:
            for part in _answers(wanted):
                yield part
                if part.rows:
                    wanted = replace(wanted, after=part.rows[-1][0])
        except (EOFError, pickle.UnpicklingError):
            if wanted.after == before:
                raise
            log.warning("the process that read a file ended in the middle of it; another goes on")
        else:
            return


def _answers(wanted: Wanted) -> Iterator[Part]:
    command = [sys.executable, "-c", f"from {__name__} import answer; answer()"]
    with subprocess.Popen(  # noqa: S603 (the command is ours)
        command, cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            pickle.dump(wanted, process.stdin)
            process.stdin.close()
            # It is our own process that answers.
            while said := pickle.load(process.stdout):  # noqa: S301
                if isinstance(said, Refused):
                    raise said
                yield said
        finally:
            process.kill()


def answer() -> None:
    """Be the process beside: answer the parts that are wanted, then None."""
    look_seldom()
    # It holds no lock of the database's: only the worker waits for it.
    os.nice(LESS_URGENT)
    wanted = pickle.load(sys.stdin.buffer)  # noqa: S301
    # sys.stdout may be unbuffered, and then a write that is interrupted leaves the rest out.
    with os.fdopen(sys.stdout.fileno(), "wb") as answers:
        try:
            for part in _read(wanted):
                pickle.dump(part, answers, pickle.HIGHEST_PROTOCOL)
        except Refused as refusal:
            pickle.dump(refusal, answers)
        pickle.dump(None, answers)


def _as_json(cells: Sequence[str]) -> str:
    """Return cells as `json.dumps` writes them; of nearly all there is, in a third of the time."""
    between = '", "'
    text = between.join(cells)
    if text.isprintable() and "\\" not in text and text.count('"') == 2 * (len(cells) - 1):
        return f'["{text}"]'
    return json.dumps(cells, ensure_ascii=False)
