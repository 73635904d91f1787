"""What becomes of a message that comes in: kept for the right shop, once; a STOP holds wherever the number goes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.clients import services as clients
from clientes_app.clients.duplicates.merging import merge
from clientes_app.extensions import db
from clientes_app.importing.storage.chosen import storage_of
from clientes_app.models import Baja, BajaRecordada, EstadoSMS, OrigenBaja, Respuesta
from clientes_app.models.types import utc_now
from clientes_app.opt_outs import services as opt_outs
from clientes_app.privacy.services import erase as erase_client
from clientes_app.settings import settings_of
from clientes_app.webhooks.services import hear

from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.races import race
from ..support.shop import Shop, account_of
from ..support.twilio_requests import NUMBER, Twilio
from .conftest import write_to

pytestmark = pytest.mark.both_databases

Answers = Callable[[], list[tuple[int, str]]]
LEAVE_ME = "Por favor no me escriban más a este número"


def test_a_sentence_is_kept_and_opts_nobody_out(
    twilio: Twilio, shop: Shop, account: int, answers: Answers, app: Flask
) -> None:
    write_to(shop, account)
    response = twilio.answer(LEAVE_ME)
    assert (response.status_code, response.text.endswith("<Response/>")) == (200, True)
    assert answers() == [(account, LEAVE_ME)]
    assert numbers_of(app, account) == []


def test_a_plain_wish_is_done_and_not_kept(twilio: Twilio, shop: Shop, account: int, answers: Answers) -> None:
    write_to(shop, account)
    for body in ("STOP, please", "START", "BAJA"):
        twilio.answer(body)
    assert answers() == []


def test_a_start_that_takes_nothing_back_is_for_a_person_to_read(
    twilio: Twilio, app: Flask, shop: Shop, account: int, answers: Answers
) -> None:
    write_to(shop, account)
    with app.test_request_context():
        opt_outs.add(account, NUMBER, by=Actor(account))
    twilio.answer("ALTA")
    assert numbers_of(app, account) == [NUMBER]
    assert answers() == [(account, "ALTA")]


def test_it_goes_to_the_shop_that_wrote_last_and_to_no_other(
    twilio: Twilio, shop: Shop, account: int, answers: Answers
) -> None:
    second, third = shop.add_admin("beto"), shop.add_admin("caro")
    shop.add_client(third, telefono=NUMBER)
    write_to(shop, second, at=utc_now() - timedelta(minutes=5))
    write_to(shop, account, at=utc_now() - timedelta(days=1))
    write_to(shop, third, state=EstadoSMS.FALLIDO)
    twilio.answer("¿Hay en talla M?")
    assert answers() == [(second, "¿Hay en talla M?")]


def test_where_nobody_wrote_it_goes_to_the_only_shop_that_has_the_number(
    twilio: Twilio, shop: Shop, account: int, answers: Answers
) -> None:
    shop.add_client(account, telefono=NUMBER)
    twilio.answer("Hola")
    shop.add_client(shop.add_admin("beto"), telefono=NUMBER)
    twilio.answer("¿Quién es?")
    twilio.answer("Hola", sender="+573009998877")
    assert answers() == [(account, "Hola")]


def test_nobody_knows_by_it_that_the_messages_were_erased(
    twilio: Twilio, app: Flask, shop: Shop, account: int, answers: Answers
) -> None:
    client = shop.add_client(account, telefono=NUMBER)
    write_to(shop, account)
    erase(app, account, client)
    twilio.answer("¿Todavía tienen mis datos?")
    assert answers() == [(account, "¿Todavía tienen mis datos?")]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (("", "2"), ("", 2)),
        (("Mira", "1"), ("Mira", 1)),
        (("Mira", "999999999"), ("Mira", 10)),
        (("Mira", "x"), ("Mira", 0)),
        (("Mira", "-1"), ("Mira", 0)),
        (("a" * 5_000, "0"), ("a" * 1_600, 0)),
        (("\x00\x07hola\x00ya\r\nsí ", ""), ("hola ya\nsí", 0)),
        (("e" + "\u0301" * 3_000, ""), ("é" + "\u0301" * 29, 0)),
        (("", "0"), None),
        ((" \n\x00", ""), None),
    ],
)
def test_what_comes_is_bounded(
    twilio: Twilio, shop: Shop, account: int, sent: tuple[str, str], kept: tuple[str, int] | None
) -> None:
    write_to(shop, account)
    body, media = sent
    assert twilio.answer(body, NumMedia=media).status_code == 200
    with shop.app.app_context():
        found = [(row.mensaje, row.adjuntos) for row in db.session.scalars(select(Respuesta))]
    assert found == ([kept] if kept else [])


def test_a_message_that_comes_again_is_kept_once(twilio: Twilio, shop: Shop, account: int, answers: Answers) -> None:
    write_to(shop, account)
    together = Barrier(5)

    def post(_place: int) -> int:
        together.wait()
        return twilio.answer("Hola", MessageSid="SM" + "c" * 32).status_code

    with ThreadPoolExecutor(together.parties) as pool:
        assert set(pool.map(post, range(together.parties))) == {200}
    twilio.answer("Otra cosa", MessageSid="")
    twilio.answer("De antes", MessageSid="", SmsSid="SM" + "d" * 32)
    assert answers() == [(account, "Hola"), (account, "De antes")]


# A STOP before the number is anybody's


def numbers_of(app: Flask, account: int) -> list[str]:
    """Return the numbers of an account's opt-out list."""
    with app.app_context():
        return list(db.session.scalars(select(Baja.telefono_e164).filter_by(usuario_id=account).order_by(Baja.id)))


def erase(app: Flask, account: int, client_id: int) -> None:

    with app.test_request_context():
        erase_client(account_of(account), client_id, storage_of(settings_of(app)), by=NOBODY)


@pytest.mark.parametrize("way", ["created", "edited", "imported", "merged"])
def test_a_stop_of_nobodys_number_holds_when_it_becomes_somebodys(
    twilio: Twilio, app: Flask, shop: Shop, account: int, way: str
) -> None:
    twilio.answer("STOP")
    assert numbers_of(app, account) == []
    with app.test_request_context():
        if way == "created":
            clients.create_client(account_of(account), {"nombre": "Laura", "telefono": NUMBER}, by=Actor(account))
        elif way == "edited":
            pedro = shop.add_client(account, "Pedro", "3009990000")
            clients.edit_client(account_of(account), pedro, {"telefono": "300 123 4567"}, by=Actor(account))
        elif way == "merged":
            older, newer = shop.add_client(account, "Laura", ""), shop.add_client(account, "Laura M.", NUMBER)
            merge(account_of(account), (older, newer), {}, by=Actor(account))
    if way == "imported":
        Imports(app, account).run(f"nombre,celular\nLaura,{NUMBER}\nPedro,3009990000\n")
    assert numbers_of(app, account) == [NUMBER]
    with app.app_context():
        assert db.session.scalars(select(Baja.origen)).all() == [OrigenBaja.MENSAJE]


def test_a_stop_reaches_a_shop_that_gets_the_number_later(twilio: Twilio, app: Flask, shop: Shop, account: int) -> None:
    write_to(shop, account)
    other = shop.add_admin("beto")
    twilio.answer("BAJA")
    assert (numbers_of(app, account), numbers_of(app, other)) == ([NUMBER], [])
    with app.test_request_context():
        clients.create_client(account_of(other), {"nombre": "Laura", "telefono": NUMBER}, by=Actor(other))
    assert numbers_of(app, other) == [NUMBER]


def test_what_is_remembered_says_nobodys_number(twilio: Twilio, app: Flask) -> None:
    twilio.answer("STOP")
    with app.app_context():
        (remembered,) = db.session.scalars(select(BajaRecordada))
        assert remembered.seudonimo.startswith("#")


def test_a_start_takes_it_back_for_all(twilio: Twilio, app: Flask, shop: Shop, account: int) -> None:
    twilio.answer("STOP")
    twilio.answer("START")
    with app.test_request_context():
        clients.create_client(account_of(account), {"nombre": "Laura", "telefono": NUMBER}, by=Actor(account))
    assert numbers_of(app, account) == []


def test_what_a_shop_took_out_by_hand_comes_back_by_a_new_stop_only(
    twilio: Twilio, app: Flask, shop: Shop, account: int
) -> None:
    client = shop.add_client(account, telefono=NUMBER)
    twilio.answer("STOP")
    with app.test_request_context():
        opt_outs.remove(account, db.session.scalars(select(Baja.id)).one(), by=Actor(account))
        clients.edit_client(account_of(account), client, {"nombre": "Laura M."}, by=Actor(account))
    Imports(app, account).run(f"nombre,celular\nLaura M.,{NUMBER}\n")
    assert numbers_of(app, account) == []
    other = shop.add_admin("beto")
    with app.test_request_context():
        clients.create_client(account_of(other), {"nombre": "Laura", "telefono": NUMBER}, by=Actor(other))
    assert numbers_of(app, other) == [NUMBER], "another shop took nothing out"
    twilio.answer("STOP")
    assert numbers_of(app, account) == [NUMBER]


def test_a_number_that_is_entered_by_hand_is_so_although_it_said_stop_before(
    twilio: Twilio, app: Flask, account: int
) -> None:
    twilio.answer("STOP")
    with app.test_request_context():
        opt_outs.add(account, NUMBER, by=Actor(account))
    twilio.answer("START")
    assert numbers_of(app, account) == [NUMBER]


def test_a_stop_and_a_client_at_one_moment_do_not_miss_each_other(app: Flask, shop: Shop, account: int) -> None:
    numbers = [f"+5730055500{place:02d}" for place in range(12)]
    for place, number in enumerate(numbers):
        race(
            app,
            lambda number=number: clients.create_client(
                account_of(account), {"nombre": "Laura", "telefono": number}, by=Actor(account)
            ),
            lambda number=number, place=place: hear(db.engine, f"SM{place:032x}", number, "", "STOP"),
        )
    assert sorted(numbers_of(app, account)) == numbers


def test_its_page_tells_that_a_client_was_born_opted_out(
    twilio: Twilio, admin: CheckingClient, shop: Shop, account: int
) -> None:
    twilio.answer("STOP")
    headers = {"X-CSRFToken": admin.token(), "Accept-Language": "en"}
    form = {"nombre": "Laura", "telefono": NUMBER}
    answer = admin.post("/clientes/nuevo/", data=form, headers=headers, follow_redirects=True)
    assert "This number asked for no more messages: no campaign is sent to it." in answer.text
    page = admin.get("/clientes/1/", headers={"Accept-Language": "en"}).text
    for words in ("Wants no messages", "The person answered so", "Before being a client of yours"):
        assert words in page
