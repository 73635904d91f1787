"""Templates: what is a placeholder, and what a client's name becomes in the message."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientes_app.messaging.personalization import LONGEST_NAME, MAX_LENGTH, Recipient, Shared, Template, template_of
from clientes_app.messaging.template_placeholders import MOST_TOLD, Mistake, Placeholder, vocabulary_with
from clientes_app.messaging.wording import Kind

mistakes = vocabulary_with().mistakes

WITHOUT_BRACES = st.text(alphabet=st.characters(exclude_characters="{}"))
PLACEHOLDERS = ["{nombre}", "{nombre_sin_tildes}", "{ nombre }", "{primer_nombre_sin_tildes|Ñañá}", "é"]
TEXTS_WITH_PLACEHOLDERS = st.builds(
    lambda count, placeholders: "x" * count + "".join(placeholders),
    st.integers(0, 1580),
    st.lists(st.sampled_from(PLACEHOLDERS), max_size=3),
).filter(lambda text: len(text) <= MAX_LENGTH)


def render(text: str, nombre: str) -> str:
    return Template(text, Shared()).render(Recipient(nombre))


def with_plain_values(text: str) -> str:
    return Template(text, Shared()).with_plain_values().text


def test_the_limit_is_the_one_of_twilio() -> None:
    assert MAX_LENGTH == 1600


@pytest.mark.parametrize(
    "text",
    [
        *("{nombre}", "{ nombre }", "{nombre }", "{\N{NO-BREAK SPACE}nombre}", "{nombre\n}"),
        *("{NOMBRE}", "{Nombre}", "{nom\u200bbre}", "{\u200bnombre\ufeff}", "{nombre\u2060}", "{ｎｏｍｂｒｅ}"),
    ],
)
def test_it_is_filled_in_where_it_is_clear_what_is_meant(text: str) -> None:
    assert mistakes(f"Hola {text}") == []
    assert render(f"Hola {text}!", "Ana") == "Hola Ana!"


@pytest.mark.parametrize(
    "written",
    [
        *("{nombr}", "{nonbre}", "{nmobre}", "{nómbre}", "{nombres}", "{nombre.}", "{nom}", "{name}"),
        *(
            "{Nombre Completo}",
            "{nombre del cliente}",
            "{tu nombre}",
            "{cliente.nombre}",
            "{cliente}",
        ),
        *("{{nombre}}", "{{ nombre }}", "{{{nombre}}}", "{{nombre}", "{nombre}}"),
        *("[nombre]", "[ Nombre ]", "[[nombre]]", "<nombre>", "<<nombre>>", "%nombre%", "｛nombre｝", "[name]"),
        *("{nombre)", "(nombre}", "{nombre]", "<nombre}"),
    ],
)
def test_of_a_near_miss_it_is_said_what_it_resembles(written: str) -> None:
    assert mistakes(f"Hola {written}, ven") == [Mistake(written, "{nombre}")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hola {apellido}", ["{apellido}"]),
        ("{b} {a} {nombre} {b}", ["{b}", "{a}"]),
        ("{año} {dirección} {campo_1} {0} { y }", ["{año}", "{dirección}", "{campo_1}", "{0}", "{ y }"]),
        ("{an\N{COMBINING TILDE}o}", ["{año}"]),
        ("{{apellido}}", ["{{apellido}}"]),
        ("Llega {fecha de entrega}", ["{fecha de entrega}"]),
        ("{a-b} {a.b} {a!r}", ["{a-b}", "{a.b}", "{a!r}"]),
    ],
)
def test_whatever_else_stands_in_braces_is_unknown(text: str, found: list[str]) -> None:
    assert mistakes(text) == [Mistake(written, None) for written in found]


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "{ }", "{{}}", "} y {", ":-{ nada", "nombre}", "{-_-}", "{\u200b}", "{¡!}"),
        *("(nombre)", "<b>", "[1]", "[link]", "20% nombre 30%", "Tu nombre", "a < nombre", "{" + "palabra " * 10 + "}"),
    ],
)
def test_braces_alone_and_other_signs_are_text(text: str) -> None:
    assert mistakes(text) == []
    assert render(text, "Ana") == text


def test_of_many_mistakes_the_first_are_told() -> None:
    assert [each.written for each in mistakes("".join(f"{{x{place}}}" for place in range(500)))] == [
        f"{{x{place}}}" for place in range(MOST_TOLD)
    ]


def test_a_value_can_be_written_without_accents() -> None:
    assert render("{nombre_sin_tildes} y {nombre}", "Ramón Muñoz") == "Ramon Muñoz y Ramón Muñoz"
    assert with_plain_values("Hola { Nombre }, {nombre_sin_tildes}") == "Hola {nombre_sin_tildes}, {nombre_sin_tildes}"
    assert mistakes("{nombre sin tildes}") == [Mistake("{nombre sin tildes}", "{nombre_sin_tildes}")]


@given(TEXTS_WITH_PLACEHOLDERS, st.text(max_size=LONGEST_NAME))
def test_a_name_that_fits_by_its_length_fits(text: str, nombre: str) -> None:
    template = Template(text, Shared())
    nombre = unicodedata.normalize("NFC", nombre)[:LONGEST_NAME]
    room = template.room()
    if room is None or sum(template.weights().values()) * len(nombre) <= room:
        assert not template.is_too_long(Recipient(nombre))


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


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Hola {nombre, hay promo", "{nombre"),
        ("Hola {nombre hay promo en {tienda}", "{nombre"),
        ("Hola {primer_nombre|amigo", "{primer_nombre"),
        (":-{ {nombre", "{nombre"),
    ],
)
def test_a_brace_that_was_forgotten_is_told(text: str, written: str) -> None:
    assert [each.written for each in mistakes(text)] == [written]


@pytest.mark.parametrize("text", ["50 % {hoy", "a } b", "{ :-) }", "El nombre es lo de menos :}"])
def test_a_brace_beside_anything_else_is_text(text: str) -> None:
    assert mistakes(text) == []


def test_what_stands_where_there_is_no_value_may_be_long() -> None:
    text = f"{{talla|{'x' * 900}}}"
    field = Placeholder("talla", Kind.TEXT, "Talla")
    template = template_of(text, Shared(fields=(field,)))
    assert vocabulary_with((field,)).mistakes(text) == []
    assert template.render(Recipient("Ana")) == "x" * 900
