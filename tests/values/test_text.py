"""Text as people type it: what stays as it is, and runs of marks that would take minutes."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientes_app.values.text import MOST_MARKS, clean_block, clean_line, composed, fold

MARKS = [mark for mark in map(chr, range(0x300, 0x20000)) if unicodedata.combining(mark)]


@pytest.mark.parametrize(
    "text",
    [
        "Tiếng Việt: Nguyễn Thị Hồng Nhung",
        "مَرْحَبًا بِكُمْ",
        "שָׁלוֹם עֲלֵיכֶֽם",
        "བསྒྲུབས་ཀྱི",
        "Ñandú, pingüino y García-Márquez",
        "👩‍👩‍👧‍👦 👍🏽 ❤️‍🔥 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    ],
)
def test_what_languages_write_stays(text: str) -> None:
    written = unicodedata.normalize("NFC", text)
    assert (clean_line(text), clean_block(text)) == (written, written)


@given(st.text(), st.text(st.sampled_from(MARKS), min_size=MOST_MARKS + 1), st.text())
def test_a_letter_keeps_as_many_marks_as_any_language_writes(before: str, marks: str, after: str) -> None:
    run = longest = 0
    for character in composed(f"{before}a{marks}{after}"):
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    assert longest <= 2 * MOST_MARKS  # a mark may itself be made of two


@given(st.text(max_size=MOST_MARKS))
def test_other_text_is_composed_and_nothing_else(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("clean", [clean_line, clean_block, composed, fold])
def test_long_runs_of_marks_take_no_time(clean: object) -> None:
    text = "a" + "\u0316\u0300" * 100_000
    assert callable(clean)
    begun = time.thread_time()
    assert len(clean(text)) <= 1 + MOST_MARKS
    assert time.thread_time() - begun < 0.2


def test_what_is_folded_has_no_capital_letter_whatever_form_it_was_written_in() -> None:
    everything = [chr(number) for number in range(sys.maxunicode + 1) if not 0xD800 <= number < 0xE000]
    assert [character for character in everything if fold(fold(character)) != fold(character)] == []
    assert fold("𝓜𝓪𝓻í𝓪") == "maria"
