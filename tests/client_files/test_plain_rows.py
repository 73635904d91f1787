"""The quick way through ordinary cells: it gives what the careful way gives, whatever stands in the file."""

from __future__ import annotations

import random

import pytest

from clientes_app.client_files.columns import Layout
from clientes_app.client_files.meaning.own_columns import OwnColumn
from clientes_app.client_files.meaning.roles import Role
from clientes_app.client_files.plain_rows import quick_reader_of
from clientes_app.client_files.rows import reader_of

NAMES = (
    "María", "LUZ", "Peña", "Ma.", "d'Ángelo", "Muñoz\u00a0Gil", "Nun\u0303o", "Łukasz", "Ýö", "😀", "Ana-Sofía", "Jr.",
    "", " ", "  ", ".", "Ruiz,", "'=1", "='x'", "Ã±", "hh", "x" * 160, "Ana\u200b", "K", "ſ", "İ", "ﬁn",
)  # fmt: skip
NUMBERS = (
    "3001234567", "300 123 4567", "300-123-4567", "+57 300 1234567", "573001234567", "3000000000", "6012345678", "123",
    "", " ", " 3001234567", "300  1234567", "3001234567.0", "3,00E+09", "٣٠٠١٢٣٤٥٦٧", "300 / 301 1234567",
    "'3001234567", "0573001234567", "03001234567", "+1 500 555 0006", "3-0-0-1-2-3-4-5-6-7", "3 0 0 1 2 3 4 5 6 7 -8",
)  # fmt: skip
DOCUMENTS = (
    "52123456", "0", "111111", "123456789", "12345678", "444444444001", "222222222222", "1.020.345.678", "1" * 21, "7",
    "", " ", "52123456 ", "CC 52123456", "٥٢١٢٣٤٥٦", "900123456-1", "n/a", "573001234567", "3001234567", "52123456.0",
)  # fmt: skip
OTHERS = ("", "", "VIP", "VIP, Mora", "x" * 50, "si", "no", "quizá", "y" * 2_001, "* myContacts", "a\tb")
OWN = (OwnColumn(5, "Talla", "texto", (), 1),)
LAYOUTS = (
    (Role.NAME, Role.PHONE, Role.DOCUMENT),
    (Role.GIVEN, Role.SURNAME, Role.PHONE, Role.DOCUMENT),
    (Role.NAME, Role.NAME, Role.PHONE, Role.PHONE, Role.DOCUMENT, Role.DOCUMENT),
    (Role.NAME, Role.PHONE, Role.DOCUMENT, Role.TAGS, Role.REFUSAL, Role.FIELD),
    (Role.NOTHING, Role.DOCUMENT, Role.GIVEN, Role.SURNAME, Role.NAME),
)
CELLS = {Role.PHONE: NUMBERS, Role.DOCUMENT: DOCUMENTS, Role.TAGS: OTHERS, Role.REFUSAL: OTHERS, Role.FIELD: OTHERS}


@pytest.mark.parametrize("roles", LAYOUTS)
@pytest.mark.parametrize("region", ["CO", "MX"])
def test_the_quick_way_gives_what_the_careful_way_gives(roles: tuple[Role, ...], region: str) -> None:
    dice = random.Random(7)
    layout = Layout(roles, width=len(roles), own=OWN if Role.FIELD in roles else ())
    quick, careful = quick_reader_of(layout, region), reader_of(layout, region)
    for _ in range(600):
        cells = [_cell(dice, role) for role in roles]
        end = dice.choice([*[len(cells)] * 8, len(cells) - 1])
        row = [*cells[:end], *dice.choice([[]] * 8 + [["", "más"]])]
        assert quick(row) == careful(row), row


def _cell(dice: random.Random, role: Role) -> str:
    if role in CELLS:
        return dice.choice(CELLS[role])
    return " ".join(dice.choices(NAMES[: dice.choice([4, len(NAMES)])], k=dice.choice([1, 2, 3])))
