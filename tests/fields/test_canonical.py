"""What people type for a field: how it is read, and how it is compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientes_app.fields.canonical import MONTH_FIRST, BadValue, month_and_day, number_value, read_value, sort_key
from clientes_app.fields.showing import typed_value
from clientes_app.models import TipoDeCampo

NUMBERS = {
    "12": "12",
    "12.5": "12.5",
    "12,50": "12.5",
    "1.234": "1234",
    "1.234,5": "1234.5",
    "1,234.5": "1234.5",
    "1,234": "1.234",
    "1.234.567": "1234567",
    "1,234,567": "1234567",
    "0.125": "0.125",
    "-0,0": "0",
    "−3": "-3",
    "$ 59.900": "59900",
    "007": "7",
    "0,1234567": "0.123457",
}
DATES = {
    "1990-05-17": "1990-05-17",
    "1990-05-17 00:00:00": "1990-05-17",
    "17/05/1990": "1990-05-17",
    "17-5-1990": "1990-05-17",
    "17.05.1990": "1990-05-17",
    "17/05": "--05-17",
    "--05-17": "--05-17",
    "29/02": "--02-29",
    "17 de mayo": "--05-17",
    "17 de Mayo de 1990": "1990-05-17",
    "17 de mayo del 1990": "1990-05-17",
    "17-may-1990": "1990-05-17",
    "1º de enero": "--01-01",
    "3 sept. 2001": "2001-09-03",
    "may 17, 1990": "1990-05-17",
    "17 august": "--08-17",
}


@pytest.mark.parametrize(("typed", "value"), NUMBERS.items())
def test_numbers_are_read_as_colombians_write_them(typed: str, value: str) -> None:
    assert read_value(TipoDeCampo.NUMERO, [], typed) == value


@pytest.mark.parametrize(("typed", "value"), DATES.items())
def test_days_are_read_with_a_year_and_without(typed: str, value: str) -> None:
    assert read_value(TipoDeCampo.FECHA, [], typed) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (TipoDeCampo.NUMERO, "doce"),
        (TipoDeCampo.NUMERO, "1.23.4"),
        (TipoDeCampo.NUMERO, "12-5"),
        (TipoDeCampo.NUMERO, "1" + "0" * 18),
        (TipoDeCampo.NUMERO, "9" * 150),
        (TipoDeCampo.FECHA, "31/02/1990"),
        (TipoDeCampo.FECHA, "30/02"),
        (TipoDeCampo.FECHA, "29/02/1990"),
        (TipoDeCampo.FECHA, "17/13/1990"),
        (TipoDeCampo.FECHA, "17/05/90"),
        (TipoDeCampo.FECHA, "17 de mayonesa"),
        (TipoDeCampo.FECHA, "17/05/1066"),
        (TipoDeCampo.OPCION, "Verde"),
        (TipoDeCampo.TEXTO, "a" * 201),
    ],
)
def test_what_is_no_value_is_refused(kind: TipoDeCampo, typed: str) -> None:
    with pytest.raises(BadValue):
        read_value(kind, ["Rojo", "Azul"], typed)


def test_texts_are_cleaned_and_choices_found_however_they_are_written() -> None:
    assert read_value(TipoDeCampo.TEXTO, [], " Bon\u200b Jovi\n") == "Bon Jovi"
    assert read_value(TipoDeCampo.OPCION, ["Café", "Té"], "CAFE") == "Café"
    assert [read_value(kind, [], "  ") for kind in TipoDeCampo] == ["", "", "", ""]


@given(st.lists(st.decimals(min_value=-(10**17), max_value=10**17, places=6), min_size=2))
def test_numbers_are_sorted_by_their_keys(numbers: list[Decimal]) -> None:
    values = sorted(map(number_value, numbers), key=Decimal)
    keys = [sort_key(TipoDeCampo.NUMERO, value) for value in values]
    assert keys == sorted(keys)
    assert len({len(key) for key in keys}) == 1
    assert len(set(keys)) == len(set(values))


@given(st.decimals(min_value=-(10**17), max_value=10**17, places=6))
def test_a_number_is_typed_as_it_is_read(number: Decimal) -> None:
    value = number_value(number)
    assert read_value(TipoDeCampo.NUMERO, [], typed_value(TipoDeCampo.NUMERO, value)) == value


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_a_day_is_typed_as_it_is_read(day: date) -> None:
    for value in (str(day), f"-{str(day)[4:]}"):
        assert read_value(TipoDeCampo.FECHA, [], typed_value(TipoDeCampo.FECHA, value)) == value


def test_days_are_sorted_with_those_of_every_year_first() -> None:
    assert sort_key(TipoDeCampo.FECHA, "--05-17") == "0000-05-17"
    assert [month_and_day(TipoDeCampo.FECHA, each) for each in ("--05-17", "1990-12-31")] == [517, 1231]
    assert month_and_day(TipoDeCampo.TEXTO, "1990-12-31") is None


@pytest.mark.parametrize("typed", ["12/31/1990", "01/25", "1-13-2000"])
def test_a_month_that_comes_first_is_told(typed: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_value(TipoDeCampo.FECHA, (), typed)
    assert refused.value.sentence == MONTH_FIRST
