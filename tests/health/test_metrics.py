"""The metrics: for whoever has their token, and what Prometheus reads in them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, update

from clientes_app.background.sender import Sender
from clientes_app.config import PROJECT_ROOT, Settings
from clientes_app.engine import placing
from clientes_app.extensions import db
from clientes_app.models import EstadoImportacion, Importacion, Respuesta, RitmoDeEnvio, TurnoDeEnvio
from clientes_app.models.types import utc_now
from clientes_app.sending import lease
from clientes_app.sending.carrier import Fate, Outcome
from clientes_app.settings import current_settings, replace_settings

from ..support.campaigns import Campaigns
from ..support.carrier import wait_until
from ..support.checking_client import CheckingClient
from ..support.shop import Shop
from ..support.tokens import bearer, make_token

pytestmark = pytest.mark.both_databases

TOKEN = "for the metrics only"
PAGE = PROJECT_ROOT / "docs" / "several-machines.md"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, metrics_token=TOKEN)


Samples = dict[tuple[str, ...], float]


def scrape(browser: CheckingClient) -> Samples:
    """Return each sample by its name and its label."""
    answer = browser.get("/metrics", headers=bearer(TOKEN))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_without_the_setting_there_is_no_such_page(app: Flask, browser: CheckingClient) -> None:
    with app.app_context():
        replace_settings(app, replace(current_settings(), metrics_token=""))
    for headers in ({}, bearer(""), bearer(TOKEN)):
        assert browser.get("/metrics", headers=headers).status_code == 404


def test_only_its_own_token_opens_it(app: Flask, browser: CheckingClient, account: int) -> None:
    secret = make_token(app, account)
    for headers in ({}, bearer("another"), bearer(secret), {"Authorization": f"Basic {TOKEN}"}):
        answer = browser.get("/metrics", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "clientes_" not in answer.text
    assert browser.get("/clientes/plantillas-sms/", headers=bearer(TOKEN)).status_code == 401


def test_it_gives_no_cookie_and_is_not_kept(browser: CheckingClient) -> None:
    answer = browser.get("/metrics", headers=bearer(TOKEN))
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_of_an_empty_installation_it_says_that_all_is_still(browser: CheckingClient) -> None:
    samples = scrape(browser)
    assert samples[("clientes_messages", "pendiente")] == 0
    assert samples[("clientes_senders", "send")] == 0
    assert samples[("clientes_oldest_campaign_seconds",)] == 0
    assert ("clientes_pace_parts_per_second",) not in samples


def test_messages_and_campaigns_by_their_states(campaigns: Campaigns, browser: CheckingClient) -> None:
    campaign_id = campaigns.start(5)
    campaigns.claim_one(campaign_id, Outcome(Fate.SENT, sid="SM1"))
    campaigns.claim_one(campaign_id, None)
    samples = scrape(browser)
    assert [samples[("clientes_messages", state)] for state in ("pendiente", "enviando", "enviado")] == [3, 1, 1]
    assert samples[("clientes_campaigns", "procesando")] == 1
    assert samples[("clientes_oldest_campaign_seconds",)] > 0


def test_who_sends_is_counted_while_it_lives(browser: CheckingClient, sender: Sender) -> None:
    wait_until(lambda: scrape(browser)[("clientes_senders", "send")] == 1)
    sender.stop()
    assert scrape(browser)[("clientes_senders", "send")] == 0


def test_workers_are_counted_by_what_they_do(app: Flask, shop: Shop, browser: CheckingClient) -> None:
    with app.app_context():
        lease.enter(db.engine, "here:1:a", 0, queues="send,upkeep")
        lease.enter(db.engine, "there:2:b", 0, queues="send")
    samples = scrape(browser)
    assert (samples[("clientes_senders", "send")], samples[("clientes_senders", "upkeep")]) == (2, 1)
    long_ago = utc_now() - timedelta(hours=1)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(TurnoDeEnvio).values(latido=long_ago))
    assert scrape(browser)[("clientes_senders", "send")] == 0


def test_a_pace_that_twilio_has_slowed_down(shop: Shop, browser: CheckingClient) -> None:
    now = utc_now()
    shop.add(RitmoDeEnvio(id=1, siguiente=now, partes_por_segundo=12.5, meta=50.0, medido=now))
    assert scrape(browser)[("clientes_pace_parts_per_second",)] == 12.5


def test_imports_and_answers(shop: Shop, account: int, browser: CheckingClient) -> None:
    whose = {"subida_por_id": account, "usuario_id": account, "nombre_archivo": "clientes.csv"}
    shop.add(Importacion(archivo="1", estado=EstadoImportacion.APLICANDO, nuevas=3, actualizadas=2, **whose))
    shop.add(Importacion(archivo="2", estado=EstadoImportacion.REVISANDO, leidas=7, **whose))
    for read in (None, None, utc_now()):
        shop.add(Respuesta(telefono_e164="+573001234567", mensaje="Sí", leida=read, usuario_id=account))
    samples = scrape(browser)
    assert samples[("clientes_imports", "aplicando")] == 1
    assert samples[("clientes_import_rows_done", "aplicando")] == 5
    assert samples[("clientes_import_rows_done", "revisando")] == 7
    assert samples[("clientes_answers_unread",)] == 2


def test_jobs_wait_where_there_are_workers(app: Flask, campaigns: Campaigns, browser: CheckingClient) -> None:
    with app.app_context():
        distributed = db.engine.dialect.name == "postgresql"
    if distributed:
        placing.init_app(app)
    campaigns.start(300)
    waiting = {key[1]: value for key, value in scrape(browser).items() if key[0] == "clientes_jobs_waiting"}
    assert waiting == ({"express": 1, "send": 2} if distributed else {})


def test_no_statement_looks_at_the_messages(app: Flask, campaigns: Campaigns, browser: CheckingClient) -> None:
    campaigns.start(5)
    with app.app_context():
        engine = db.engine
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    scrape(browser)
    assert said
    assert [statement for statement in said if "sms_log" in statement] == []


def test_the_page_on_several_machines_names_each_metric_and_no_other(browser: CheckingClient) -> None:
    told = set(re.findall(r"^\| `(clientes_\w+)`", PAGE.read_text(), re.MULTILINE))
    families = text_string_to_metric_families(browser.get("/metrics", headers=bearer(TOKEN)).text)
    assert {family.name for family in families} == told
