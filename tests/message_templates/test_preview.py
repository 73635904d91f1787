"""What the preview shows of a message, and whom it shows it to."""

from __future__ import annotations

import pytest

from clientes_app.extensions import db
from clientes_app.message_templates.filling import filling_of
from clientes_app.message_templates.preview import SAMPLE_NAME, Preview, Step
from clientes_app.message_templates.preview import preview as preview_for
from clientes_app.message_templates.previewed import Candidates, Previewed, active_clients
from clientes_app.messaging.personalization import Recipient, Shared, Template
from clientes_app.messaging.sms_parts import Encoding

from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

EMOJI = "\N{PARTY POPPER}"


def preview(mensaje: str, nombre: str) -> Preview:
    return preview_for(Template(mensaje, Shared()), Recipient(nombre))


def choose_recipient(account: int, client_id: int | None, step: Step | None, text: str = "{nombre}") -> Previewed:
    filling = filling_of(db.session(), account)
    return Candidates(active_clients(account), filling, filling.template(text)).choose(client_id, step)


@pytest.mark.parametrize(
    ("mensaje", "characters", "encoding", "parts"),
    [
        ("", 0, Encoding.GSM_7, 0),
        ("Hola {nombre}", 17, Encoding.GSM_7, 1),
        ("a" * 160, 160, Encoding.GSM_7, 1),
        ("a" * 161, 161, Encoding.GSM_7, 2),
        ("€" * 80, 80, Encoding.GSM_7, 1),
        ("€" * 81, 81, Encoding.GSM_7, 2),
        ("í" * 70, 70, Encoding.UCS_2, 1),
        ("í" * 71, 71, Encoding.UCS_2, 2),
        (EMOJI * 35, 35, Encoding.UCS_2, 1),
        (EMOJI * 36, 36, Encoding.UCS_2, 2),
        ("man\N{COMBINING TILDE}ana", 6, Encoding.GSM_7, 1),
    ],
)
def test_it_says_what_the_text_takes(mensaje: str, characters: int, encoding: Encoding, parts: int) -> None:
    measure = preview(mensaje, SAMPLE_NAME).measure
    assert (measure.characters, measure.encoding, measure.parts) == (characters, encoding, parts)


def test_it_shows_the_name_of_the_client() -> None:
    assert preview("Hola {nombre}, {nombre}!", "Ana").text == "Hola Ana, Ana!"
    assert preview("Hola {nombre}", "{nombre}").text == "Hola {nombre}"


def test_it_marks_what_forces_ucs_2() -> None:
    shown = preview("Sí, {nombre}: más", "Sofía")
    assert "".join(run for run, _costly in shown.runs) == shown.text
    assert [run for run, costly in shown.runs if costly] == ["í", "í", "á"]
    assert shown.costly == ["í", "á"]


def test_a_saving_is_offered_where_parts_are_saved() -> None:
    saving = preview("{nombre}: " + "á" * 150, "Ana").cost.saving
    assert saving is not None
    assert (saving.text, saving.parts_before, saving.parts_after) == ("{nombre}: " + "a" * 150, 3, 1)


@pytest.mark.parametrize(
    ("mensaje", "nombre"),
    [
        ("más", "Ana"),  # one part either way
        ("á" * 150 + EMOJI, "Ana"),  # the emoji stays
        ("á" * 150 + "{nombre}", "Sofía"),  # the name stays as it is
        ("a" * 161, "Ana"),
    ],
)
def test_no_saving_is_promised_that_would_not_come(mensaje: str, nombre: str) -> None:
    assert preview(mensaje, nombre).cost.saving is None


def test_a_name_that_makes_the_text_too_long_is_noticed() -> None:
    mensaje = "{nombre}" + "a" * 1592
    assert preview(mensaje, "Laurabel").too_long is False
    assert preview(mensaje, "Laurabell").too_long is True


def test_arrows_walk_through_the_active_clients_and_around(shop: Shop, account: int, context: None) -> None:
    first, second, third = (shop.add_client(account, name) for name in ("Ana", "Beatriz Ñáñez", "Cris"))
    shop.add_client(account, "Somebody inactive with a long name", activo=False)
    shop.add_client(shop.add_admin("otro"), "Somebody else's with a long name")

    def shown(client_id: int | None, step: Step | None) -> int | None:
        return choose_recipient(account, client_id, step).id

    assert shown(None, None) == first
    assert shown(second, None) == second
    assert [shown(first, Step.NEXT), shown(second, Step.NEXT), shown(third, Step.NEXT)] == [second, third, first]
    assert [shown(first, Step.PREVIOUS), shown(third, Step.PREVIOUS)] == [third, second]
    assert shown(None, Step.LONGEST) == second


def test_nobody_elses_client_is_shown(shop: Shop, account: int, context: None) -> None:
    own = shop.add_client(account, "Ana")
    foreign = shop.add_client(shop.add_admin("otro"), "Not yours")
    assert [choose_recipient(account, foreign, step).id for step in (None, *Step)] == [own] * 4


def test_without_clients_there_is_a_sample(account: int, context: None) -> None:
    for step in (None, *Step):
        recipient = choose_recipient(account, None, step)
        assert (recipient.id, recipient.nombre) == (None, SAMPLE_NAME)
