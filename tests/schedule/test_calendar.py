"""The calendar of what is scheduled, and what comes next on Home."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from clientes_app.audit_log import Actor
from clientes_app.campaigns import services
from clientes_app.campaigns.storing import Schedule
from clientes_app.clients.search.selection import Ticked
from clientes_app.extensions import unit_of_work
from clientes_app.models import CampanaSMS, Cuenta, EstadoCampana

from ..support.checking_client import CheckingClient, open_browser
from ..support.clock import Clock
from ..support.shop import Shop

CALENDAR = "/clientes/campanas/calendario/"

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def monday(clock: Clock) -> None:
    clock.set(2026, 11, 30, 9, 0)


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


@pytest.fixture
def client_id(shop: Shop, account: int) -> int:
    return shop.add_client(account)


def schedule(app: Flask, account: int, client_id: int, name: str, moment: datetime, *, person_id: int = 0) -> int:
    with app.test_request_context():
        draft = services.Draft(Ticked((client_id,)), "Hola", name, schedule=Schedule(moment))
        return services.create_campaign(account, draft, by=Actor(person_id or account, account_id=account)).id


def cells(page: str) -> dict[str, str]:
    """Answer what stands on each day on which anything does."""
    found = re.findall(r'month-date">\s*([^<]*?)\s*</span>(.*?)</td>', page, re.DOTALL)
    return {day: re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip() for day, text in found if "<li" in text}


def test_a_month_shows_each_campaign_on_its_day_by_the_clock_of_the_shop(
    app: Flask, english: CheckingClient, account: int, client_id: int
) -> None:
    # In Colombia it is still the evening of the 4th.
    sent = schedule(app, account, client_id, "Navidad", datetime(2026, 12, 5, 1, 30, tzinfo=UTC))
    page = english.get(f"{CALENDAR}?mes=2026-12").text
    assert cells(page) == {"Friday, December 4": "8:30 PM Navidad 1 chosen client"}
    assert f'href="/clientes/campanas/{sent}/"' in page
    assert "December 2026" in page
    assert f"{CALENDAR}?mes=2026-11" in page
    assert f"{CALENDAR}?mes=2027-01" in page


def test_weeks_begin_on_monday_and_today_is_marked(english: CheckingClient) -> None:
    page = english.get(CALENDAR).text
    assert re.findall(r'<th scope="col">([^<]*)</th>', page)[0] == "Mon"
    today = re.search(r'aria-current="date">.*?month-date">\s*([^<]*?)\s*</span>', page, re.DOTALL)
    assert today
    assert today[1] == "Monday, November 30 (today)"
    assert "Nothing is scheduled in this month" in page
    assert "Go to that month" not in page


def test_where_a_month_is_empty_it_says_what_comes_next_and_shows_the_days_around_it(
    app: Flask, english: CheckingClient, account: int, client_id: int
) -> None:
    schedule(app, account, client_id, "Navidad", datetime(2026, 12, 4, 15, 0, tzinfo=UTC))
    page = english.get(CALENDAR).text
    assert f'href="{CALENDAR}?mes=2026-12"> ' in re.sub(r"<svg.*?</svg>", " ", page, flags=re.DOTALL)
    assert "Go to that month" in page
    assert cells(page) == {"Friday, December 4": "10:00 AM Navidad 1 chosen client"}


def test_it_is_in_spanish_too(admin: CheckingClient) -> None:
    page = admin.get(CALENDAR).text
    assert "noviembre de 2026" in page
    assert "lunes, 30 de noviembre (hoy)" in page


def test_what_waits_for_approval_stands_there_what_is_cancelled_does_not(
    app: Flask, english: CheckingClient, shop: Shop, account: int, client_id: int
) -> None:
    seller = shop.add_seller(account)
    with app.app_context(), unit_of_work() as session:
        session.add(Cuenta(usuario_id=account, exige_aprobacion=True))
    moment = datetime(2026, 12, 4, 15, 0, tzinfo=UTC)
    schedule(app, account, client_id, "Pedida", moment, person_id=seller)
    gone = schedule(app, account, client_id, "Cancelada", moment)
    english.send(f"/clientes/campanas/{gone}/cancelar/")
    assert cells(english.get(f"{CALENDAR}?mes=2026-12").text) == {
        "Friday, December 4": "10:00 AM Pedida 1 chosen client To be approved"
    }


def test_what_is_no_month_is_said(english: CheckingClient) -> None:
    refused = english.get(f"{CALENDAR}?mes=2026-13")
    assert refused.status_code == 400
    assert "A month is written like 2026-11." in refused.text


def test_home_shows_the_next_five(app: Flask, english: CheckingClient, account: int, client_id: int) -> None:
    assert "What comes next" not in english.get("/").text
    for day in (9, 4, 8, 5, 7, 6):
        schedule(app, account, client_id, f"Día {day}", datetime(2026, 12, day, 15, 0, tzinfo=UTC))
    page = english.get("/").text
    section = page[page.index('id="to-come"') :]
    section = section[: section.index("</section>")]
    assert re.findall(r"Día \d", section) == [f"Día {day}" for day in (4, 5, 6, 7, 8)]
    assert CALENDAR in section


def test_nobody_sees_another_shops(
    app: Flask, english: CheckingClient, shop: Shop, account: int, client_id: int
) -> None:
    schedule(app, account, client_id, "Rebajas", datetime(2026, 12, 4, 15, 0, tzinfo=UTC))
    shop.add_admin("bea")
    other = open_browser(app)
    other.log_in("bea")
    assert "Rebajas" not in other.get(f"{CALENDAR}?mes=2026-12").text + other.get("/").text


def test_what_has_started_stays_on_its_day(app: Flask, english: CheckingClient, account: int, client_id: int) -> None:
    sent = schedule(app, account, client_id, "Navidad", datetime(2026, 12, 4, 15, 0, tzinfo=UTC))
    with app.app_context(), unit_of_work() as session:
        session.get_one(CampanaSMS, sent).estado = EstadoCampana.PAUSADO
    assert "Paused" in cells(english.get(f"{CALENDAR}?mes=2026-12").text)["Friday, December 4"]
    assert "What comes next" not in english.get("/").text


def test_days_without_advertising_are_marked_and_holidays_named(
    admin: CheckingClient, shop: Shop, account: int
) -> None:
    shop.settle_law(account)
    admin.send("/ajustes/publicidad/dias/", {"dia": "2026-12-24", "nombre": "Inventario"})
    page = admin.get(f"{CALENDAR}?mes=2026-12", headers={"Accept-Language": "es"}).text
    marked = r'<td class="month-day[^"]*month-closed".*?month-number" aria-hidden="true">(\d+)<'
    closed = re.findall(marked, page, re.DOTALL)
    assert closed == ["6", "8", "13", "20", "24", "25", "27"]
    assert "<bdi>La Inmaculada Concepción</bdi>" in page
    assert "<bdi>Inventario</bdi>" in page
    assert "(No sale publicidad)" in page
