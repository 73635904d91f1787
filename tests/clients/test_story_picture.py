"""A client's figures, and its story as a picture."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clientes_app.clients.story_picture import LARGEST, WIDTH, picture_of
from clientes_app.clients.timeline import Entry, Kind, Place, Source
from clientes_app.models import EstadoSMS, Recibo, SMSLog, Venta
from clientes_app.models.types import utc_now

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

BOGOTA = ZoneInfo("America/Bogota")
NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)


def purchase(days_ago: int, pesos: int) -> Entry:
    place = Place(NOW - timedelta(days=days_ago), Source.PURCHASE, days_ago)
    return Entry(place, Kind.PURCHASE, Venta(total=Decimal(pesos)))


def message(days_ago: int, state: EstadoSMS = EstadoSMS.ENVIADO) -> Entry:
    return Entry(Place(NOW - timedelta(days=days_ago), Source.MESSAGE, days_ago), Kind.MESSAGE, SMSLog(estado=state))


def lost(days_ago: int) -> Entry:
    entry = message(days_ago)
    entry.what.recibo = Recibo.UNDELIVERED  # type: ignore[union-attr]
    return entry


def test_purchases_are_circles_whose_areas_are_as_their_pesos() -> None:
    picture = picture_of(
        [purchase(1, 25_000), purchase(40, 100_000), message(20), lost(19), message(21, EstadoSMS.OMITIDO)], NOW, BOGOTA
    )
    assert picture is not None
    large, small = picture.circles
    assert (large.radius, small.radius) == (LARGEST, LARGEST / 2)
    tick, lost_one = picture.ticks
    assert (tick.is_lost, lost_one.is_lost) == (False, True)
    assert small.x > tick.x > large.x
    assert [month.first for month in picture.months] == [date(2026, 10, 1), date(2026, 11, 1)]


@pytest.mark.parametrize("days", [0, 29, 400, 7_000])
def test_everything_is_within_it_and_few_months_are_named(days: int) -> None:
    picture = picture_of([purchase(0, 1), purchase(days, 10**12), message(days)], NOW, BOGOTA)
    assert picture is not None
    assert all(circle.x - circle.radius >= 0 and circle.x + circle.radius <= WIDTH for circle in picture.circles)
    assert 1 <= len(picture.months) <= 6


def test_who_has_neither_bought_nor_got_anything_has_none() -> None:
    assert picture_of([Entry(Place(NOW, Source.CREATION, 1), Kind.CREATED, None)], NOW, BOGOTA) is None


def test_the_page_says_and_draws_it(admin: CheckingClient, shop: Shop, account: int) -> None:
    client = shop.add_client(account, "Ana", "3001110001")
    nothing = admin.get(f"/clientes/{client}/").text
    assert "client-figures" not in nothing
    assert "story-picture" not in nothing
    shop.add_sale(account, client, 59_900, fecha=utc_now() - timedelta(days=3))
    admin.send(f"/clientes/{client}/ventas/", {"total": "40.100", "concepto": "", "fecha": "", "hora": ""})
    page = admin.get(f"/clientes/{client}/").text
    figures = re.sub(
        r"<[^>]+>|\s+", " ", page[page.index("client-figures") : page.index("</dl>", page.index("client-figures"))]
    )
    assert "$ 100.000" in figures.replace("\xa0", " ")
    assert "Hoy" in figures
    assert page.count('class="story-purchase"') == 2
    assert "2 compras, 0 mensajes." in page
    assert "style=" not in page[page.index('class="story-picture') : page.index("</figure>")]
