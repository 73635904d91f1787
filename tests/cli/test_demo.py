"""The sample shop is one that could be."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.cli.demo_shop import load_shop
from clientes_app.cli.demo_texts import DRAFT, TEMPLATES
from clientes_app.extensions import db
from clientes_app.messaging.sms_parts import measure
from clientes_app.models import CampanaSMS, Cliente, Respuesta, Venta
from clientes_app.simulator.ledger import Ledger

from ..support.checking_client import CheckingClient, open_browser

BOGOTA = ZoneInfo("America/Bogota")
pytestmark = pytest.mark.both_databases


@pytest.fixture
def sample(app: Flask) -> Flask:
    with app.app_context(), Ledger() as ledger:
        load_shop("CO", ledger)
    return app


@pytest.fixture
def owner(sample: Flask) -> CheckingClient:
    browser = open_browser(sample)
    browser.log_in("demo", "demo")
    return browser


def test_people_buy_while_it_is_open(sample: Flask) -> None:
    with sample.app_context():
        moments = [moment.astimezone(BOGOTA) for moment in db.session.scalars(select(Venta.fecha))]
        moments += [moment.astimezone(BOGOTA) for moment in db.session.scalars(select(CampanaSMS.creado))]
    assert len(moments) > 25
    assert {moment.weekday() for moment in moments} <= set(range(6))
    assert all(8 <= moment.hour < 19 for moment in moments)


def test_who_is_entered_twice_is_one_person(sample: Flask) -> None:
    with sample.app_context():
        people = db.session.execute(select(Cliente.telefono_e164, Cliente.nombre).order_by(Cliente.id)).all()
    double = [(one.nombre, other.nombre) for one in people for other in people if is_again(one, other)]
    assert len(double) == 2
    assert all(one.startswith(other) for one, other in double), double
    assert len({person.nombre for person in people}) == len(people)


def is_again(one, other) -> bool:
    return one.telefono_e164 is not None and one.telefono_e164 == other.telefono_e164 and one.nombre > other.nombre


@pytest.mark.parametrize("text", [*(text for _, text in TEMPLATES), DRAFT["mensaje"]])
def test_a_text_is_one_sms(text: str) -> None:
    assert measure(text.replace("{nombre}", "Wilson Arango Montoya")).parts == 1


def test_people_have_written_back(sample: Flask, owner: CheckingClient) -> None:
    page = owner.get("/clientes/respuestas/").text
    with sample.app_context():
        named = select(Respuesta.mensaje, Cliente.nombre).join(
            Cliente, Cliente.telefono_e164 == Respuesta.telefono_e164
        )
        answers = db.session.execute(named).all()
    assert len(answers) == 5
    for text, name in answers:
        assert text in page
        assert name in page


def test_there_is_something_of_everything(owner: CheckingClient) -> None:
    tags = owner.get("/clientes/etiquetas/").text
    assert all(tag in tags for tag in ("VIP", "Mayorista", "Laureles"))
    assert DRAFT["nombre"] in owner.get("/clientes/campanas/borradores/").text
