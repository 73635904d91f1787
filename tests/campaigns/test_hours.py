"""What pages and programs are told of an advertisement that waits for the lawful hours."""

from __future__ import annotations

import dataclasses
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, EstadoCampana, TipoDeCampana

from ..support.carrier import sending, wait_until
from ..support.checking_client import CheckingClient
from ..support.clock import Clock
from ..support.shop import Shop

pytestmark = pytest.mark.usefixtures("simulator")

URL = "/clientes/enviar-sms/"
SPANISH, ENGLISH = {"Accept-Language": "es"}, {"Accept-Language": "en"}
NEVER = dict.fromkeys(("semana_abre", "semana_cierra", "sabado_abre", "sabado_cierra"))


@pytest.fixture
def settings(settings: Any) -> Any:
    return dataclasses.replace(settings, send_wait_seconds=600.0, public_base_url="https://tienda.example")


@pytest.fixture(autouse=True)
def sunday(clock: Clock, shop: Shop, account: int) -> None:
    """Noon of a Sunday, in a shop that keeps the usual hours."""
    shop.settle_law(account)
    clock.set(2026, 11, 29, 12)


@pytest.fixture
def order(shop: Shop, account: int) -> dict[str, Any]:
    ids = [shop.add_client(account, "Ana", "3001112222"), shop.add_client(account, "Eva", "3001112223")]
    return {"cliente_ids": ids, "mensaje": "Hola {nombre}", "tipo": "publicidad"}


@pytest.fixture
def closed(sunday: None, shop: Shop, account: int) -> None:
    """All days are closed."""
    shop.settle_law(account, **NEVER)


def text(browser: CheckingClient, url: str, headers: dict[str, str] = SPANISH) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", browser.get(url, headers=headers).text)).split())


def page_of(app: Flask) -> str:
    with app.app_context():
        return f"/clientes/campanas/{db.session.scalars(select(CampanaSMS.id)).one()}/"


def test_a_program_is_told_at_once_until_when_it_waits(
    admin: CheckingClient, order: dict[str, Any], app: Flask
) -> None:
    answer = admin.send_json(URL, order)  # it would wait for ten minutes
    assert answer.status_code == 202
    told = answer.get_json()
    assert (told["estado"], told["tipo"]) == ("procesando", "publicidad")
    assert told["espera_hasta"] == "2026-11-30T08:00:00-05:00"
    state = admin.get(f"{page_of(app)}estado/").get_json()
    assert (state["espera_hasta"], state["pendiente"]) == ("2026-11-30T08:00:00-05:00", 2)


def test_a_strict_shop_lets_a_program_that_says_nothing_wait_too(
    admin: CheckingClient, order: dict[str, Any], shop: Shop, account: int
) -> None:
    shop.settle_law(account, exigir=True)
    del order["tipo"]
    assert admin.send_json(URL, order).get_json()["espera_hasta"] == "2026-11-30T08:00:00-05:00"


def test_every_page_says_when_it_goes_out(admin: CheckingClient, order: dict[str, Any], app: Flask) -> None:
    admin.send_json(URL, order)
    for url in (page_of(app), "/clientes/campanas/", "/clientes/campanas/en-curso/", "/"):
        assert "Sale el lunes a las 8:00 a. m.: horario de publicidad" in text(admin, url), url
        assert "Goes out Monday at 8:00 AM: hours of advertising" in text(admin, url, ENGLISH), url
    assert 'href="/ajustes/publicidad/"' in admin.get(page_of(app)).text


def test_one_that_has_begun_says_when_it_goes_on(
    admin: CheckingClient, order: dict[str, Any], app: Flask, clock: Clock
) -> None:
    admin.send_json(URL, order)
    with app.app_context():
        campaign = db.session.scalars(select(CampanaSMS)).one()
        campaign.estado = EstadoCampana.PROCESANDO
        db.session.commit()
    assert "Sigue el lunes a las 8:00 a. m.: horario de publicidad" in text(admin, page_of(app))


def test_hours_that_never_open_are_said_with_where_that_is_changed(
    admin: CheckingClient, seller: CheckingClient, order: dict[str, Any], app: Flask, closed: None
) -> None:
    answer = admin.send_json(URL, order)
    assert (answer.status_code, "espera_hasta" in answer.get_json()) == (202, False)
    for browser in (admin, seller):
        shown = text(browser, page_of(app))
        assert "Espera: todos los días están cerrados para publicidad" in shown
        assert "un administrador lo cambie en Ajustes, Publicidad" in shown
    admin.send("/ajustes/publicidad/", {"semana_cerrado": "false", "semana_abre": "08:00", "semana_cierra": "19:00"})
    assert "Sale el lunes" in text(admin, page_of(app))


def test_it_goes_out_by_itself_at_the_opening(
    admin: CheckingClient, order: dict[str, Any], app: Flask, clock: Clock
) -> None:
    admin.send_json(URL, order)
    clock.set(2026, 11, 30, 8, 1)
    with sending(app):
        wait_until(lambda: _is_completed(app))
    with app.app_context():
        sent = db.session.scalars(select(CampanaSMS)).one()
        assert (sent.tipo, sent.enviados_exitosos) == (TipoDeCampana.PUBLICIDAD, 2)


def _is_completed(app: Flask) -> bool:
    with app.app_context():
        return db.session.scalars(select(CampanaSMS.estado)).one() == "completado"


def test_the_review_counts_who_got_another_advertisement_today(
    admin: CheckingClient, order: dict[str, Any], app: Flask, clock: Clock
) -> None:
    clock.set(2026, 11, 30, 9)
    admin.log_in("ana")
    admin.send_json(URL, order, Prefer="respond-async")
    with sending(app):
        wait_until(lambda: _is_completed(app))
    typed = {"mensaje": "Otra vez", "destino": "todos"}
    review = admin.send("/clientes/campanas/revisar/", typed).location or ""
    shown = text(admin, review)
    assert "Se enviará a 0 de 2 clientes" in shown
    assert "2 · La persona ya había recibido otra publicidad ese día" in shown
    assert "Enviar de todos modos" in shown
