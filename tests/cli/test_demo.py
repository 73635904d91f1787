"""The sample shop is one that could be."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.campaigns.verification import verify
from clientes_app.cli.demo_shop import load_shop
from clientes_app.cli.demo_texts import DRAFT, TEMPLATES
from clientes_app.extensions import db
from clientes_app.messaging.sms_parts import measure
from clientes_app.models import CampanaSMS, Cliente, EstadoSMS, Respuesta, SMSLog, TipoDeCampana, Venta
from clientes_app.models.types import utc_now
from clientes_app.sending.law.hours import USUAL, window_at
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


def test_every_campaign_is_proven(sample: Flask) -> None:
    with sample.app_context():
        campaigns = db.session.scalars(select(CampanaSMS).order_by(CampanaSMS.id)).all()
        problems = [problem for campaign in campaigns for problem in verify(campaign.id).problems]
    assert problems == []
    assert len(campaigns) >= 10
    assert {campaign.tipo for campaign in campaigns} == {*TipoDeCampana}
    assert campaigns[-1].creado - campaigns[0].creado > timedelta(days=150)
    assert all(campaign.costo > 0 for campaign in campaigns)


def test_advertising_kept_the_law(sample: Flask) -> None:
    got = (
        select(SMSLog.telefono_e164, SMSLog.actualizado)
        .join(CampanaSMS)
        .where(CampanaSMS.tipo == TipoDeCampana.PUBLICIDAD, SMSLog.estado == EstadoSMS.ENVIADO)
    )
    with sample.app_context():
        advertisements = db.session.execute(got).all()
        excepted = db.session.scalars(select(CampanaSMS.exceptuada_por_id)).all()
    assert all(window_at(moment, USUAL, BOGOTA).is_open for _, moment in advertisements)
    of_a_day = [(number, moment.astimezone(BOGOTA).date()) for number, moment in advertisements]
    assert len(set(of_a_day)) == len(of_a_day) > 200
    assert set(excepted) == {None}


def test_what_was_bought_adds_up(sample: Flask) -> None:
    with sample.app_context():
        sales = db.session.execute(select(Venta.cliente_id, Venta.total, Venta.fecha)).all()
        clients = db.session.scalars(select(Cliente)).all()
    for client in clients:
        own = [sale for sale in sales if sale.cliente_id == client.id]
        assert client.total_compras == sum(sale.total for sale in own)
        assert client.numero_compras == len(own)
        assert client.ultima_compra == max((sale.fecha for sale in own), default=None)
        assert all(sale.fecha > client.creado for sale in own)
    numbers = sorted(client.numero_compras for client in clients)
    assert numbers[0] == 0
    assert numbers[-1] > 12


def test_every_report_has_something_to_show(sample: Flask, owner: CheckingClient) -> None:
    with sample.app_context():
        campaign_id = db.session.scalars(select(CampanaSMS.id).order_by(CampanaSMS.id)).first()
    month = f"mes/{utc_now() - timedelta(days=45):%Y-%m}/"
    for report in (month, f"campana/{campaign_id}/", "clientes/", "cuando/"):
        page = owner.get(f"/informes/{report}").text
        assert 'class="empty"' not in page, report
        assert "<table" in page, report


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
