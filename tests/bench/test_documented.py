"""What the parts of the bench print beside their figures is stated."""

from __future__ import annotations

import importlib

import pytest

from .documented import Figure


def test_every_figure_that_a_part_prints_beside_its_own_is_stated() -> None:
    importlib.import_module("tests.bench.__main__")

    with pytest.raises(LookupError):
        Figure("a million clients, over HTTP", "nobody has measured this")


def test_a_figure_is_read_from_its_row_and_under_its_heading() -> None:
    figure = Figure("a million rows, from the file", "peak memory")

    assert figure.under("sqlite").endswith(" MB")
