"""Drafts at one moment from several sides, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select

from clientes_app.audit_log import Actor
from clientes_app.campaigns import services as campaigns
from clientes_app.clients.search.selection import Ticked
from clientes_app.drafts import copies, handing_over, saving
from clientes_app.drafts.services import Writer, content_of
from clientes_app.drafts.typed import Content, Typing
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Borrador, CampanaSMS, EstadoCampana, SMSLog
from clientes_app.sending import control

from ..support.campaigns import Campaigns
from ..support.checking_client import CheckingClient
from ..support.drafts import DRAFTS, send_seen, sent, shown_by, texts
from ..support.races import race
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

KEY = "0b0e8a6e-3c0f-4a53-9f0e-4b1f6d1f2a10"


@pytest.fixture
def writer(account: int) -> Writer:
    return Writer(account, account, sees_all=True)


def typing(text: str, page: str, seen: str = "") -> Typing:
    texts = {"mensaje": text, "nombre": "", "plantilla": "", "propio": ""}
    return Typing(KEY, page, 0, seen, Content(texts, (("destino", "todos"),)))


def send(writer: Writer, draft: Borrador) -> Callable[[], Any]:
    """Return what sends the draft as it is now."""
    content, key, seen = content_of(draft), UUID(draft.clave), handing_over.Reviewed(draft.huella, 100)
    audience = Ticked(content.client_ids)
    asked = campaigns.Draft(audience, content.texts["mensaje"], continua_id=draft.continua_id)
    return lambda: handing_over.send(writer, key, seen, asked, by=Actor(writer.person_id))


def test_one_draft_that_is_sent_by_many_at_once_is_one_campaign(
    app: Flask, shop: Shop, account: int, writer: Writer
) -> None:
    client_id = shop.add_client(account)
    with app.test_request_context():
        content = typing("Hola", "a").content.with_clients([client_id])
        draft = saving.begin(writer, content)
    outcomes = race(app, *[send(writer, draft)] * 5)
    assert {campaign.id for campaign in outcomes.won} == {1}
    assert (sent(app), texts(app)) == (["Hola"], [])


def test_what_is_saved_while_it_is_sent_is_in_the_campaign_or_a_draft_of_its_own(
    app: Flask, shop: Shop, account: int, writer: Writer
) -> None:
    client_id = shop.add_client(account)
    for _ in range(5):
        with app.test_request_context():
            draft = saving.begin(writer, typing("Hola", "a").content.with_clients([client_id]))
            seen = content_of(draft).typed_mark
        late = Typing(draft.clave, "b", 0, seen, typing("Hola, ven", "b").content)
        outcomes = race(app, send(writer, draft), lambda late=late: saving.keep(writer, late))
        assert outcomes.refused == []
        with app.app_context():
            assert "Hola, ven" in texts(app)[-1:], "typed, and not lost"


def test_one_page_that_saves_at_once_twice_makes_one_draft(app: Flask, writer: Writer) -> None:
    outcomes = race(app, *[lambda: saving.keep(writer, typing("Hola", "a"))] * 4)
    assert {kept.draft.clave for kept in outcomes.won} == {KEY}
    assert texts(app) == ["Hola"]


def test_two_pages_that_save_one_draft_at_once_both_keep_what_was_typed(app: Flask, writer: Writer) -> None:
    with app.test_request_context():
        first = saving.keep(writer, typing("Hola", "a")).draft
        assert first
        seen = content_of(first).typed_mark
    race(
        app,
        lambda: saving.keep(writer, typing("Hola, ven", "b", seen)),
        lambda: saving.keep(writer, typing("Hola, compra", "c", seen)),
    )
    assert sorted(texts(app)) == ["Hola, compra", "Hola, ven"]


def test_of_two_drafts_for_the_missing_ones_that_race_nobody_gets_it_twice(
    app: Flask, campaigns: Campaigns, writer: Writer
) -> None:
    campaign_id = campaigns.start(3)
    with app.test_request_context():
        with unit_of_work() as session:
            control.cancel(session.connection(), campaign_id)
        acts = [send(writer, copies.to_missing(writer, campaign_id)) for _ in range(2)]
    outcomes = race(app, *acts)
    assert len(outcomes.won) == 1
    with app.app_context():
        follow_ups = db.session.scalars(select(CampanaSMS.id).where(CampanaSMS.continua_id == campaign_id)).all()
        assert len(follow_ups) == 1
        assert campaigns.get(campaign_id).estado is EstadoCampana.CANCELADO
        assert len(db.session.scalars(select(SMSLog).where(SMSLog.campana_id == follow_ups[0])).all()) == 3


def test_whoever_presses_send_while_another_sends_is_led_to_the_campaign(
    app: Flask, shop: Shop, account: int, writer: Writer, admin: CheckingClient
) -> None:
    client_id = shop.add_client(account)
    with app.test_request_context():
        draft = saving.begin(writer, typing("Hola", "a").content.with_clients([client_id]))
        act, engine = send(writer, draft), db.engine
    review = f"{DRAFTS}{draft.clave}/revisar/"
    seen = shown_by(admin, review)
    others = [act]

    def send_first(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM borrador" in statement and others:
            race(app, others.pop())

    event.listen(engine, "before_cursor_execute", send_first)
    try:
        answer = send_seen(admin, review, seen)
    finally:
        event.remove(engine, "before_cursor_execute", send_first)
    assert (answer.status_code, answer.location, others) == (302, "/clientes/campanas/1/", [])
