"""Requests that come again at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import repeats, services
from clientes_app.campaigns.repeats import Key
from clientes_app.clients.search.selection import Ticked
from clientes_app.errors import DomainError
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import CampanaSMS, SMSLog
from clientes_app.shop.services import ShopSettings, save_settings
from clientes_app.web.idempotency import PERIOD, KeyReused

from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

TOGETHER = 6
KEYS = {
    "a program's": lambda person, text: repeats.program_key("one", person, text.encode()),
    "a form's": lambda person, text: repeats.form_key("one", person, [("mensaje", text)]),
}

Answer = int | type[DomainError]


@pytest.fixture
def client_id(shop: Shop, account: int) -> int:
    return shop.add_client(account)


@pytest.fixture(params=KEYS)
def key_of(request: pytest.FixtureRequest, account: int) -> Callable[[str], Key]:
    """Make the key of the account's own request for a campaign with some text."""
    make = KEYS[request.param]
    return lambda text: make(account, text)


def at_once(app: Flask, account: int, client_id: int, key_of: Callable[[str], Key], *texts: str) -> list[Answer]:
    """Ask for campaigns at one moment, each with one of the texts; answer the campaign of each, or its refusal."""
    start = Barrier(TOGETHER)

    def ask(place: int) -> Answer:
        text = texts[place % len(texts)]
        with app.test_request_context():
            start.wait()
            try:
                draft = services.Draft(Ticked((client_id,)), text)
                return int(services.create_campaign(account, draft, key_of(text), by=NOBODY).id)
            except DomainError as refusal:
                return type(refusal)

    with ThreadPoolExecutor(TOGETHER) as threads:
        return list(threads.map(ask, range(TOGETHER)))


def stored(app: Flask) -> dict[int, str]:
    """Return the text of each campaign that has messages, and fail where one has none."""
    with app.app_context():
        campaigns = db.session.scalars(select(CampanaSMS)).all()
        assert set(db.session.scalars(select(SMSLog.campana_id))) == {each.id for each in campaigns}
        return {each.id: each.mensaje for each in campaigns}


def test_of_the_same_requests_that_race_all_get_one_campaign(
    app: Flask, account: int, client_id: int, key_of: Callable[[str], Key]
) -> None:
    with app.test_request_context():
        save_settings(account, ShopSettings(mensajes_por_dia=1), by=NOBODY)
    answers = at_once(app, account, client_id, key_of, "Hola")
    assert set(answers) == set(stored(app))
    assert len(stored(app)) == 1


def test_a_key_that_is_used_anew_after_a_day_gives_one_campaign(
    app: Flask, account: int, client_id: int, key_of: Callable[[str], Key]
) -> None:
    (old,) = set(at_once(app, account, client_id, key_of, "Hola"))
    with app.app_context(), unit_of_work() as session:
        session.scalars(select(CampanaSMS)).one().creado -= PERIOD + timedelta(seconds=1)
    answers = set(at_once(app, account, client_id, key_of, "Hola"))
    assert len(answers) == 1
    assert set(stored(app)) == {old, *answers}


def test_of_two_programs_that_race_with_one_key_the_loser_sends_nothing(
    app: Flask, account: int, client_id: int
) -> None:
    answers = at_once(app, account, client_id, lambda text: KEYS["a program's"](account, text), "Hola", "Adiós")
    (kept,) = stored(app)
    assert sorted(map(str, answers)) == sorted(map(str, [kept] * 3 + [KeyReused] * 3))


def test_two_forms_with_one_key_and_other_texts_are_two_campaigns(app: Flask, account: int, client_id: int) -> None:
    answers = at_once(app, account, client_id, lambda text: KEYS["a form's"](account, text), "Hola", "Adiós")
    assert len(set(answers)) == 2
    assert sorted(stored(app).values()) == ["Adiós", "Hola"]


def test_a_campaign_of_before_there_were_fingerprints_keeps_its_key(
    app: Flask, account: int, client_id: int, key_of: Callable[[str], Key]
) -> None:
    (old,) = set(at_once(app, account, client_id, key_of, "Hola"))
    with app.app_context(), unit_of_work() as session:
        session.scalars(select(CampanaSMS)).one().huella = None
    assert set(at_once(app, account, client_id, key_of, "Hola")) == {old}
