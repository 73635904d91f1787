"""What nobody sees is taken out of a text, and with it what turns or hides the text around it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientes_app.values.text import clean_block, clean_line

from ..support.checking_client import CheckingClient

REQUIRED = "Llena este campo."
UNSEEN = (
    "\u200b\u3164\u2800\u00ad\u034f\u115f\u1160\u17b4\u180e\u200c\u200d\u200e\u202e\u2060\u2066\ufe0f\ufeff\uffa0\ufff9"
)
AWKWARD = st.text(
    st.one_of(st.sampled_from(f"a é1{UNSEEN}\u0301\u0316\U0001f3f4\U000e0067\U000e007f\r\n\t"), st.characters())
)


@pytest.mark.parametrize("mark", [*UNSEEN, "\U000e0041", "\U0001d173", "\u2028", "\x07", "\ud800", " \u200b\t"])
def test_a_text_of_what_nobody_sees_is_empty(mark: str) -> None:
    assert (clean_line(mark), clean_block(mark), clean_line(mark * 3)) == ("", "", "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\u202eAna\u202c Ruiz", "Ana Ruiz"),
        ("Ana\u200b Ru\u00adiz\u200d\ufe0f", "Ana Ruiz"),
        ("Luis\rGil", "Luis Gil"),
        ("Ana\r\nRuiz", "Ana Ruiz"),
        ("Eva\x0bPaz\x00Sol\u2028Mar", "Eva Paz Sol Mar"),
        ("Ana\u3164Ruiz", "Ana Ruiz"),
    ],
)
def test_marks_go_and_control_characters_part_words(text: str, line: str) -> None:
    assert clean_line(text) == line


@pytest.mark.parametrize("text", ["می‌خواهم", "क्‍ष", "1️⃣ ❤️", "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "葛󠄀"])
def test_what_languages_and_emoji_write_with_stays(text: str) -> None:
    assert (clean_line(text), clean_block(text)) == (text, text)


@given(AWKWARD)
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    for clean in (clean_line, clean_block):
        assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "text", ["\u200b" * 500_000, " \u200d" * 250_000, "\r" + " " * 500_000, "\U0001f3f4" * 200_000]
)
def test_long_runs_take_no_time(text: str) -> None:
    begun = time.thread_time()
    clean_line(text)
    clean_block(text)
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u2800 \u202e"])
def test_a_client_whose_name_nobody_sees_is_refused(admin: CheckingClient, name: str) -> None:
    assert REQUIRED in admin.send("/clientes/nuevo/", {"nombre": name, "telefono": "3001234567"}).text
    answer = admin.send_json("/clientes/crear/ajax/", {"nombre": name, "telefono": "3001234567"})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (400, ["nombre"])


def test_a_template_that_nobody_sees_is_refused(admin: CheckingClient) -> None:
    answer = admin.send("/clientes/plantillas/crear/", {"nombre": "Nada", "mensaje": "\u200b\u2800"})
    assert REQUIRED in answer.text
