"""Numbers that do not work: who is proposed, and what a person may do about it; nothing is done by itself."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from clientes_app.campaigns.audience import Outlook, mailing_of
from clientes_app.clients.dead_numbers import services
from clientes_app.clients.search.selection import Ticked
from clientes_app.extensions import db
from clientes_app.models import DEAD_NUMBER, Accion, Auditoria, Baja, Cliente, EstadoSMS, OrigenBaja, Recibo, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.sending import faults

from ...support.campaigns import Campaigns
from ...support.checking_client import CheckingClient
from ...support.clock import Clock
from ...support.shop import Shop

LIST = "/clientes/numeros-que-no-responden/"
NUMBER = "3001112233"
GONE = {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.UNDELIVERED, "recibo_codigo": 30005}
REFUSED = {"estado": EstadoSMS.FALLIDO, "error_codigo": 21211, "error_mensaje": "The number does not exist"}
DELIVERED = {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.DELIVERED}

pytestmark = pytest.mark.both_databases


class Failing:
    """A client, and what became of the messages to their number."""

    def __init__(self, app: Flask, campaigns: Campaigns, account: int, client_id: int) -> None:
        self.app, self.campaigns, self.account, self.client_id = app, campaigns, account, client_id

    def send(self, *ends: dict[str, Any]) -> None:
        """Let messages come to these ends, a campaign each."""
        for place, end in enumerate(ends):
            campaign_id = self.campaigns.start_to([self.client_id])
            with self.app.app_context():
                sid = {"twilio_sid": f"SM{campaign_id}-{place}", "recibido": utc_now()}
                db.session.execute(update(SMSLog).where(SMSLog.campana_id == campaign_id).values(**end, **sid))
                db.session.commit()

    def is_proposed(self) -> bool:
        with self.app.app_context():
            return self.client_id in services.all_ids(self.account)


@pytest.fixture
def failing(app: Flask, campaigns: Campaigns, shop: Shop, account: int) -> Failing:
    return Failing(app, campaigns, account, shop.add_client(account, "Rosa Gil", NUMBER))


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


@pytest.mark.parametrize(
    ("ends", "proposed"),
    [
        ([GONE, GONE], False),
        ([GONE, REFUSED, GONE], True),
        ([GONE, GONE, DELIVERED, GONE], False),
        ([DELIVERED, GONE, GONE, GONE], True),
        ([{**GONE, "recibo_codigo": 30003}] * 3, False),
        ([{**REFUSED, "error_codigo": 21610}] * 3, False),
    ],
)
def test_three_failures_for_good_and_nothing_delivered_since(
    failing: Failing, ends: list[dict[str, Any]], proposed: bool
) -> None:
    failing.send(*ends)
    assert failing.is_proposed() is proposed


def test_what_counts_is_when_messages_failed_and_arrived_and_not_when_they_were_stored(failing: Failing) -> None:
    scheduled = failing.campaigns.start_to([failing.client_id])
    failing.send(GONE, GONE, GONE)
    assert failing.is_proposed()
    with failing.app.app_context():
        late = update(SMSLog).where(SMSLog.campana_id == scheduled)
        db.session.execute(late.values(**DELIVERED, twilio_sid="SMlate", recibido=utc_now()))
        db.session.commit()
    assert not failing.is_proposed()


def test_failures_of_long_ago_do_not_count(failing: Failing, clock: Clock) -> None:
    failing.send(GONE, GONE)
    clock.pass_by(days=181)
    failing.send(GONE)
    assert not failing.is_proposed()
    failing.send(GONE, GONE)
    assert failing.is_proposed()


def test_they_are_listed_in_words_and_on_home(english: CheckingClient, failing: Failing) -> None:
    assert "No number fails again and again" in english.get(LIST).text
    failing.send(GONE, GONE, GONE)
    page = english.get(LIST).text
    assert "Rosa Gil" in page
    assert "3 failures" in page
    assert "The number does not exist, or no longer does (30005)" in page
    assert f"/clientes/editar/{failing.client_id}/" in page
    assert "1 client has a number that failed again and again." in english.get("/").text


def test_writing_no_more_is_an_opt_out_that_can_be_taken_back(
    app: Flask, english: CheckingClient, failing: Failing, account: int
) -> None:
    failing.send(GONE, GONE, GONE)
    english.send(f"{LIST}no-contactar/", {"cliente_ids": str(failing.client_id)})
    assert not failing.is_proposed()
    assert "The number does not work" in english.get("/clientes/bajas/").text
    with app.app_context():
        opt_out = db.session.scalars(select(Baja)).one()
        assert (opt_out.origen, opt_out.telefono_e164) == (OrigenBaja.NUMERO, f"+57{NUMBER}")
        outlook = Outlook(db.session(), mailing_of(db.session(), account, Ticked((failing.client_id,)), "Hola"))
        assert list(outlook.sendable()) == []
        (share,) = outlook.shares()
        assert (share.state, share.reason) == (EstadoSMS.OMITIDO, faults.DEAD_NUMBER)
        assert Accion.OPT_OUT_ADDED in db.session.scalars(select(Auditoria.accion)).all()
        assert db.session.get_one(Cliente, failing.client_id).activo
    english.send(f"/clientes/bajas/{opt_out.id}/quitar/")
    assert failing.is_proposed()


def test_who_is_left_is_proposed_again_after_another_failure(english: CheckingClient, failing: Failing) -> None:
    failing.send(GONE, GONE, GONE)
    english.send(f"{LIST}dejar/", {"cliente_ids": str(failing.client_id)})
    assert not failing.is_proposed()
    failing.send(GONE)
    assert failing.is_proposed()


def test_another_number_is_another_matter(english: CheckingClient, failing: Failing) -> None:
    failing.send(GONE, GONE, GONE)
    english.send(f"/clientes/editar/{failing.client_id}/", {"nombre": "Rosa Gil", "telefono": "3109998877"})
    assert not failing.is_proposed()


def test_all_at_once(app: Flask, english: CheckingClient, failing: Failing, shop: Shop, account: int) -> None:
    failing.send(GONE, GONE, GONE)
    other = Failing(app, failing.campaigns, account, shop.add_client(account, "Ana", "3001112244"))
    other.send(GONE, GONE, GONE)
    english.send(f"{LIST}no-contactar/", {"todos": "si"})
    assert not failing.is_proposed()
    assert not other.is_proposed()


def test_nobody_ticked_is_said(english: CheckingClient, failing: Failing) -> None:
    failing.send(GONE, GONE, GONE)
    refused = english.send(f"{LIST}dejar/")
    assert refused.status_code == 400
    assert "Tick somebody first." in refused.text
    assert failing.is_proposed()


def test_only_the_proposed_are_changed(
    app: Flask, english: CheckingClient, failing: Failing, shop: Shop, account: int
) -> None:
    well = shop.add_client(account, "Ana", "3001112244")
    theirs = shop.add_client(shop.add_admin("bea"), "Eva", "3001112255")
    english.send(f"{LIST}no-contactar/", {"cliente_ids": [str(well), str(theirs)]})
    with app.app_context():
        assert db.session.scalars(select(Baja)).all() == []


def test_the_list_reads_the_index_of_what_failed_for_good(app: Flask, account: int) -> None:
    with app.app_context():
        explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = db.session.execute(text(f"{explain} SELECT id FROM sms_log WHERE ({DEAD_NUMBER})")).all()
    assert "ix_sms_log_numero_muerto" in str(plan)
