"""The lines of a file that are no rows, as runs: titles and what else stands around the list, blank lines, totals."""

from __future__ import annotations

from typing import NamedTuple

from ...client_files.lines import LeftOut
from .verdicts import Apart


class Run(NamedTuple):
    """Lines of one kind, one after the other."""

    first: int
    last: int
    kind: Apart
    text: str = ""
    """What stands in the first of them."""


def run_of(lines: LeftOut) -> Run:
    """Return lines as they are kept."""
    return Run(lines.first, lines.last, Apart(lines.kind.value), lines.text)
