"""What a column seems to hold that becomes a field."""

from __future__ import annotations

import pytest

from clientes_app.importing.own_fields.recognising import guessed_kind


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["17/05", "1/2", "N/A"], "fecha"),
        (["1.234", "17.05", "-3"], "numero"),
        (["007", "012"], "texto"),
        (["M", "L", "m", "S", "M", "L"], "opcion"),
        (["Firulais", "Michi"], "texto"),
        (["", "-"], "texto"),
    ],
)
def test_what_a_new_field_holds_is_guessed(cells: list[str], kind: str) -> None:
    assert guessed_kind(cells) == kind
