"""What advertisements end with: settled as they are stored, counted as they are written, each with its own code."""

from __future__ import annotations

import dataclasses
import re
from itertools import chain, repeat

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import control, services
from clientes_app.clients.search.selection import Ticked
from clientes_app.errors import ServiceUnavailable
from clientes_app.extensions import db, unit_of_work
from clientes_app.messaging.sms_parts import measure
from clientes_app.models import CampanaSMS, Norma, NumeroPropio, SMSLog, TipoDeCampana
from clientes_app.models.types import utc_now
from clientes_app.sending.carrier import Fate, Outcome
from clientes_app.sending.faults import TOO_LONG
from clientes_app.sending.law.rules import usual_norm
from clientes_app.shop.services import ShopSettings, save_settings
from clientes_app.shop.ways_out import WayOut, save_way_out

from ..support.checking_client import CheckingClient
from ..support.shop import Shop
from ..support.ways_out import BASE_URL, Advertiser, answer_at

END = f"\nBaja: {BASE_URL}/b/xxxxxxx"
COMPOSE, TRY = "/clientes/campanas/nueva/", "/clientes/campanas/pruebas/"
READY = {"mensaje": "Hola {nombre}", "destino": "todos"}


@pytest.fixture
def advertiser(app: Flask, shop: Shop, account: int) -> Advertiser:
    answer_at(app, BASE_URL)
    return Advertiser(app, shop, account)


@pytest.fixture
def laura(shop: Shop, account: int) -> int:
    return shop.add_client(account)


def settle(advertiser: Advertiser, **settled: object) -> None:
    with advertiser.app.app_context(), unit_of_work() as session:
        norm = session.get(Norma, advertiser.account) or usual_norm(advertiser.account)
        for name, value in settled.items():
            setattr(norm, name, value)
        session.add(norm)


@pytest.mark.both_databases
def test_an_advertisement_ends_with_a_link_of_its_own(advertiser: Advertiser, shop: Shop, laura: int) -> None:
    other = shop.add_client(advertiser.account, "{codigo}", "3001234568")
    first, second = advertiser.claim(advertiser.store(laura, other))
    assert re.fullmatch(r"[0-9A-Za-z]{7}", first.code or "")
    assert first.code != second.code
    assert first.body == f"Hola Laura Méndez\nBaja: {BASE_URL}/b/{first.code}"
    assert second.body == f"Hola {{codigo}}\nBaja: {BASE_URL}/b/{second.code}", "what a value says stays as it is"
    row = advertiser.row_of(first.code or "")
    assert (row.mensaje, row.partes) == (first.body, measure(first.body).parts)
    (service,) = advertiser.claim(advertiser.store(laura, kind=TipoDeCampana.SERVICIO))
    assert (service.body, service.code) == ("Hola Laura Méndez", None)


@pytest.mark.both_databases
def test_its_code_stays_when_it_is_sent_again(advertiser: Advertiser, laura: int) -> None:
    campaign_id = advertiser.store(laura)
    (first,) = advertiser.claim(campaign_id)
    advertiser.record([first], Outcome(Fate.DEFERRED, code=20429))
    (second,) = advertiser.claim(campaign_id)
    advertiser.record([second], Outcome(Fate.UNKNOWN))
    with advertiser.app.test_request_context():
        control.send_again(advertiser.account, campaign_id, second.row_id)
    (third,) = advertiser.claim(campaign_id)
    assert first.code == second.code == third.code
    assert first.body == second.body == third.body
    assert first.attempt != third.attempt


@pytest.mark.both_databases
def test_a_code_that_another_message_has_is_drawn_again(advertiser: Advertiser, shop: Shop, laura: int) -> None:
    (taken,) = advertiser.send(laura)
    others = [shop.add_client(advertiser.account, f"Cliente {place}", f"300555000{place}") for place in range(3)]
    drawn = chain(["aaaaaaa", taken, "bbbbbbb"], ["ccccccc", "ccccccc", "ddddddd"], ["eeeeeee", "EEEEEEE", "fffffff"])
    campaign_id = advertiser.store(*others)
    claimed = advertiser.claim(campaign_id, lambda: next(drawn))
    assert [message.code for message in claimed] == ["eeeeeee", "EEEEEEE", "fffffff"]
    assert advertiser.claim(campaign_id) == []


def test_whoever_draws_no_random_codes_is_told_so(advertiser: Advertiser, laura: int) -> None:
    (taken,) = advertiser.send(laura)
    campaign_id = advertiser.store(laura)
    with pytest.raises(Exception, match="codigo"):
        advertiser.claim(campaign_id, lambda: next(repeat(taken)))
    assert len(advertiser.claim(campaign_id)) == 1, "no row is lost"


@pytest.mark.parametrize(
    ("filler", "alone", "each"), [("a", 160, 153), ("é", 160, 153), ("á", 70, 67), ("🌷", 70, 67), ("€", 160, 153)]
)
def test_the_end_counts_for_the_parts(advertiser: Advertiser, laura: int, filler: str, alone: int, each: int) -> None:
    """What the review says of them is what is handed over, at the edges of one part and of two."""
    taken = measure(filler).units
    with advertiser.app.test_request_context():
        save_settings(advertiser.account, ShopSettings(precios={"CO": 100}), by=NOBODY)  # type: ignore[dict-item]
    for room, parts in ((alone, 1), (2 * each, 2)):
        fitting = (room - len(END)) // taken
        for more, expected in ((0, parts), (1, parts + 1)):
            text = filler * (fitting + more)
            with advertiser.app.test_request_context():
                draft = services.Draft(Ticked((laura,)), text, tipo=TipoDeCampana.PUBLICIDAD)
                assert services.review(advertiser.account, draft).totals.parts == expected
            campaign_id = advertiser.store(laura, text=text)
            (message,) = advertiser.claim(campaign_id)
            assert message.parts == measure(message.body).parts == expected
            with advertiser.app.app_context():
                assert db.session.get_one(CampanaSMS, campaign_id).partes == expected
            advertiser.record([message], Outcome(Fate.DEFERRED))


def test_with_its_end_a_text_may_be_too_long(advertiser: Advertiser, laura: int) -> None:
    fitting = "a" * (1600 - len(END))
    for text, reasons in ((fitting, [None]), (f"{fitting}a", [TOO_LONG])):
        with advertiser.app.test_request_context():
            draft = services.Draft(Ticked((laura,)), text, tipo=TipoDeCampana.PUBLICIDAD)
            assert [share.reason for share in services.review(advertiser.account, draft).shares] == reasons
    assert advertiser.claim(advertiser.store(laura, text=f"{fitting}a")) == []


def test_the_shop_words_it_and_may_do_without(advertiser: Advertiser, laura: int) -> None:
    def body() -> str:
        (message,) = advertiser.claim(advertiser.store(laura, text="Oferta"))
        return re.sub(r"/b/\w{7}", "/b/…", message.body)

    settle(advertiser, texto_salida="No más: {enlace} gracias")
    before = advertiser.store(laura, text="Oferta")
    assert body() == f"Oferta\nNo más: {BASE_URL}/b/… gracias"
    settle(advertiser, con_salida=False)
    assert body() == "Oferta"
    (stored_before,) = advertiser.claim(before)
    assert "No más" in stored_before.body, "it is settled when a campaign is stored"


def test_nothing_that_binds_the_shop_goes_without_it(
    app: Flask, advertiser: Advertiser, admin: CheckingClient, laura: int
) -> None:
    settle(advertiser, exigir=True)
    answer_at(app, "")
    with pytest.raises(ServiceUnavailable, match="PUBLIC_BASE_URL"):
        advertiser.store(laura)
    for address in ("/clientes/campanas/enviar/", "/clientes/campanas/revisar/"):
        sent = admin.send(address, {**READY, "destino": "todos"})
        refused = admin.get(sent.location) if sent.status_code == 302 else sent
        assert refused.status_code == 503
        assert "PUBLIC_BASE_URL" in refused.text
    programs = admin.send_json("/clientes/enviar-sms/", {"cliente_ids": [laura], "mensaje": "Oferta"})
    assert programs.status_code == 503, "in a strict shop, what does not say its kind is advertising"
    assert "PUBLIC_BASE_URL" in programs.get_json()["error"]
    advertiser.store(laura, kind=TipoDeCampana.SERVICIO)
    with app.app_context():
        assert [each.tipo for each in db.session.scalars(select(CampanaSMS))] == [TipoDeCampana.SERVICIO]


def test_without_an_address_it_goes_without_a_link_and_the_page_says_so(
    app: Flask, advertiser: Advertiser, admin: CheckingClient, laura: int
) -> None:
    answer_at(app, "")
    assert "PUBLIC_BASE_URL" in admin.follow(COMPOSE, READY).text
    (message,) = advertiser.claim(advertiser.store(laura))
    assert (message.body, message.code) == ("Hola Laura Méndez", None)
    answer_at(app, BASE_URL)
    page = admin.follow(COMPOSE, READY).text
    assert "PUBLIC_BASE_URL" not in page


def test_the_page_shows_the_end_and_counts_it(advertiser: Advertiser, admin: CheckingClient, laura: int) -> None:
    text = "a" * (160 - len(END))
    for more, parts in (("", "1 SMS"), ("a", "2 SMS")):
        page = admin.swap("/clientes/campanas/vista-previa/", {**READY, "mensaje": f"{text}{more}"}).text
        assert f"Baja: {BASE_URL}/b/xxxxxxx" in page
        assert parts in page
        reviewed = admin.get(
            admin.send("/clientes/campanas/revisar/", {**READY, "mensaje": f"{text}{more}"}).location
        ).text
        assert f"Baja: {BASE_URL}/b/xxxxxxx" in reviewed
        assert f"{parts} en total" in reviewed
    opened = admin.get(admin.get(COMPOSE).location).text
    assert f"Baja: {BASE_URL}/b/xxxxxxx" in opened
    assert "/ajustes/salida/" in opened
    assert "Tu mensaje aparece aquí" in opened, "an end alone is no message"


def test_a_message_to_oneself_shows_the_real_thing(
    app: Flask, advertiser: Advertiser, admin: CheckingClient, laura: int
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(NumeroPropio(persona_id=advertiser.account, telefono_e164="+573007654321", probado=utc_now()))
    admin.swap(TRY, {**READY, "prueba": "11111111-1111-4111-8111-111111111111"})
    with app.app_context():
        campaign_id = db.session.scalars(select(CampanaSMS.id).where(CampanaSMS.es_prueba)).one()
    (message,) = advertiser.claim(campaign_id)
    assert message.body == f"Hola Laura Méndez\nBaja: {BASE_URL}/b/{message.code}"
    assert "+57 300 ··· ··21" in admin.get(f"/b/{message.code}").text


def test_the_settings_are_read_kept_and_audited(advertiser: Advertiser, admin: CheckingClient, shop: Shop) -> None:
    address = "/ajustes/salida/"
    shop.settle_law(advertiser.account)
    assert "Baja: {enlace}" in admin.get(address).text
    for wrong in (
        "Baja",
        "{enlace} {enlace}",
        "{enlace}.",
        "http://evil{enlace}",
        "{nombre} {enlace}",
        "a" * 92 + " {enlace}",
    ):
        assert "invalid-feedback" in admin.send(address, {"con_salida": "true", "texto_salida": wrong}).text
    admin.send(address, {"con_salida": "true", "texto_salida": "No más: {enlace}"})
    assert f"No más: {BASE_URL}/b/xxxxxxx" in admin.get(address).text
    audited = admin.get("/auditoria/", headers={"Accept-Language": "en"}).text
    assert ("texto_salida" in audited, "wording of the opt-out" in audited) == (False, True)
    with advertiser.app.app_context():
        norm = db.session.get_one(Norma, advertiser.account)
        assert (norm.semana_abre, norm.sabado_cierra, norm.festivo_abre) == (480, 900, None), "hours stay as they were"
    settle(advertiser, exigir=True)
    refused = admin.send(address, {"con_salida": "false", "texto_salida": ""}).text
    assert "exige cumplir la ley" in refused
    with advertiser.app.test_request_context():
        save_way_out(advertiser.account, dataclasses.replace(WayOut(), exigir=False), by=NOBODY)
        assert db.session.get_one(Norma, advertiser.account).exigir, "how strict it is, is settled elsewhere"
        assert db.session.scalars(select(SMSLog)).all() == []


def test_a_link_that_is_turned_off_is_warned_about(advertiser: Advertiser, admin: CheckingClient, shop: Shop) -> None:
    address = "/ajustes/salida/"
    shop.settle_law(advertiser.account)
    page = admin.get(address).text
    assert "Left empty, it becomes the usual wording" in page or "queda el texto de siempre" in page
    assert re.search(r'<a class="nav-link active" href="/ajustes/publicidad/"', page)
    assert 'nav-link active" href="/ajustes/"' not in page
    assert "Ley 2300" not in admin.get(admin.get(COMPOSE).location).text
    admin.send(address, {"con_salida": "false", "texto_salida": ""})
    assert 'class="alert alert-warning' in admin.get(address).text
    assert "Ley 2300" in admin.get(admin.get(COMPOSE).location).text
