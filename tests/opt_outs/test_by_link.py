"""The way out of a message: looking changes nothing, one button does, and it can be undone."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from clientes_app.audit_log import NOBODY
from clientes_app.clients.services import delete_client
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db, unit_of_work
from clientes_app.importing.storage.chosen import storage_of
from clientes_app.models import (
    CampanaSMS,
    Cliente,
    Cuenta,
    EstadoSMS,
    NumeroPropio,
    OrigenBaja,
    SMSLog,
)
from clientes_app.models.types import utc_now
from clientes_app.opt_outs.by_link import services
from clientes_app.privacy import retention
from clientes_app.privacy.services import erase
from clientes_app.sending.carrier import Fate, Outcome
from clientes_app.sending.opt_outs import add_opt_outs, enter_stop, take_back_stop
from clientes_app.settings import current_settings
from clientes_app.values.pseudonym import is_pseudonym

from ..support.checking_client import CheckingClient, open_browser
from ..support.races import race
from ..support.shop import Shop, account_of
from ..support.ways_out import BASE_URL, Advertiser, answer_at

pytestmark = pytest.mark.both_databases

LAURA = "+573001234567"
NO_MORE, DONE, AGAIN = "No quiero más mensajes", "Listo", "Vuelves a recibir mensajes"


@pytest.fixture
def advertiser(app: Flask, shop: Shop, account: int) -> Advertiser:
    answer_at(app, BASE_URL)
    return Advertiser(app, shop, account)


@pytest.fixture
def laura(shop: Shop, account: int) -> int:
    return shop.add_client(account)


@pytest.fixture
def stranger(app: Flask) -> CheckingClient:
    """Somebody with a phone, who is no user."""
    return open_browser(app)


def by_link(account: int, number: str = LAURA) -> set[tuple[int, str, OrigenBaja]]:
    return {(account, number, OrigenBaja.ENLACE)}


def test_looking_opts_out_nobody(app: Flask, advertiser: Advertiser, shop: Shop, account: int) -> None:
    """Whatever became of the messages: gateways and scanners follow every link."""
    outcomes = (
        Outcome(Fate.SENT, sid="SM" + "1" * 32),
        Outcome(Fate.REFUSED, code=21211),
        Outcome(Fate.UNKNOWN),
        Outcome(Fate.DEFERRED, code=20429),
        None,
    )
    for place, outcome in enumerate(outcomes):
        client = shop.add_client(account, f"Cliente {place}", f"30012345{place:02}")
        messages = advertiser.claim(advertiser.store(client))
        if outcome is not None:
            advertiser.record(messages, outcome)
    with app.app_context():
        rows = {row.estado: row.codigo for row in db.session.scalars(select(SMSLog))}
    assert len(rows) == len(outcomes)
    looking = FlaskClient(app)
    for place in range(500):
        code = list(rows.values())[place % len(rows)]
        response = looking.open(f"/b/{code}", method=("GET", "HEAD")[place % 2])
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
    assert advertiser.opt_outs() == set()


def test_one_press_opts_out_and_twice_is_once(
    advertiser: Advertiser, stranger: CheckingClient, shop: Shop, account: int, laura: int
) -> None:
    other = shop.add_admin("otra")
    shop.add_client(other)
    (code,) = advertiser.send(laura)
    page = stranger.get(f"/b/{code}").text
    assert "Tienda ana" in page
    assert "+57 300 ··· ··67" in page
    assert "1234567" not in page
    assert NO_MORE in page
    assert DONE in stranger.post(f"/b/{code}").text
    assert advertiser.opt_outs() == by_link(account), "and of no other shop"
    again = stranger.post(f"/b/{code}").text
    assert "Ya era así" in again
    assert "Deshacer" in again
    assert NO_MORE not in stranger.get(f"/b/{code}").text
    assert advertiser.opt_outs() == by_link(account)
    assert advertiser.claim(advertiser.store(laura)) == []


def test_it_can_be_undone(advertiser: Advertiser, stranger: CheckingClient, account: int, laura: int) -> None:
    (code,) = advertiser.send(laura)
    stranger.post(f"/b/{code}")
    undone = stranger.post(f"/b/{code}", data={"deshacer": "1"}).text
    assert AGAIN in undone
    assert NO_MORE in undone
    assert advertiser.opt_outs() == set()
    assert len(advertiser.claim(advertiser.store(laura))) == 1


def test_what_the_shop_enters_besides_is_not_undone_by_the_link(
    advertiser: Advertiser, stranger: CheckingClient, admin: CheckingClient, account: int, laura: int
) -> None:
    (code,) = advertiser.send(laura)
    stranger.post(f"/b/{code}")
    admin.send("/clientes/bajas/nueva/", {"telefono": LAURA})
    stranger.post(f"/b/{code}", data={"deshacer": "1"})
    assert advertiser.opt_outs() == {(account, LAURA, OrigenBaja.MANUAL)}


@pytest.mark.parametrize("follows", ["/", ".", ",", ")", "%20", "%0a", "%C2%A0"])
def test_what_a_phone_takes_for_a_part_of_the_link_does_no_harm(
    advertiser: Advertiser, stranger: CheckingClient, laura: int, follows: str
) -> None:
    (code,) = advertiser.send(laura)
    assert stranger.get(f"/b/{code}{follows}").status_code == 200
    assert stranger.post(f"/b/{code}{follows}").status_code == 200
    assert advertiser.claim(advertiser.store(laura)) == []


@pytest.mark.parametrize("origin", [origin for origin in OrigenBaja if origin is not OrigenBaja.ENLACE])
def test_what_was_said_elsewhere_stands(
    advertiser: Advertiser, stranger: CheckingClient, laura: int, origin: OrigenBaja
) -> None:
    app, account = advertiser.app, advertiser.account
    (code,) = advertiser.send(laura)
    with app.app_context(), write_transaction(db.engine) as connection:
        add_opt_outs(connection, [account], LAURA, origin)
    said = stranger.post(f"/b/{code}").text
    assert "Ya era así" in said
    assert "Deshacer" not in said
    stranger.post(f"/b/{code}", data={"deshacer": "1"})
    assert advertiser.opt_outs() == {(account, LAURA, origin)}


def test_a_stop_after_it_is_not_undone_by_a_link_but_by_alta(
    app: Flask, advertiser: Advertiser, stranger: CheckingClient, account: int, laura: int
) -> None:
    (code,) = advertiser.send(laura)
    stranger.post(f"/b/{code}")
    with app.app_context(), write_transaction(db.engine) as connection:
        enter_stop(connection, LAURA)
    stranger.post(f"/b/{code}", data={"deshacer": "1"})
    assert advertiser.opt_outs() == {(account, LAURA, OrigenBaja.MENSAJE)}
    with app.app_context(), write_transaction(db.engine) as connection:
        assert take_back_stop(connection, LAURA) == {account}
    stranger.post(f"/b/{code}")
    with app.app_context(), write_transaction(db.engine) as connection:
        assert take_back_stop(connection, LAURA) == {account}, "ALTA takes back what a link said, too"
    assert advertiser.opt_outs() == set()


def test_it_works_when_the_client_is_gone(
    app: Flask, advertiser: Advertiser, stranger: CheckingClient, account: int, laura: int
) -> None:
    (code,) = advertiser.send(laura)
    with app.test_request_context():
        delete_client(account, laura, by=NOBODY)
    assert DONE in stranger.post(f"/b/{code}").text
    assert advertiser.opt_outs() == by_link(account)


def test_somebody_erased_opts_out_by_the_pseudonym(
    advertiser: Advertiser, stranger: CheckingClient, laura: int
) -> None:
    app, account = advertiser.app, advertiser.account
    (code,) = advertiser.send(laura)
    with app.test_request_context():
        erase(account_of(account), laura, storage_of(current_settings()), by=NOBODY)
    page = stranger.get(f"/b/{code}").text
    assert "tu número" in page
    assert "··67" not in page
    for _ in range(2):
        stranger.post(f"/b/{code}")
    ((owner, number, origin),) = advertiser.opt_outs()
    assert (owner, origin) == (account, OrigenBaja.ENLACE)
    assert is_pseudonym(number)
    stranger.post(f"/b/{code}", data={"deshacer": "1"})
    assert advertiser.opt_outs() == set()


@pytest.mark.parametrize("who_has_it", ["the same client", "another client", "one of the shop's own people"])
def test_a_blanked_message_opts_out_the_number_that_somebody_still_has(
    advertiser: Advertiser, stranger: CheckingClient, laura: int, who_has_it: str
) -> None:
    app, account = advertiser.app, advertiser.account
    (code,) = advertiser.send(laura)
    with app.app_context(), unit_of_work() as session:
        session.add(Cuenta(usuario_id=account, meses_de_retencion=1))
        long_ago = utc_now() - timedelta(days=90)
        session.execute(update(CampanaSMS).values(creado=long_ago, completado=long_ago))
        if who_has_it != "the same client":
            session.execute(update(Cliente).values(telefono="", telefono_e164=None))
        if who_has_it == "one of the shop's own people":
            session.add(NumeroPropio(persona_id=account, telefono_e164=LAURA, probado=utc_now()))
    if who_has_it == "another client":
        advertiser.shop.add_client(account, "Otra Laura")
    with app.app_context():
        retention.sweep(storage_of(current_settings()))
    assert is_pseudonym(advertiser.row_of(code).telefono_e164 or "")
    assert DONE in stranger.post(f"/b/{code}").text
    assert advertiser.opt_outs() == by_link(account)
    assert "Ya era así" in stranger.post(f"/b/{code}").text


def test_what_was_left_out_after_it_was_claimed_once_has_a_way_out(
    app: Flask, advertiser: Advertiser, stranger: CheckingClient, account: int, laura: int
) -> None:
    campaign_id = advertiser.store(laura)
    messages = advertiser.claim(campaign_id)
    advertiser.record(messages, Outcome(Fate.DEFERRED, code=20429))
    code = messages[0].code or ""
    stranger.post(f"/b/{code}")
    assert advertiser.claim(campaign_id) == []
    assert advertiser.row_of(code).estado is EstadoSMS.OMITIDO
    stranger.post(f"/b/{code}", data={"deshacer": "1"})
    assert advertiser.opt_outs() == set()


def test_misses_are_limited_and_hits_are_not(advertiser: Advertiser, stranger: CheckingClient, laura: int) -> None:
    (code,) = advertiser.send(laura)
    missed = ["", "x", "0000000", code.swapcase(), f"{code}x", "ñandú12", "a/b/c", "%00" * 7]
    paths = ["/b", f"/b//{code}", f"/b/%0a{code}", *(f"/b/{each}" for each in missed)]
    answers = [stranger.open(path, method=method) for path in paths for method in ("GET", "POST")]
    assert {answer.status_code for answer in answers} == {404}
    for answer in answers:
        assert "Set-Cookie" not in answer.headers
        assert "Clientes" not in answer.text
    later = [stranger.get("/b/0000000") for _ in range(20)]
    assert later[-1].status_code == 429
    assert int(later[-1].headers["Retry-After"]) > 0
    assert stranger.get(f"/b/{code}").status_code == 200
    assert stranger.post(f"/b/{code}").status_code == 200
    elsewhere = stranger.get("/b/0000000", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 404


def test_it_has_no_cookies_and_tells_nobody(
    app: Flask, advertiser: Advertiser, admin: CheckingClient, laura: int
) -> None:
    """Neither to a stranger, nor to one of the shop who is logged in."""
    (code,) = advertiser.send(laura)
    for browser in (open_browser(app), admin):
        for response in (
            browser.get(f"/b/{code}"),
            browser.post(f"/b/{code}"),
            browser.get("/b/0000000"),
            browser.put(f"/b/{code}"),
        ):
            headers = response.headers
            assert "Set-Cookie" not in headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in headers["X-Robots-Tag"]
            assert "script-src" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "<script" not in response.text
            assert code not in response.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(advertiser: Advertiser, stranger: CheckingClient, laura: int, method: str) -> None:
    (code,) = advertiser.send(laura)
    for path in (f"/b/{code}", "/b/0000000", "/b"):
        response = stranger.open(path, method=method)
        assert response.status_code == 405
        assert response.headers["Allow"] == "GET, HEAD, POST"
        assert "Set-Cookie" not in response.headers
    assert advertiser.opt_outs() == set()


def test_it_speaks_the_readers_language(app: Flask, advertiser: Advertiser, admin: CheckingClient, laura: int) -> None:
    (code,) = advertiser.send(laura)
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    for header, said in (("en-US,en;q=0.9", "I want no more messages"), ("es-CO", NO_MORE), ("fr", NO_MORE)):
        assert said in admin.get(f"/b/{code}", headers={"Accept-Language": header}).text


def test_it_answers_at_each_host_of_the_shops_and_at_no_other(
    app: Flask, advertiser: Advertiser, stranger: CheckingClient, laura: int
) -> None:
    (code,) = advertiser.send(laura)
    answer_at(app, "https://nueva.example", allowed_hosts=("nueva.example", "tienda.example"))
    for host, status in (("nueva.example", 200), ("tienda.example", 200), ("mala.example", 400)):
        assert stranger.get(f"/b/{code}", base_url=f"https://{host}").status_code == status


def test_the_shop_sees_it(advertiser: Advertiser, stranger: CheckingClient, admin: CheckingClient, laura: int) -> None:
    (code,) = advertiser.send(laura)
    stranger.post(f"/b/{code}")
    for page in ("/clientes/bajas/", f"/clientes/{laura}/"):
        assert "Por el enlace de un mensaje" in admin.get(page).text
    assert b"enlace" in admin.get("/clientes/bajas/exportar/").data


def test_a_press_and_a_claim_at_one_moment(app: Flask, advertiser: Advertiser, shop: Shop, account: int) -> None:
    """Either it had gone out before, or it is left out: never both, and never neither."""
    for place in range(8):
        client = shop.add_client(account, f"Cliente {place}", f"30012345{place:02}")
        (code,) = advertiser.send(client)
        campaign_id = advertiser.store(client)
        race(app, partial(services.opt_out, code, "CO"), partial(advertiser.claim, campaign_id))
        assert (account, f"+5730012345{place:02}", OrigenBaja.ENLACE) in advertiser.opt_outs()
        assert advertiser.claim(campaign_id) == []
        with app.app_context():
            state = db.session.scalars(select(SMSLog.estado).where(SMSLog.campana_id == campaign_id)).one()
        assert state in {EstadoSMS.ENVIANDO, EstadoSMS.OMITIDO}
