"""The parts of an SMS: exact counts, cheaper texts, and the totals over all recipients."""

import unicodedata
from collections import Counter
from dataclasses import astuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clientes_app.messaging.personalization import Recipient, Shared, Template
from clientes_app.messaging.sms_parts import Encoding, cheaper, highlight, measure, saving
from clientes_app.messaging.totals import Totals, measure_all

# The two tables of 3GPP TS 23.038, by code point, written apart from the ones under test.
BASIC = (
    frozenset([0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D, 0xC5, 0xE5])
    | {0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, 0xC6, 0xE6, 0xDF, 0xC9}
    | {*range(0x20, 0x24), 0xA4, *range(0x25, 0x40)}
    | {0xA1, *range(0x41, 0x5B), 0xC4, 0xD6, 0xD1, 0xDC, 0xA7}
    | {0xBF, *range(0x61, 0x7B), 0xE4, 0xF6, 0xF1, 0xFC, 0xE0}
)
EXTENSION = frozenset([0x0C, 0x5B, 0x5C, 0x5D, 0x5E, 0x7B, 0x7C, 0x7D, 0x7E, 0x20AC])

EMOJI = "\N{PARTY POPPER}"
ACCENTED = "áíóúÁÍÓÚ"

# Texts near and beyond the limits, of every width and both encodings.
CHARACTERS = st.sampled_from([*"aZ5 ñé\n{nombre}€^|" + ACCENTED + EMOJI, "\N{COMBINING ACUTE ACCENT}", "字"])
TEXTS = st.one_of(
    st.text(),
    st.lists(st.tuples(CHARACTERS, st.integers(1, 200)), max_size=5).map(
        lambda runs: "".join(character * times for character, times in runs)
    ),
)


def pack(text: str) -> tuple[int, int, Encoding, int, int]:
    """Count characters, units, encoding, parts and the room left the plain way, one character at a time."""
    text = unicodedata.normalize("NFC", text)
    septets = all(ord(character) in BASIC | EXTENSION for character in text)
    alone, size = (160, 153) if septets else (70, 67)
    widths = [1 + (ord(c) in EXTENSION if septets else ord(c) > 0xFFFF) for c in text]
    encoding = Encoding.GSM_7 if septets else Encoding.UCS_2
    if sum(widths) <= alone:
        return len(text), sum(widths), encoding, int(bool(text)), alone - sum(widths)
    parts, used = 1, 0
    for width in widths:
        if used + width > size:
            parts, used = parts + 1, 0
        used += width
    return len(text), sum(widths), encoding, parts, size - used


@pytest.mark.parametrize("code_point", sorted(BASIC))
def test_a_basic_character_takes_one_septet(code_point: int) -> None:
    assert astuple(measure(chr(code_point))) == (1, 1, "GSM-7", 1, 159, ())


@pytest.mark.parametrize("code_point", sorted(EXTENSION))
def test_an_extension_character_takes_two_septets(code_point: int) -> None:
    assert astuple(measure(chr(code_point))) == (1, 2, "GSM-7", 1, 158, ())


def is_composed(character: str) -> bool:
    return unicodedata.is_normalized("NFC", character)


@given(st.characters(exclude_characters=[chr(point) for point in BASIC | EXTENSION]).filter(is_composed))
@example("`")
@example("ç")
@example("\x00")
@example("\x1b")
@example("\ud800")
def test_any_other_character_forces_ucs2(character: str) -> None:
    measured = measure(character)
    assert measured.encoding is Encoding.UCS_2
    assert measured.costly == (0,)


@pytest.mark.parametrize(
    ("text", "units", "parts", "remaining"),
    [
        ("", 0, 0, 160),
        ("a" * 160, 160, 1, 0),
        ("a" * 161, 161, 2, 145),
        ("a" * 306, 306, 2, 0),
        ("a" * 307, 307, 3, 152),
        ("a" * 158 + "€", 160, 1, 0),
        ("a" * 159 + "€", 161, 2, 145),
        # The euro sign would straddle the end of the first part: septet 153 stays unused.
        ("a" * 152 + "€" + "a" * 152, 306, 3, 152),
        ("a" * 151 + "€" + "a" * 153, 306, 2, 0),
        ("€" * 80, 160, 1, 0),
        ("€" * 152, 304, 2, 1),
        ("€" * 153, 306, 3, 151),
    ],
)
def test_parts_in_gsm7(text: str, units: int, parts: int, remaining: int) -> None:
    assert astuple(measure(text)) == (len(text), units, "GSM-7", parts, remaining, ())


@pytest.mark.parametrize(
    ("text", "units", "parts", "remaining"),
    [
        ("á" * 70, 70, 1, 0),
        ("á" * 71, 71, 2, 63),
        ("á" * 134, 134, 2, 0),
        ("á" * 135, 135, 3, 66),
        (EMOJI * 35, 70, 1, 0),
        ("á" + EMOJI * 35, 71, 2, 63),
        (EMOJI * 66, 132, 2, 1),
        (EMOJI * 67, 134, 3, 65),
        ("á" * 66 + EMOJI + "á" * 66, 134, 3, 66),
        ("á" * 65 + EMOJI + "á" * 67, 134, 2, 0),
        # Extension characters have no escape in UCS-2.
        ("á" + "{" * 69, 70, 1, 0),
    ],
)
def test_parts_in_ucs2(text: str, units: int, parts: int, remaining: int) -> None:
    measured = measure(text)
    assert (measured.units, measured.parts, measured.remaining) == (units, parts, remaining)
    assert measured.encoding is Encoding.UCS_2
    assert measured.units == len(text.encode("utf-16-le")) // 2


@given(TEXTS)
def test_a_measure_is_exact(text: str) -> None:
    measured = measure(text)
    assert astuple(measured)[:5] == pack(text)
    assert bool(measured.costly) == (measured.encoding is Encoding.UCS_2)


def test_decomposed_text_is_measured_as_it_is_sent() -> None:
    assert measure("man\N{COMBINING TILDE}ana") == measure("mañana")
    assert measure("man\N{COMBINING TILDE}ana").characters == 6


def test_costly_characters_are_indexed_in_the_composed_text() -> None:
    assert measure("an\N{COMBINING TILDE}o: María, adiós " + EMOJI).costly == (8, 15, 18)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("áíóú ÁÍÓÚ", "aiou AIOU"),
        ("éñüÑÉÜ¿¡àèìòù€", "éñüÑÉÜ¿¡àèìòù€"),
        ("Mari\N{COMBINING ACUTE ACCENT}a", "Maria"),
        ("man\N{COMBINING TILDE}ana", "mañana"),
        ("\N{LEFT DOUBLE QUOTATION MARK}hoy\N{RIGHT DOUBLE QUOTATION MARK}", '"hoy"'),
        ("\N{LEFT SINGLE QUOTATION MARK}hoy\N{RIGHT SINGLE QUOTATION MARK}", "'hoy'"),
        ("«hoy»", '"hoy"'),
        ("2\N{EN DASH}3 \N{EM DASH} 4", "2-3 - 4"),
        ("espera\N{HORIZONTAL ELLIPSIS}", "espera..."),
        ("$\N{NO-BREAK SPACE}59.900", "$ 59.900"),
        ("ho\N{ZERO WIDTH SPACE}la", "hola"),
        ("1º, 2ª, N°", "1o, 2a, No"),
        ("2\N{MULTIPLICATION SIGN}1", "2x1"),
        ("Nike®\N{VARIATION SELECTOR-16}", "Nike(R)"),
        ("1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}", "1"),
        ("ç œ ł ế", "c oe l e"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}\N{MATHEMATICAL BOLD CAPITAL B}", "AB"),
        ("{nombre}", "{nombre}"),
        ("", ""),
    ],
)
def test_costly_characters_have_a_cheaper_form(text: str, plain: str) -> None:
    assert cheaper(text) == plain
    assert measure(cheaper(text)).encoding is Encoding.GSM_7


@pytest.mark.parametrize(
    "text",
    [
        EMOJI,
        "字",
        "❤\N{VARIATION SELECTOR-16}",
        "👩\N{ZERO WIDTH JOINER}👧",
        "\N{CYRILLIC SMALL LETTER SHORT I}\N{CYRILLIC SMALL LETTER A}\N{COMBINING ACUTE ACCENT}",
        # A plain form of these would say something else.
        "10\N{SUPERSCRIPT TWO}",
        "2\N{VULGAR FRACTION ONE HALF}",
        "a \N{NOT EQUAL TO} b",
        "\x00",
    ],
)
def test_a_character_without_a_sensible_form_stays(text: str) -> None:
    assert cheaper(text) == text


@given(TEXTS)
def test_a_cheaper_text_has_no_new_costly_character(text: str) -> None:
    plain = cheaper(text)
    costly = {unicodedata.normalize("NFC", text)[index] for index in measure(text).costly}
    assert {plain[index] for index in measure(plain).costly} <= costly
    assert cheaper(plain) == plain


@given(st.text(alphabet=[chr(code_point) for code_point in BASIC | EXTENSION]))
def test_a_text_within_gsm7_is_cheap_already(text: str) -> None:
    assert cheaper(text) == text
    assert saving(text) is None


def test_a_saving_is_offered_where_it_lowers_the_parts() -> None:
    offer = saving("á" * 150)
    assert offer is not None
    assert astuple(offer) == ("a" * 150, 3, 1)


@pytest.mark.parametrize("text", ["", "Adiós", "á" * 150 + EMOJI, "\N{HORIZONTAL ELLIPSIS}" * 70])
def test_no_saving_is_offered_where_the_parts_stay_or_grow(text: str) -> None:
    assert saving(text) is None


def test_highlighted_runs_tell_the_costly_characters() -> None:
    assert highlight("María íá, " + EMOJI) == [
        ("Mar", False),
        ("í", True),
        ("a ", False),
        ("íá", True),
        (", ", False),
        (EMOJI, True),
    ]
    assert highlight("") == []


@given(TEXTS)
def test_highlighted_runs_are_the_whole_text(text: str) -> None:
    runs = highlight(text)
    assert "".join(run for run, _ in runs) == unicodedata.normalize("NFC", text)
    marks = [costly for run, costly in runs for _ in run]
    assert tuple(index for index, costly in enumerate(marks) if costly) == measure(text).costly


NUMBER = "+573001234567"


def total(text: str, names: list[str]) -> Totals:
    return measure_all(Template(text, Shared()), ((Recipient(name), NUMBER) for name in names))


def add_up(text: str, names: list[str]) -> Totals:
    """Add up the parts of each message the plain way."""
    measures = [measure(Template(text, Shared()).render(Recipient(name))) for name in names]
    if not measures:
        return Totals(Counter(), 0, None)
    fullest = max(range(len(names)), key=lambda i: (measures[i].parts, -measures[i].remaining))
    return Totals(Counter(CO=sum(m.parts for m in measures)), measures[fullest].parts, Recipient(names[fullest]))


@given(
    TEXTS,
    st.sampled_from(["", "{nombre}", "{nombre}{nombre}", "{nombre} ", "{nombre}\N{COMBINING ACUTE ACCENT}"]),
    TEXTS,
    st.lists(TEXTS | st.text(max_size=12), max_size=6),
)
@example("", "{nombre}\N{COMBINING ACUTE ACCENT}", "a" * 155, ["Jose", "Joso", "José"])
@example("a\N{COMBINING TILDE}", "{nombre}", "a" * 155, ["\N{COMBINING ACUTE ACCENT}", "e", "í", "€"])
@example("a" * 150, "{nombre}", "€" + "a" * 160, ["Ana", "Eva", "Juan Carlos", "María", "Julia", "{nombre}"])
def test_totals_are_those_of_each_message(before: str, placeholder: str, after: str, names: list[str]) -> None:
    template = before + placeholder + after
    assert total(template, names) == add_up(template, names)


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("a" * 155 + "{nombre}", ["Maria", "María"]),
        ("a" * 157 + "{nombre}", ["abc", "{b}"]),
        ("a" * 69 + "{nombre}", ["í", EMOJI]),
        ("a" * 69 + "e{nombre}", ["í", "\N{COMBINING ACUTE ACCENT}"]),
    ],
)
def test_equally_long_names_can_take_different_parts(template: str, names: list[str]) -> None:
    assert len({measure(Template(template, Shared()).render(Recipient(name))).parts for name in names}) == 2
    assert total(template, names) == add_up(template, names)
    assert total(template, names[::-1]) == add_up(template, names[::-1])


def test_the_longest_name_is_the_one_that_comes_closest_to_another_part() -> None:
    totals = total("Hola {nombre}", ["Ana", "Juan Carlos", "Maximiliana", "Eva"])
    assert totals == Totals(parts_by_country=Counter(CO=4), most_parts=1, longest=Recipient("Juan Carlos"))


def test_an_accent_in_a_name_can_make_it_the_dearest() -> None:
    totals = total("{nombre}, " + "a" * 80, ["Maximiliana", "María", "José"])
    assert totals == Totals(parts_by_country=Counter(CO=4), most_parts=2, longest=Recipient("María"))


def test_an_audience_of_nobody_takes_no_part() -> None:
    assert total("Hola {nombre}", []) == Totals(parts_by_country=Counter(), most_parts=0, longest=None)
    assert total("{nombre}", [""]) == Totals(parts_by_country=Counter(), most_parts=0, longest=Recipient(""))


def test_the_parts_of_each_country() -> None:
    named = [("Ana", "+573001234567"), ("Ana", "+573001234568"), ("Ana María " * 15, "+34612345678")]
    recipients = [(Recipient(name), number) for name, number in named]
    assert measure_all(Template("{nombre}", Shared()), recipients).parts_by_country == {"CO": 2, "ES": 3}
