"""One person's number is one number, in whichever of its country's spellings it comes."""

import phonenumbers
import pytest

from clientes_app.values.phone import of_today, read_e164, to_e164
from clientes_app.values.phone_changes import older_spellings

MEXICO, ARGENTINA, CORDOBA, BRAZIL = "+525512345678", "+5491123456789", "+5493515123456", "+5511987654321"


@pytest.mark.parametrize(
    ("text", "today"),
    [
        ("+52 55 1234 5678", MEXICO),
        ("+52 1 55 1234 5678", MEXICO),
        ("+52 (1) 55-1234-5678", MEXICO),
        ("00 52 1 55 1234 5678", MEXICO),
        ("+52 044 55 1234 5678", MEXICO),
        ("+52 01 55 1234 5678", MEXICO),
        ("+54 9 11 2345 6789", ARGENTINA),
        ("+54 11 2345 6789", ARGENTINA),
        ("+54 11 15 2345 6789", ARGENTINA),
        ("+54 011 15 2345-6789", ARGENTINA),
        ("+54 9 11 15 2345 6789", ARGENTINA),
        ("+54 351 512 3456", CORDOBA),
        ("+54 351 15 512 3456", CORDOBA),
        ("+54 9 0351 512 3456", CORDOBA),
        ("+54 9 0351 15 512 3456", CORDOBA),
        ("+55 11 98765 4321", BRAZIL),
        ("+55 11 8765 4321", BRAZIL),
        ("+55 (011) 8765-4321", BRAZIL),
        ("+55 71 7123 4567", "+5571971234567"),
        ("+55 48 9912 3456", "+5548999123456"),
        ("+56 8765 4321", "+56987654321"),
        ("+593 9 123 4567", "+593991234567"),
        ("+593 8 123 4567", "+593981234567"),
        ("+225 07 12 34 56", "+2250707123456"),
        ("+225 54 12 34 56", "+2250554123456"),
        ("+225 41 12 34 56", "+2250141123456"),
        ("+229 97 12 34 56", "+2290197123456"),
        ("+230 712 3456", "+23057123456"),
        ("+237 9912 3456", "+237699123456"),
        ("+241 06 12 34 56", "+24166123456"),
        ("+241 07 12 34 56", "+24177123456"),
        ("+84 162 123 4567", "+84321234567"),
        ("+84 0199 123 4567", "+84591234567"),
        ("+386 49 123 456", "+38349123456"),
        ("+972 59 912 3456", "+970599123456"),
    ],
)
def test_every_spelling_is_the_number_of_today(text: str, today: str) -> None:
    assert to_e164(text, "CO") == today
    assert phonenumbers.is_valid_number(phonenumbers.parse(today))


@pytest.mark.parametrize(
    ("text", "region", "today"),
    [
        ("55 1234 5678", "MX", MEXICO),
        ("1 55 1234 5678", "MX", MEXICO),
        ("044 55 1234 5678", "MX", MEXICO),
        ("11 2345 6789", "AR", ARGENTINA),
        ("9 11 2345 6789", "AR", ARGENTINA),
        ("011 15 2345 6789", "AR", ARGENTINA),
        ("11 98765 4321", "BR", BRAZIL),
        ("11 8765 4321", "BR", BRAZIL),
        ("0 15 11 8765 4321", "BR", BRAZIL),
        ("11 7765 4321", "BR", "+5511977654321"),
        ("9 8765 4321", "CL", "+56987654321"),
        ("8765 4321", "CL", "+56987654321"),
    ],
)
def test_so_is_what_is_dialled_at_home(text: str, region: str, today: str) -> None:
    assert to_e164(text, region) == read_e164(text, region) == today


@pytest.mark.parametrize(
    ("e164", "before"),
    [
        (MEXICO, ("+5215512345678",)),
        (ARGENTINA, ("+541123456789",)),
        (BRAZIL, ("+551187654321",)),
        ("+2250707123456", ("+22507123456",)),
        ("+84321234567", ("+841621234567",)),
        ("+573001234567", ()),
        ("+551123456789", ()),
        ("no number", ()),
    ],
)
def test_a_number_knows_what_it_was_before(e164: str, before: tuple[str, ...]) -> None:
    assert older_spellings(e164) == before
    assert {of_today(older) for older in (*before, e164)} == {e164}


@pytest.mark.parametrize("sender", ["+576012345678", "+18005550199", "+85432", "+999123456789"])
def test_another_number_stays_as_it_is(sender: str) -> None:
    assert of_today(sender) == sender
