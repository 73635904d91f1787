"""Numbers as people write them: which can receive an SMS, and how they are shown and logged."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clientes_app.values.phone import any_e164, country, display, problem, read_e164, shortened, to_e164
from clientes_app.values.phone_lines import PhoneProblem

MOBILE = "+573001234567"


@pytest.mark.parametrize(
    "text",
    [
        "3001234567",
        "300 123 4567",
        "300.123.4567",
        "300-123-4567",
        "300\N{EN DASH}123\N{NON-BREAKING HYPHEN}4567",
        "300\N{NO-BREAK SPACE}123\N{NARROW NO-BREAK SPACE}4567",
        "(300) 123-4567",
        "  3001234567  ",
        "573001234567",
        "57 300 123 4567",
        "+57 300 123 4567",
        "(+57) 300 123 4567",
        "+57(300)1234567",
        "0057 300 123 4567",
        "00573001234567",
        "\N{LEFT-TO-RIGHT EMBEDDING}+57 300 1234567\N{POP DIRECTIONAL FORMATTING}",
        "\N{ZERO WIDTH NO-BREAK SPACE}3001234567",
        "".join(chr(ord(digit) + 0xFEE0) for digit in "+573001234567"),
        "".join(chr(ord(digit) + 0xFEE0) for digit in "00573001234567"),
        "".join(chr(ord(digit) - ord("0") + 0x0660) for digit in "3001234567"),
    ],
)
def test_a_colombian_mobile_is_read_however_it_is_written(text: str) -> None:
    assert to_e164(text, "CO") == MOBILE
    assert problem(text, "CO") is None


@pytest.mark.parametrize(
    "text",
    [
        "no tiene",
        "300",
        "30012345678",
        "300123456",
        "3" * 17,
        "3" * 300,
        "2001234567",
        "300 CALL NOW",
        "Ana 3001234567",
        "3OO 123 4567",
        "300123456.0",
        "tel:",
        "300+1234567",
        "++573001234567",
        "+",
        "00",
        "+999 300 123 4567",
        "300123456\N{SUPERSCRIPT SEVEN}",
        "3001234567\x00",
        "300\x001234567",
        "3001234567\n",
        "300\t1234567",
        "\x00",
        "\ud800",
    ],
)
def test_what_is_no_valid_number_is_unreadable(text: str) -> None:
    assert to_e164(text, "CO") is None
    assert problem(text, "CO") is PhoneProblem.UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "(+57) 300 - 124 - 2001",
        "+57 (300) - 124 - 2001",
        "Tel. 300 124 2001",
        "cel: 3001242001",
        "Cel.3001242001",
        "Teléfono celular: (300) 124-2001;",
        "Móvil No. 300 124 2001",
        "N° 300 124 2001",
        "C. 300 124 2001",
        "WhatsApp 300 124 2001",
        "300 124 2001 (WhatsApp)",
        "+57 300 124 2001 cel",
        "tel:+57-300-124-2001",
        "whatsapp:+573001242001",
        "https://wa.me/573001242001",
        "'3001242001",
        "-3001242001",
        "<3001242001>",
        "3,001,242,001",
        "300_124_2001",
        "3001242001;",
        "3001242001.",
        "300-124-2001-",
        "*300 124 2001*",
        "☎️ +57 300 124 2001",
        "３００　１２４　２００１",
        "＋５７（３００）１２４２００１；",
        "3001242001.0",
        "3001242001,00",
        "03 300 124 2001",
        "033001242001",
        "+57 03 300 124 2001",
        "0057 03 300 124 2001",
        "0 300 124 2001",
        "57 57 300 124 2001",
        "300 124 2001 / +57 300 124 2001",
    ],
)
def test_what_stands_around_a_number_does_not_matter(text: str) -> None:
    assert to_e164(text, "CO") == "+573001242001"
    assert problem(text, "CO") is None


@pytest.mark.parametrize(
    "text",
    [
        "3001234567 / 3119876543",
        "3001234567, 3119876543",
        "3001234567-3119876543",
        "3001234567 3119876543",
        "300 123 4567 311 987 6543",
        "300 123 4567 ::: 311 987 6543",
        "3001234567 y 3119876543",
        "300 123 4567 o al 311 987 6543",
        "Cel 3001234567 Tel 6012345678",
        "+573001234567+573119876543",
        "2345678/2345679",
    ],
)
def test_of_two_numbers_none_is_guessed(text: str) -> None:
    assert to_e164(text, "CO") is None
    assert problem(text, "CO") is PhoneProblem.SEVERAL


@pytest.mark.parametrize("text", ["3001234567 ext 5", "3001234567 x5", "300 123 4567 extensión 12", "300 123 4567 #5"])
def test_a_number_with_an_extension_is_no_mobile(text: str) -> None:
    assert to_e164(text, "CO") is None
    assert problem(text, "CO") is PhoneProblem.EXTENSION
    assert problem(text.replace("300", "601"), "CO") is PhoneProblem.LANDLINE


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("300 124 2001", "300 124 2001"),
        ("(+57) 300 - 124 - 2001", "+57 300 124 2001"),
        ("Teléfono de casa:  no tiene", "Teléfono de casa:  no tiene"),
        ("Teléfono (+57) 601 - 234 - 5678", "+57 601 2345678"),
        ("3001234567 / 3119876543", "3001234567 / 3119876543"),
        ("3" * 300, "3" * 300),
    ],
)
def test_a_long_spelling_is_made_shorter_and_nothing_else(text: str, stored: str) -> None:
    assert shortened(text, "CO", 20) == stored
    assert any_e164(stored, "CO") == any_e164(text, "CO")


@pytest.mark.parametrize("text", ["", " ", "\N{NO-BREAK SPACE}", "\n", "-", "\N{ZERO WIDTH SPACE}"])
def test_a_text_without_a_character_of_a_number_is_empty(text: str) -> None:
    assert to_e164(text, "CO") is None
    assert problem(text, "CO") is PhoneProblem.EMPTY


@pytest.mark.parametrize("text", ["601 234 5678", "+57 604 444 4444", "+34 912 345 678"])
def test_a_landline_cannot_receive(text: str) -> None:
    assert to_e164(text, "CO") is None
    assert problem(text, "CO") is PhoneProblem.LANDLINE


def test_a_country_that_does_not_tell_mobiles_apart_is_accepted() -> None:
    assert to_e164("+1 415 555 2671", "CO") == "+14155552671"


def test_a_number_without_a_country_code_belongs_to_the_region() -> None:
    assert to_e164("612 345 678", "ES") == "+34612345678"
    assert to_e164("300 123 4567", "ES") is None
    assert to_e164(MOBILE, "ES") == MOBILE


@pytest.mark.parametrize("last", range(10))
def test_the_test_numbers_of_twilio_are_accepted(last: int) -> None:
    number = f"+1500555000{last}"
    assert to_e164(number, "CO") == number


@given(st.text() | st.text(alphabet="+0123456789 -.()/x\x00\N{NO-BREAK SPACE}"))
@example("\N{ARABIC-INDIC DIGIT THREE}")
def test_any_text_gives_either_a_valid_number_or_a_problem(text: str) -> None:
    e164 = to_e164(text, "CO")
    assert (e164 is None) == (problem(text, "CO") is not None)
    if e164 is not None:
        assert phonenumbers.is_valid_number(phonenumbers.parse(e164))
        assert to_e164(e164, "CO") == e164


@given(
    st.from_regex(r"31[0-9]{8}", fullmatch=True),
    st.lists(st.sampled_from([*" .-()\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}"]), min_size=10, max_size=10),
)
def test_separators_never_change_the_number(national: str, separators: list[str]) -> None:
    written = "".join(map("".join, zip(national, separators, strict=True)))
    assert to_e164(written, "CO") == "+57" + national


@given(
    st.sampled_from(["CO", "MX", "ES", "AR", "US", "IT", "PE", "CL", "BR", "DE"]),
    st.from_regex(r"(?:3[0-5]|[1-9])[0-9]{6,11}|0?[0-9]{1,14}", fullmatch=True),
)
@settings(max_examples=500)
def test_the_quick_way_reads_what_the_library_reads(region: str, digits: str) -> None:
    assert to_e164(digits, region) == read_e164(digits, region)


def test_every_block_of_colombian_mobiles_is_read_alike() -> None:
    for block in range(300, 400):
        for rest in ("0000000", "1234567", "3013999", "9999999"):
            assert to_e164(f"{block}{rest}", "CO") == read_e164(f"{block}{rest}", "CO")


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        (MOBILE, "+57 300 123 4567"),
        ("+14155552671", "+1 415-555-2671"),
        ("+34612345678", "+34 612 34 56 78"),
    ],
)
def test_a_number_is_shown_in_groups(e164: str, shown: str) -> None:
    assert display(e164) == shown
    assert to_e164(shown, "CO") == e164


@pytest.mark.parametrize(
    ("e164", "letters"),
    [
        (MOBILE, "CO"),
        ("+34612345678", "ES"),
        ("+593991234567", "EC"),
        ("+12015550123", "US"),
        ("+14165550123", "CA"),
        ("+18095550123", "DO"),
        ("+18765550123", "JM"),
        ("+999123456", ""),
        ("", ""),
    ],
)
def test_a_number_tells_its_country(e164: str, letters: str) -> None:
    assert country(e164) == letters
