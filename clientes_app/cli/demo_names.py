"""Made-up names and numbers of Colombian clients, some of the numbers as bad as in real life."""

from __future__ import annotations

import random
from collections.abc import Iterator

_FIRST = (
    "María", "Luz", "Carlos", "Andrés", "Juliana", "Sebastián", "Camila", "Jhon", "Yesenia", "Óscar",
    "Natalia", "Mauricio", "Paola", "Germán", "Liliana", "Édgar", "Valentina", "Hernán", "Sandra", "Iván",
)  # fmt: skip
_MIDDLE = ("Fernanda", "Marina", "", "Felipe", "", "", "Andrea", "Jairo", "", "Iván", "")
_LAST = (
    "González", "Rodríguez", "Muñoz", "Ospina", "Restrepo", "Quiñones", "Londoño", "Cárdenas", "Zuluaga", "Peña",
    "Mosquera", "Arango", "Beltrán", "Gutiérrez", "Núñez", "Castaño", "Giraldo", "Vélez", "Montoya",
)  # fmt: skip
_PREFIXES = ("300", "301", "304", "310", "311", "312", "313", "314", "315", "316", "317", "318", "320", "321", "350")

COUNT = 60


def names(dice: random.Random) -> Iterator[str]:
    """Make up the names."""
    for _ in range(COUNT):
        parts = (dice.choice(_FIRST), dice.choice(_MIDDLE), dice.choice(_LAST), dice.choice(_LAST))
        yield " ".join(part for part in parts if part)


def numbers(dice: random.Random) -> Iterator[str]:
    """Make up the numbers: most good, written in many ways; some double, short, of a landline, or missing."""
    bad = {5: "", 14: "300123", 23: "6015551234", 38: "no tiene", 47: "31255501", 52: ""}
    made: list[str] = []
    for place in range(COUNT):
        number = f"{dice.choice(_PREFIXES)}{dice.randrange(1_000_000, 9_999_999)}"
        if place in (19, 44):
            number = f"+57 {made[place - 9]}"  # somebody's second entry
        made.append(number)
        yield bad.get(place, _written(number, place))


def _written(number: str, place: int) -> str:
    ways = (number, number, f"+57{number}", f"{number[:3]} {number[3:6]} {number[6:]}", f"{number[:3]}-{number[3:]}")
    return number if number.startswith("+") else ways[place % len(ways)]
