"""How figures are printed."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from datetime import timedelta

import click


def row(title: str, *cells: str, stated: str = "") -> None:
    """Print a row of a table, and what the documentation states of it."""
    click.echo(f"  {title:>7}" + "".join(f"{cell:>11}" for cell in cells) + _beside(stated))


def say(title: str, value: str, stated: str = "") -> None:
    """Print a figure, and what the documentation states of it."""
    click.echo(f"{title:<46}{value:<22}{_beside(stated)}".rstrip())


def milliseconds(times: list[timedelta]) -> str:
    """Write the median of some times, and the longest."""
    each = [1_000 * time.total_seconds() for time in times]
    return f"{statistics.median(each):.0f} ms (at most {max(each):.0f})"


def spread(seconds: Iterable[float]) -> str:
    """Write the median of some times, their 95th percentile, and the longest."""
    each = sorted(1_000 * time for time in seconds)
    ninety_fifth = each[min(len(each) - 1, len(each) * 95 // 100)]
    return f"{statistics.median(each):.0f} / {ninety_fifth:.0f} / {each[-1]:.0f} ms"


def _beside(stated: str) -> str:
    return f"  (stated: {stated})" if stated else ""
