"""The lines of a file that are no rows, as runs: titles and what else stands around the list, blank lines, totals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ...client_files.columns import Layout
from ...client_files.lines import left_out
from .verdicts import Apart


class Run(NamedTuple):
    """Lines of one kind, one after the other."""

    first: int
    last: int
    kind: Apart
    text: str = ""
    """What stands in the first of them."""


def runs_of(path: Path, layout: Layout, region: str) -> Iterator[Run]:
    """Return the lines of a file that are no rows.

    Raises Refused where the file turns out not to be readable.
    """
    return (Run(each.first, each.last, Apart(each.kind.value), each.text) for each in left_out(path, layout, region))
