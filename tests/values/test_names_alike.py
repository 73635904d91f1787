"""Which names may be one person's, and which are another of the family."""

from __future__ import annotations

import pytest

from clientes_app.values.names_alike import alike

ONE_PERSON = [
    ("María Pérez", "maria perez"),
    ("María Pérez", "PÉREZ, MARÍA"),
    ("María Pérez", "María P."),
    ("Ana Ruiz", "Ana María Ruiz Gómez"),
    ("Ana", "Ana Ruiz"),
    ("Yuliana Méndez", "Juliana Mendes"),
    ("Sra. Ana de la Hoz", "Ana Hoz"),
    ("Jhon Gil", "John Gil"),
    ("J. Gil", "Juan Gil"),
    ("李 伟", "李 伟"),
    ("María José Gil", "M. José Gil"),
]
TWO_PEOPLE = [
    ("Ana Ruiz", "Luis Ruiz"),
    ("Ana Ruiz", "Ana Gil"),
    ("María Gil", "Mario Gil"),
    ("Luisa Gil", "Luis Gil"),
    ("Mariela Ruiz", "Marcela Ruiz"),
    ("Juan Gil", "Juan Gil hijo"),
    ("Juan Gil", "Juan Gil Jr."),
    ("Ana Ana", "Ana Ruiz"),
    ("A. R.", "Ana Ruiz"),
    ("李 伟", "王 伟"),
    ("Cliente 8", "Cliente 9"),
    ("😀", "🎉"),
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_one_person(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_two_people(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(other, one)
