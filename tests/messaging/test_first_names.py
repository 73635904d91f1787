"""How somebody is spoken to, by the first name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientes_app.messaging.first_names import first_name


@pytest.mark.parametrize(
    ("nombre", "spoken_to"),
    [
        ("MARIA DEL CARMEN RUIZ", "Maria"),
        ("María del Carmen", "María"),
        ("Sra. Ana Gil", "Ana"),
        ("luz", "Luz"),
        ("José", "José"),
        ("DR JUAN PÉREZ", "Juan"),
        ("Dra. Ing. Eva Ruiz", "Eva"),
        ("Doña Rosa", "Rosa"),
        ("Don Óscar", "Óscar"),
        ("J. Alberto Ríos", "Alberto"),
        ("J.P. Ríos", "Ríos"),
        ("ana-maría pérez", "Ana-María"),
        ("MacArthur Díaz", "MacArthur"),
        ("  Laura   Méndez ", "Laura"),
        ("(Pedro) Gómez", "Pedro"),
        ("ÁNGELA", "Ángela"),
        ("o'neil ruiz", "O'Neil"),
        ("Li Wei", "Li"),
        ("María,Gómez", "María"),
        ("PEREZ GOMEZ, ANA MARIA", "Ana"),
        ("Ma. Camila Ruiz", "Camila"),
        ("MA FERNANDA", "Fernanda"),
        ("luz💕", "Luz"),
    ],
)
def test_a_person_is_spoken_to_by_the_first_name(nombre: str, spoken_to: str) -> None:
    assert first_name(nombre) == spoken_to


@pytest.mark.parametrize(
    "nombre",
    [
        *("Tienda La 14", "FERRETERÍA EL TORNILLO", "Inversiones Gómez S.A.S.", "Ruiz Ltda", "Ana Gil SAS"),
        *("DE LA CRUZ ANA", "Cliente 123", "Consumidor final", "Inversiones, S.A.S."),
        *("3001234567", "A. B.", "Sr.", "", "\N{PARTY POPPER}"),
    ],
)
def test_what_has_no_first_name_is_called_by_all_of_it(nombre: str) -> None:
    assert first_name(nombre) == nombre


@given(st.text(max_size=150))
def test_nobody_is_left_without_a_name(nombre: str) -> None:
    assert bool(first_name(nombre)) == bool(nombre)
