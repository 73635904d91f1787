"""For how many recipients a template takes how many parts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from clientes_app.messaging.personalization import Recipient, Shared, Template
from clientes_app.messaging.sms_parts import measure
from clientes_app.messaging.totals import Spread, grouped
from clientes_app.messaging.totals import spread as spread_of

TEXT = "Hola {nombre}, " + "a" * 60
NAMES = ["Ana", "Ramón", "Eva", "María", "Inés"]


def spread(text: str, names: list[str]) -> Spread:
    template = Template(text, Shared())
    return spread_of(template, grouped(map(Recipient, names), [template]))


def test_an_accent_in_the_name_makes_the_message_dearer() -> None:
    found = spread(TEXT, NAMES)
    assert found.by_parts == {1: 3, 2: 2}, "é is within GSM-7"
    assert (found.fewest, found.most, found.dearer, found.recipients, found.parts) == (1, 2, 2, 5, 7)


def test_without_accents_in_the_names_it_takes_one_part_for_each() -> None:
    assert spread(TEXT.replace("nombre", "nombre_sin_tildes"), NAMES).by_parts == {1: 5}


def test_nobody_takes_no_part() -> None:
    assert (spread(TEXT, []).most, spread(TEXT, []).recipients) == (0, 0)


@given(
    st.text(st.sampled_from("aá€\N{PARTY POPPER}"), max_size=170),
    st.sampled_from(["{nombre}", "{nombre_sin_tildes}", "{nombre} {nombre_sin_tildes}", "{primer_nombre}{nombre}"]),
    st.lists(st.text(max_size=12) | st.sampled_from([*NAMES, "כרם", "Иван", "山田", "강", "©", "™"]), max_size=8),
)
def test_names_of_one_group_take_the_same(before: str, placeholders: str, names: list[str]) -> None:
    text = f"{before} {placeholders} "
    template = Template(text, Shared())
    plainly = Counter(measure(template.render(Recipient(name))).parts for name in names)
    assert spread(text, names).by_parts == plainly
