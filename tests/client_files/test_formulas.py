"""Formulas in files for spreadsheets: none runs, whatever parts the cells, and all is read back as it was."""

from __future__ import annotations

import csv
import time
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clientes_app.client_files.cells import as_it_stands, kept, tidy, tidy_number
from clientes_app.client_files.formulas import defused
from clientes_app.client_files.meaning.tag_lists import join_tags, split_tags
from clientes_app.values.text import clean_line
from clientes_app.web.csv_export import HABITS, written

SIGNS = "=+-@＝＋－＠"
LEFT_OUT = " \t\r\n\x00\x1f\x85\u00a0\u200b\u2028\ufeff\"'"

awkward = st.text(st.sampled_from(f"{SIGNS}{LEFT_OUT},;|ab5.0eEÃ­ñ\u0301"), max_size=12)
texts = st.one_of(awkward, st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
lines = texts.map(clean_line)


def cells_anywhere(content: str) -> list[str]:
    """Return the cells of a file as programs that expect one delimiter or another see them."""
    rows = (csv.reader(StringIO(content, newline=""), delimiter=delimiter) for delimiter in ",;\t|")
    return [cell for each in rows for row in each for cell in row]


def runs(cell: str) -> bool:
    """Return whether a spreadsheet that leaves out what it may leave out would take a cell for a formula."""
    begun = cell.lstrip(LEFT_OUT.replace("'", ""))
    return begun[:1] in SIGNS and begun != "" and not (begun[0] == "+" and begun[1:].isdecimal())


@pytest.mark.parametrize("language", ["es", "en"])
@given(row=st.lists(texts, min_size=1, max_size=4))
@example(row=["Juan,=1+1"])
@example(row=["Juan;=1+1", "x"])
@example(row=["x", "Juan\t=1+1|=2\n=3\r=4"])
@example(row=["x", "Juan,\" '=1+1"])
@example(row=["x", "a,＝1"])
@example(row=["x", "\ufeff=1", "\x00=1", "\t=1", "\r\n=1"])
def test_no_cell_runs_whatever_parts_the_cells(language: str, row: list[str]) -> None:
    content = "".join(written([[row]], HABITS[language]))
    assert not [cell for cell in cells_anywhere(content.removeprefix("\ufeff")) if runs(cell)]


@given(text=lines)
@example(text="=1+1")
@example(text="'=1+1")
@example(text='="Ana"')
@example(text="'t Hooft")
@example(text="''t Hooft")
@example(text="'52123456")
@example(text="3001234567.0")
@example(text="'3001234567.0")
@example(text="3.001234567E+09")
@example(text="MarÃ³n")
@example(text="'MarÃ³n")
@example(text="Ana  Ruiz")
@example(text="a,'=1")
@example(text="+57 300 123 4567")
@example(text="+573001234567")
@example(text="'+573001234567")
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    for cell in (defused(kept(text)), as_it_stands(text)):
        assert (tidy(cell), tidy_number(cell)) == (text, text)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'t Hooft", "'t Hooft"),
        (" 't Hooft ", "'t Hooft"),
        ("'Juan, el de la tienda", "'Juan, el de la tienda"),
        ("Juan,'el mono'", "Juan,'el mono'"),
        ("'52123456", "52123456"),
        ("'+57 300 123 4567", "+57 300 123 4567"),
        ("'+573001234567", "+573001234567"),
        ("'=1+1", "=1+1"),
        ('="3001234567"', "3001234567"),
        ('="3001234567" ', "3001234567"),
    ],
)
def test_apostrophes_of_other_programs_files(cell: str, text: str) -> None:
    assert tidy_number(cell) == text


@pytest.mark.parametrize("text", ["María Pérez", "Ruiz - Gil", "300-123-4567", "ana@b.co", "+573001234567", "1 - 2, 3"])
def test_what_runs_nowhere_is_written_as_it_is(text: str) -> None:
    assert defused(kept(text)) == text


@given(tags=st.lists(lines.filter(bool), unique=True, max_size=5))
@example(tags=["a;b", 'c"d', '"', "e, f|g", "'", "=1"])
def test_tags_are_read_back_as_they_were(tags: list[str]) -> None:
    assert split_tags(join_tags(tags)) == tuple(tags)
    assert split_tags(tidy(defused(kept(join_tags(tags))))) == tuple(tags)


@pytest.mark.parametrize("unit", ["\t", ",", "'", '"', "=", ",=", ",'", '",', '"",', "\u200b", " \t'\"", "Ã"])
def test_long_runs_cost_little(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.thread_time()
    defused(kept(text))
    tidy_number(text)
    split_tags(text)
    as_it_stands(text)
    assert time.thread_time() - began < 2
