"""Campaigns and the lawful hours: what waits, what is claimed, what goes on by itself."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.background.sender import Sender
from clientes_app.campaigns import services
from clientes_app.clients.search.selection import Ticked
from clientes_app.extensions import db
from clientes_app.models import Cuenta, DiaPropio, EstadoCampana, EstadoSMS, Norma, TipoDeCampana
from clientes_app.sending import claiming, control, lease, outbox
from clientes_app.sending.carrier import Message
from clientes_app.sending.waiting import Reason, Wait, standings

from ...support.campaigns import Campaigns
from ...support.carrier import Simulator, wait_until
from ...support.clock import BOGOTA, Clock
from ...support.shop import Shop

pytestmark = pytest.mark.both_databases

COLOMBIAN, OTHER_COLOMBIAN, SPANISH = "3001230001", "3001230002", "+34600123456"
MONDAY_AT_8 = datetime(2026, 11, 30, 8, tzinfo=BOGOTA)
OWNER = "test:1:x"


class Advertising:
    """Stores campaigns of a shop, and claims from them."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        self._app, self._shop, self._account = app, shop, account

    def to(self, *numbers: str, tipo: TipoDeCampana | None = TipoDeCampana.PUBLICIDAD, **fields: Any) -> int:
        """Store a campaign to a new client for each number."""
        people = self._shop.add_clients(self._account, numbers)
        draft = services.Draft(Ticked(tuple(people)), "Hola {nombre}", "Prueba", tipo=tipo, **fields)
        with self._app.test_request_context():
            return int(services.create_campaign(self._account, draft, by=NOBODY).id)

    def claim(self, campaign_id: int, most: int = 10) -> list[Message]:
        with self._app.app_context():
            lease.hold(db.engine, OWNER)
            return list(claiming.claim(db.engine, OWNER, campaign_id, most))

    def claimed(self, campaign_id: int) -> set[str]:
        """Claim all that may go out now; return the numbers."""
        return {message.to for message in self.claim(campaign_id)}

    def runnable(self) -> list[int]:
        with self._app.app_context():
            return outbox.runnable(db.engine)

    def wait(self, campaign_id: int) -> Wait | None:
        with self._app.app_context(), db.engine.connect() as connection:
            standing = standings(connection, [campaign_id]).get(campaign_id)
            return standing.wait if standing else None


@pytest.fixture
def advertising(app: Flask, shop: Shop, account: int) -> Advertising:
    """Campaigns of the account."""
    return Advertising(app, shop, account)


def test_on_a_sunday_advertising_waits_for_monday(advertising: Advertising, clock: Clock) -> None:
    clock.set(2026, 11, 29, 0, 54)
    campaign_id = advertising.to(COLOMBIAN)
    assert advertising.wait(campaign_id) == Wait(Reason.HOURS, MONDAY_AT_8)
    assert advertising.runnable() == []
    assert advertising.claim(campaign_id) == []
    clock.set(2026, 11, 30, 8)
    assert (advertising.wait(campaign_id), advertising.runnable()) == (None, [campaign_id])
    (message,) = advertising.claim(campaign_id)
    assert message.not_after is not None
    assert abs(message.not_after - datetime(2026, 11, 30, 18, 59, tzinfo=BOGOTA)).total_seconds() < 1


@pytest.mark.parametrize(
    ("tipo", "fields"),
    [
        (None, {}),
        (TipoDeCampana.SERVICIO, {"motivo_servicio": "pedido listo"}),
        (TipoDeCampana.PUBLICIDAD, {"exceptuada": True}),
    ],
)
def test_what_is_not_bound_goes_out_at_any_time(
    advertising: Advertising, clock: Clock, tipo: TipoDeCampana | None, fields: dict[str, Any]
) -> None:
    clock.set(2026, 11, 29, 0, 54)
    campaign_id = advertising.to(COLOMBIAN, tipo=tipo, **fields)
    assert (advertising.wait(campaign_id), advertising.runnable()) == (None, [campaign_id])
    (message,) = advertising.claim(campaign_id)
    assert message.not_after is None


def test_the_last_minute_is_closed(advertising: Advertising, clock: Clock) -> None:
    clock.set(2026, 11, 27, 18, 58, 50)
    campaign_id = advertising.to(COLOMBIAN, OTHER_COLOMBIAN)
    assert len(advertising.claim(campaign_id, 1)) == 1
    clock.set(2026, 11, 27, 18, 59)
    assert advertising.claim(campaign_id) == []
    assert advertising.wait(campaign_id) == Wait(Reason.HOURS, datetime(2026, 11, 28, 8, tzinfo=BOGOTA))


def test_each_number_has_the_hours_of_its_own_country(
    advertising: Advertising, shop: Shop, account: int, clock: Clock
) -> None:
    shop.add(Cuenta(usuario_id=account, zona_horaria="Europe/Madrid"))
    clock.set(2026, 11, 30, 10, zone=ZoneInfo("Europe/Madrid"))  # the middle of the night in Bogotá
    both = advertising.to(COLOMBIAN, SPANISH)
    only_colombian = advertising.to(OTHER_COLOMBIAN)
    assert advertising.wait(only_colombian) == Wait(Reason.HOURS, MONDAY_AT_8)
    assert advertising.runnable() == [both]
    assert advertising.claimed(both) == {SPANISH}
    assert advertising.wait(both) == Wait(Reason.HOURS, MONDAY_AT_8)
    clock.set(2026, 11, 30, 17)
    assert advertising.claimed(both) == {f"+57{COLOMBIAN}"}
    abroad = advertising.to("+34600123457")
    assert advertising.wait(abroad) == Wait(Reason.HOURS, datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("Europe/Madrid")))


def test_an_account_has_hours_and_days_of_its_own(
    advertising: Advertising, shop: Shop, account: int, clock: Clock
) -> None:
    shop.add(Norma(usuario_id=account, semana_abre=9 * 60, semana_cierra=12 * 60))
    shop.add(DiaPropio(usuario_id=account, dia=datetime(2026, 12, 1, tzinfo=BOGOTA).date(), nombre="Inventario"))
    clock.set(2026, 11, 30, 12)
    campaign_id = advertising.to(COLOMBIAN)
    assert advertising.wait(campaign_id) == Wait(Reason.HOURS, datetime(2026, 12, 2, 9, tzinfo=BOGOTA), by_shop=True)


def test_hours_that_never_open_are_said(advertising: Advertising, shop: Shop, account: int, clock: Clock) -> None:
    clock.set(2026, 11, 30, 10)
    shop.add(Norma(usuario_id=account))
    campaign_id = advertising.to(COLOMBIAN)
    assert advertising.wait(campaign_id) == Wait(Reason.HOURS, None, by_shop=True)
    assert advertising.claim(campaign_id) == []


def test_of_two_waits_the_longer_one_is_told(advertising: Advertising, shop: Shop, account: int, clock: Clock) -> None:
    clock.set(2026, 11, 27, 10)
    campaign_id = advertising.to(COLOMBIAN, OTHER_COLOMBIAN)
    shop.add(Cuenta(usuario_id=account, mensajes_por_dia=1))
    assert len(advertising.claim(campaign_id)) == 1
    midnight = datetime(2026, 11, 28, tzinfo=BOGOTA)
    assert advertising.wait(campaign_id) == Wait(Reason.DAY, midnight, midnight.date())
    clock.set(2026, 11, 27, 18, 59)
    assert advertising.wait(campaign_id) == Wait(Reason.HOURS, datetime(2026, 11, 28, 8, tzinfo=BOGOTA))


def test_another_shops_hours_bind_nobody_else(advertising: Advertising, app: Flask, shop: Shop, clock: Clock) -> None:
    clock.set(2026, 11, 30, 10)
    other = shop.add_admin("berta")
    shop.add(Norma(usuario_id=other))
    closed = Advertising(app, shop, other).to(COLOMBIAN)
    open_one = advertising.to(COLOMBIAN)
    assert advertising.runnable() == [open_one]
    assert (advertising.wait(closed), advertising.wait(open_one)) == (Wait(Reason.HOURS, None, by_shop=True), None)


def test_a_sender_stops_at_closing_and_goes_on_at_opening(
    advertising: Advertising, campaigns: Campaigns, simulator: Simulator, sender: Sender, clock: Clock
) -> None:
    clock.set(2026, 11, 27, 18, 58)
    simulator.behave(next=["429"], retry_after=2)
    before = len(simulator.ledger())
    campaign_id = advertising.to(*(f"30012300{place:02}" for place in range(30)))
    wait_until(lambda: campaigns.get(campaign_id).iniciado)
    clock.set(2026, 11, 27, 18, 59)  # while Twilio is left alone, with messages in hand
    wait_until(lambda: campaigns.states(campaign_id)[EstadoSMS.ENVIANDO] == 0)
    sent_before_closing = len(simulator.ledger()) - before
    assert sent_before_closing < 30
    assert campaigns.get(campaign_id).estado is EstadoCampana.PROCESANDO
    clock.set(2026, 11, 28, 8)
    assert campaigns.ended(campaign_id).enviados_exitosos == 30
    told = Counter(entry["to"] for entry in simulator.ledger()[before:])
    assert set(told.values()) == {1}
    assert campaigns.hold(campaign_id)


def test_what_people_paused_does_not_go_on_at_opening(
    advertising: Advertising, app: Flask, clock: Clock, campaigns: Campaigns
) -> None:
    clock.set(2026, 11, 29, 12)
    campaign_id = advertising.to(COLOMBIAN)
    with app.app_context(), db.engine.begin() as connection:
        assert control.pause(connection, campaign_id)
    clock.set(2026, 11, 30, 9)
    assert advertising.runnable() == []
    assert campaigns.get(campaign_id).estado is EstadoCampana.PAUSADO


@pytest.mark.parametrize("stored", [{"tipo": TipoDeCampana.PUBLICIDAD, "exceptuada": True}, {"tipo": None}])
def test_a_shop_that_becomes_strict_keeps_to_the_hours_with_what_is_stored(
    advertising: Advertising, shop: Shop, account: int, clock: Clock, stored: dict[str, Any]
) -> None:
    clock.set(2026, 11, 29, 12)
    campaign_id = advertising.to(COLOMBIAN, **stored)
    shop.settle_law(account, exigir=True)
    assert advertising.wait(campaign_id) == Wait(Reason.HOURS, MONDAY_AT_8)
    assert (advertising.runnable(), advertising.claim(campaign_id)) == ([], [])
    shop.settle_law(account, exigir=False)
    assert len(advertising.claim(campaign_id)) == 1
