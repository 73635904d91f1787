"""What drafts hold of people is handed out and erased, and nothing is kept for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from clientes_app.drafts.personal import EMPTY_KEPT, KEPT
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Borrador
from clientes_app.models.types import utc_now
from clientes_app.privacy.retention import sweep

from ..support.checking_client import CheckingClient
from ..support.drafts import OpenPage, send_from, send_seen, sent, shown_by, texts
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases


@pytest.fixture
def page(admin: CheckingClient, shop: Shop, account: int) -> OpenPage:
    """A page for two ticked clients, with a text."""
    ids = shop.add_clients(account, ["3001110001", "3001110002"])
    begun = admin.send("/clientes/campanas/nueva/", {"cliente_ids": [str(each) for each in ids]})
    page = OpenPage.at(admin, begun.location or "").type("Hola", nombre="Navidad")
    page.autosave()
    return page


def test_a_draft_is_personal_data_of_those_who_were_ticked(admin: CheckingClient, page: OpenPage) -> None:
    assert "Navidad" in admin.get("/clientes/1/datos/").text
    (draft,) = admin.get("/clientes/1/datos.json").get_json()["borradores"]
    assert (draft["nombre"], draft["mensaje"]) == ("Navidad", "Hola")


def test_an_erased_client_is_in_no_draft_and_an_open_review_is_out_of_date(
    app: Flask, admin: CheckingClient, page: OpenPage
) -> None:
    review = page.press_review()
    seen = shown_by(admin, review)
    assert admin.send("/clientes/1/borrar/").status_code == 302
    assert send_seen(admin, review, seen).location == review
    with app.app_context():
        assert db.session.scalars(select(Borrador)).one().campos["clientes"] == [2]
    assert "1 de 1" in admin.get(review).text


def test_a_client_who_was_deleted_is_left_out(app: Flask, admin: CheckingClient, page: OpenPage) -> None:
    review = page.press_review()
    admin.send("/clientes/eliminar/1/")
    assert "1 de 1" in admin.get(review).text
    send_from(admin, review)
    assert sent(app) == ["Hola"]


@pytest.mark.parametrize(
    ("written", "stays"),
    [
        (("Navidad", KEPT - timedelta(minutes=1)), True),
        (("Navidad", KEPT + timedelta(minutes=1)), False),
        (("", EMPTY_KEPT - timedelta(minutes=1)), True),
        (("", EMPTY_KEPT + timedelta(minutes=1)), False),
    ],
)
def test_what_nobody_goes_on_with_is_deleted(
    app: Flask, page: OpenPage, tmp_path: Path, written: tuple[str, timedelta], stays: bool
) -> None:
    summary, age = written
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Borrador).values(resumen=summary, cambiado=utc_now() - age))
    with app.test_request_context():
        sweep(tmp_path)
    assert bool(texts(app)) is stays
