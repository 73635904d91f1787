"""Made-up names, documents and numbers of Colombian clients, some of the numbers as bad as in real life."""

from __future__ import annotations

import random
from collections.abc import Iterator

# Whole, as people are called: parts drawn by lot would not fit together.
_FIRST = (
    "María Fernanda", "Luz Marina", "Juliana", "Yesenia", "Camila Andrea", "Natalia", "Paola Andrea", "Liliana",
    "Valentina", "Sandra Milena", "Ana Lucía", "Diana Carolina", "Gloria Inés", "Martha Cecilia", "Daniela",
    "Carlos Andrés", "Juan Pablo", "Sebastián", "Jhon Jairo", "Óscar Iván", "Mauricio", "Germán", "Édgar",
    "Hernán Darío", "Luis Felipe", "Andrés Felipe", "José Luis", "Iván", "Miguel Ángel", "Wilson",
)  # fmt: skip
_LAST = (
    "González", "Rodríguez", "Muñoz", "Ospina", "Restrepo", "Quiñones", "Londoño", "Cárdenas", "Zuluaga", "Peña",
    "Mosquera", "Arango", "Beltrán", "Gutiérrez", "Núñez", "Castaño", "Giraldo", "Vélez", "Montoya",
)  # fmt: skip
_PREFIXES = ("300", "301", "304", "310", "311", "312", "313", "314", "315", "316", "317", "318", "320", "321", "350")
ENTERED_AGAIN = {19: 10, 44: 35}
"""Whom somebody has entered a second time, with less of the name and the same number."""

COUNT = 60


def names(dice: random.Random) -> Iterator[str]:
    """Make up the names."""
    first = dice.sample(_FIRST * 2, COUNT)
    last = [dice.sample(_LAST, 2) for _ in range(COUNT)]
    for place in range(COUNT):
        again = ENTERED_AGAIN.get(place)
        yield f"{first[place]} {' '.join(last[place])}" if again is None else f"{first[again]} {last[again][0]}"


def document(dice: random.Random) -> str:
    """Make up a cédula, of the short old numbers or the long new ones; not everybody has given theirs."""
    if dice.random() < 0.2:
        return ""
    return str(dice.choice((dice.randrange(15_000_000, 99_000_000), dice.randrange(1_000_000_000, 1_150_000_000))))


def numbers(dice: random.Random) -> Iterator[str]:
    """Make up the numbers: most good, written in many ways; some double, short, of a landline, or missing."""
    bad = {5: "", 14: "300123", 23: "6015551234", 38: "no tiene", 47: "31255501", 52: ""}
    made: list[str] = []
    for place in range(COUNT):
        number = f"{dice.choice(_PREFIXES)}{dice.randrange(1_000_000, 9_999_999)}"
        if place in ENTERED_AGAIN:
            number = f"+57 {made[ENTERED_AGAIN[place]]}"
        made.append(number)
        yield bad.get(place, _written(number, place))


def _written(number: str, place: int) -> str:
    ways = (number, number, f"+57{number}", f"{number[:3]} {number[3:6]} {number[6:]}", f"{number[:3]}-{number[3:]}")
    return number if number.startswith("+") else ways[place % len(ways)]
