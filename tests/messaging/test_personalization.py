"""Templates: what is a placeholder, and what a client's name becomes in the message."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientes_app.messaging.personalization import MAX_LENGTH, render, unknown_placeholders

WITHOUT_BRACES = st.text(alphabet=st.characters(exclude_characters="{}"))


def test_the_limit_is_the_one_of_twilio() -> None:
    assert MAX_LENGTH == 1600


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hola {nombre}", []),
        ("Hola {apellido}", ["{apellido}"]),
        ("{b} {a} {nombre} {b}", ["{b}", "{a}"]),
        ("{Nombre} {NOMBRE}", ["{Nombre}", "{NOMBRE}"]),
        ("{año} {dirección} {campo_1} {0}", ["{año}", "{dirección}", "{campo_1}", "{0}"]),
        ("{an\N{COMBINING TILDE}o}", ["{año}"]),
        ("{{apellido}}", ["{apellido}"]),
        ("{} { } { y } y {dos palabras} :-{ {nombre", []),
        ("{a-b} {a.b} {a!r}", []),
        ("", []),
    ],
)
def test_every_other_word_in_braces_is_unknown(text: str, found: list[str]) -> None:
    assert unknown_placeholders(text) == found


@pytest.mark.parametrize(
    ("text", "nombre", "message"),
    [
        ("Hola {nombre}!", "Ana", "Hola Ana!"),
        ("{nombre}{nombre}", "Ana", "AnaAna"),
        ("Hola", "Ana", "Hola"),
        ("Hola {nombre}", "", "Hola "),
        ("Hola {nombre}", "{nombre}", "Hola {nombre}"),
        ("{nombre} y {nombre}", "{nombre}{nombre}", "{nombre}{nombre} y {nombre}{nombre}"),
        ("Hola {nombre}", r"\1 \g<0> \\", r"Hola \1 \g<0> \\"),
        ("{{nombre}}", "Ana", "{Ana}"),
        ("{} {0} %s {nombre} { }", "Ana", "{} {0} %s Ana { }"),
    ],
)
def test_the_name_takes_the_place_of_the_placeholder(text: str, nombre: str, message: str) -> None:
    assert render(text, nombre) == message


def test_decomposed_accents_are_composed_across_the_seams() -> None:
    assert render("man\N{COMBINING TILDE}ana {nombre}", "Jose\N{COMBINING ACUTE ACCENT}") == "mañana José"
    assert render("{nombre}\N{COMBINING ACUTE ACCENT}", "Jose") == "José"


@given(WITHOUT_BRACES, WITHOUT_BRACES, st.text())
def test_a_name_is_inserted_once_and_as_it_is(before: str, after: str, nombre: str) -> None:
    message = render(before + "{nombre}" + after, nombre)
    assert message == unicodedata.normalize("NFC", before + nombre + after)


@given(WITHOUT_BRACES, st.text())
def test_a_text_without_placeholders_ignores_the_name(text: str, nombre: str) -> None:
    assert render(text, nombre) == unicodedata.normalize("NFC", text)
