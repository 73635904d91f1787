"""What makes a text dearer: told where it costs a part more, and nowhere else."""

import pytest

from clientes_app.messaging.causes import Cause, causes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("á" * 71, [Cause.ACCENTS]),
        ("\N{PARTY POPPER}" * 36, [Cause.EMOJI]),
        ("\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}" * 36, [Cause.EMOJI]),
        ("“hola”" * 12, [Cause.SIGNS]),
        ("Calle 10 Nº 5 " * 6, [Cause.SIGNS]),
        ("Привет " * 11, [Cause.LETTERS]),
        ("€" * 81, [Cause.DOUBLES]),
        ("sí " + "\N{PARTY POPPER}" * 36, [Cause.ACCENTS, Cause.EMOJI]),
        ("á" * 70, []),
        ("€" * 80, []),
        ("ñéüàÑÉ" * 20, []),
        ("a" * 161, []),
        ("", []),
    ],
)
def test_the_kinds_that_cost_a_part_more_are_told(text: str, told: list[Cause]) -> None:
    assert list(causes(text)) == told
