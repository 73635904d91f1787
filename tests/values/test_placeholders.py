"""What is typed where there is no document or number, and what only looks like it."""

from __future__ import annotations

import pytest

from clientes_app.values.client_keys import document_key
from clientes_app.values.placeholders import is_no_document, is_no_number

NONE_GIVEN = (
    "222222222222",
    "222.222.222.222",
    "222222222-7",
    "NIT 222222222222",
    "N/A",
    "n.a.",
    "NA",
    "0",
    "000",
    "0-0",
    "-",
    "--",
    ".",
    "sin documento",
    "SIN CÉDULA",
    "S/D",
    "No tiene",
    "ninguno",
    "none",
    "NULL",
    "xxx",
    "X",
    "111111",
    "9999999999999",
    "66.666.666-6",
    "12345",
    "123456789",
    "1234567890",
    "987654321",
    "C.C.",
    "CC 0",
    "Consumidor final",
    "XAXX010101000",
    "",
)
DOCUMENTS = (
    "1.020.345-6",
    "52987654",
    "5",
    "77",
    "123",
    "777111",
    "0010",
    "-9",
    "11-",
    "1000000000",
    "900123456-7",
    "AB123456",
    "CC 1020",
    "1.111.111.112",
    "Nadia1",
)


@pytest.mark.parametrize("text", NONE_GIVEN)
def test_no_document(text: str) -> None:
    assert is_no_document(text)
    assert document_key(text) == ""


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document(text: str) -> None:
    assert not is_no_document(text)
    assert document_key(text)


def test_a_document_of_eight_counted_digits_is_somebodys() -> None:
    assert document_key("12.345.678") == "12345678"


@pytest.mark.parametrize("text", ["Extranjero", "pasaporte venezolano", "1,02035E+09", "3E+09"])
def test_what_many_may_have_is_no_key(text: str) -> None:
    assert document_key(text) == ""


@pytest.mark.parametrize(
    ("number", "is_none"),
    [
        ("+573000000000", True),
        ("+573333333333", True),
        ("+573001234567", False),
        ("+573001111111", False),
        ("+573000000001", False),
        ("+15005550006", False),
    ],
)
def test_no_number(number: str, is_none: bool) -> None:
    assert is_no_number(number) is is_none
