"""The hour of a campaign as people and programs see it: written, reviewed, shown, changed, cancelled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from clientes_app.background.schedules import start_due
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import CampanaSMS, EstadoCampana, MotivoDePausa, Usuario

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator
from ..support.checking_client import CheckingClient, hidden_fields
from ..support.clock import Clock
from ..support.drafts import OpenPage, send_from, send_seen, sent, shown_by
from ..support.shop import Shop

FRIDAY = {"cuando": "programar", "dia": "2026-12-04", "hora": "10:00"}
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def friday(clock: Clock, simulator: Simulator) -> Clock:
    """It is Friday morning, twenty to ten; Twilio is set up, and nobody sends."""
    clock.set(2026, 12, 4, 9, 40)
    return clock


@pytest.fixture
def english(admin: CheckingClient, shop: Shop, account: int) -> CheckingClient:
    """The admin's browser, in English, of a shop with two clients."""
    shop.add_clients(account, ["3001110001", "3001110002"])
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


def schedule(client: CheckingClient, **others: str) -> str:
    """Write a campaign for Friday, review and schedule it, and answer the address of its page."""
    page = OpenPage.new(client).type("Hola {nombre}", **{**FRIDAY, **others})
    return str(send_from(client, page.press_review()).location)


def campaign_id(address: str) -> int:
    return int(address.rstrip("/").rpartition("/")[2])


def let_it_come(app: Flask, clock: Clock, *hour: int) -> None:
    clock.set(2026, 12, 4, *hour)
    start_due(app)


class TestWriting:
    """The third step of a campaign."""

    def test_the_hour_is_kept_as_it_is_typed(self, english: CheckingClient) -> None:
        page = OpenPage.new(english).type("Hola", **{**FRIDAY, "dia": "2026-12-09"}, publico="entonces")
        page.autosave()
        shown = page.reload().text
        assert 'value="2026-12-09"' in shown
        assert 'value="10:00"' in shown
        assert 'name="cuando" value="programar" checked' in shown
        assert 'name="publico" value="entonces" checked' in shown
        assert "Wednesday, December 9, 10:00" in shown
        assert "Bogotá time; in 5 days" in shown

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"dia": ""}, "Choose a day."),
            ({"dia": "mañana"}, "Choose a day."),
            ({"hora": "las diez"}, "Choose an hour, such as 10:00."),
            ({"hora": "08:59"}, "This hour has passed: choose a later one."),
        ],
    )
    def test_what_is_no_hour_is_said_beside_its_field(
        self, english: CheckingClient, wrong: dict[str, str], said: str
    ) -> None:
        page = OpenPage.new(english).type("Hola", **{**FRIDAY, **wrong})
        shown = english.get(page.press_review()).text
        assert said in shown
        assert "Who gets it</h2>" not in shown

    def test_the_review_says_when_and_to_whom(self, english: CheckingClient) -> None:
        review = english.get(OpenPage.new(english).type("Hola", **FRIDAY).press_review()).text
        assert "Schedule 2 messages for Friday, December 4, 10:00" in review
        assert "Those who are chosen now get it." in review
        later = OpenPage.new(english).type("Hola", **FRIDAY, publico="entonces", destino="busqueda", q="cliente")
        assert "Whom its search finds at that hour." in english.get(later.press_review()).text

    def test_an_hour_that_a_clock_change_skips_is_settled_and_said(
        self, app: Flask, english: CheckingClient, account: int
    ) -> None:
        english.send("/ajustes/", {"negocio": "Tienda", "zona_horaria": "America/New_York"})
        page = OpenPage.new(english).type("Hola", **{**FRIDAY, "dia": "2027-03-14", "hora": "02:30"})
        review = english.get(page.press_review()).text
        assert "3:00" in review
        assert "The clock is put forward over that hour" in review

    def test_an_hour_that_passes_during_the_review_sends_nothing(
        self, app: Flask, english: CheckingClient, friday: Clock
    ) -> None:
        review = OpenPage.new(english).type("Hola", **FRIDAY).press_review()
        seen = shown_by(english, review)
        friday.set(2026, 12, 4, 10, 1)
        back = send_seen(english, review, seen)
        assert "This hour has passed" in english.get(str(back.location)).text
        assert sent(app) == []


class TestItsPage:
    """What will happen, and what may be done about it."""

    def test_it_says_what_will_happen_and_counts_down(self, english: CheckingClient) -> None:
        page = english.get(schedule(english)).text
        assert "Scheduled: Friday, December 4, 10:00" in page
        assert "Time left:" in page
        assert "It goes to 2 clients, chosen when it was scheduled." in page
        assert "sse:connect" not in page

    def test_who_is_meant_then_is_said(self, english: CheckingClient) -> None:
        page = english.get(schedule(english, publico="entonces")).text
        assert "All who are active clients at that hour." in page

    def test_the_countdown_opens_the_page_anew_when_it_starts(
        self, app: Flask, english: CheckingClient, friday: Clock
    ) -> None:
        address = schedule(english)
        counting = f"{address}cuenta-atras/?hora=2026-12-04T10:00:00-05:00".replace("+", "%2B")
        assert "Time left" in english.swap(counting, method="GET").text
        let_it_come(app, friday, 10, 0, 1)
        assert english.swap(counting, method="GET").headers["HX-Redirect"] == address

    def test_its_hour_can_be_changed_until_it_starts(
        self, app: Flask, english: CheckingClient, friday: Clock, campaigns: Campaigns
    ) -> None:
        address = schedule(english)
        assert 'value="10:00"' in english.get(f"{address}hora/").text
        wrong = english.swap(f"{address}hora/", {"dia": "2026-11-01", "hora": "10:00"})
        assert (wrong.status_code, "This hour has passed" in wrong.text) == (422, True)
        assert english.send(f"{address}hora/", {"dia": "2026-12-04", "hora": "11:00"}).location == address
        assert campaigns.get(campaign_id(address)).programada_para == datetime(2026, 12, 4, 16, 0, tzinfo=UTC)
        let_it_come(app, friday, 11, 0, 1)
        late = english.post(f"{address}hora/", data=later(english), headers=JSON)
        assert (late.status_code, late.get_json()["success"]) == (409, False)
        assert english.get(f"{address}hora/").status_code == 409

    def test_a_program_changes_and_cancels_it(self, english: CheckingClient, campaigns: Campaigns) -> None:
        address = schedule(english)
        changed = english.post(f"{address}hora/", data=later(english), headers=JSON).get_json()
        assert changed["programada_para"] == "2026-12-05T10:00:00-05:00"
        wrong = english.post(f"{address}hora/", data={**later(english), "hora": "x"}, headers=JSON)
        assert (wrong.status_code, list(wrong.get_json()["errors"])) == (400, ["hora"])
        english.post(f"{address}cancelar/", data=later(english), headers=JSON)
        assert campaigns.has(campaign_id(address), cancelado=2)

    def test_cancelled_it_sends_nothing(self, app: Flask, english: CheckingClient, friday: Clock) -> None:
        address = schedule(english, publico="entonces")
        assert "Nothing of it has gone out, and nothing will." in english.get(f"{address}cancelar/").text
        gone = english.get(english.send(f"{address}cancelar/").location or "").text
        assert "The campaign is cancelled: nothing was sent." in gone
        let_it_come(app, friday, 10, 0, 1)
        with app.app_context():
            assert db.session.get_one(CampanaSMS, campaign_id(address)).estado is EstadoCampana.CANCELADO


def later(client: CheckingClient) -> dict[str, str]:
    return {"csrf_token": client.token(), "dia": "2026-12-05", "hora": "10:00"}


def test_what_could_not_be_kept_is_told_on_home_and_sent_when_resumed(
    app: Flask, english: CheckingClient, friday: Clock, campaigns: Campaigns
) -> None:
    address = schedule(english, publico="entonces", nombre="Aniversario")
    let_it_come(app, friday, 11, 2)
    for place in ("/", address):
        shown = english.get(place).text
        assert "Paused: it was for 4 Dec 2026, 10:00" in shown
        assert "that passed before it could be sent" in shown
    assert "Needs a hand" in english.get("/").text
    english.send(f"{address}reanudar/")
    assert campaigns.has(campaign_id(address), pendiente=2)
    assert "Needs a hand" not in english.get("/").text


def test_home_is_told_of_it_by_itself(app: Flask, english: CheckingClient, friday: Clock) -> None:
    schedule(english, nombre="Aniversario")
    assert 'hx-get="/"' in english.get("/").text
    let_it_come(app, friday, 11, 2)
    told = english.swap("/", method="GET").text
    assert "Needs a hand" in told.partition('<hx-partial hx-target="#held"')[2]


def test_a_limit_of_that_day_is_told_at_the_review_and_blocks_nothing(
    english: CheckingClient, campaigns: Campaigns
) -> None:
    english.send("/ajustes/", {"negocio": "Tienda", "mensajes_por_dia": "3"})
    tomorrow = {**FRIDAY, "dia": "2026-12-05"}
    first = english.get(OpenPage.new(english).type("Hola", **tomorrow).press_review()).text
    assert "it would pass a limit" not in first
    schedule(english, dia="2026-12-05")
    second = OpenPage.new(english).type("Hola", **tomorrow).press_review()
    assert "it would pass a limit" in english.get(second).text
    assert campaigns.get(campaign_id(str(send_from(english, second).location))).estado is EstadoCampana.PROGRAMADO
    assert "it would pass a limit" not in english.get(OpenPage.new(english).type("Hola").press_review()).text


@pytest.mark.parametrize("reason", list(MotivoDePausa))
def test_each_reason_has_its_words_in_both_languages(
    app: Flask, english: CheckingClient, reason: MotivoDePausa, account: int
) -> None:
    address = schedule(english, nombre="Aniversario")
    with app.app_context(), unit_of_work() as session:
        campaign = session.get_one(CampanaSMS, campaign_id(address))
        campaign.estado, campaign.motivo_pausa = EstadoCampana.PAUSADO, reason
    said = {english.get("/").text.partition("and ")[2].partition("</p>")[0]}
    english.send("/cuenta/idioma/", {"idioma": "es"})
    page = english.get("/").text
    assert "En pausa: era para el 4 dic 2026" in page
    assert not any(words and words in page for words in said)


class TestPrograms:
    """`programada_para` in the specification's request."""

    def order(self, client: CheckingClient, ids: list[int], moment: Any) -> Any:
        body = {"cliente_ids": ids, "mensaje": "Hola {nombre}", "programada_para": moment}
        return client.send_json("/clientes/enviar-sms/", body)

    @pytest.fixture
    def ids(self, shop: Shop, account: int) -> list[int]:
        return shop.add_clients(account, ["3001110001", "3001110002"])

    def test_it_is_scheduled_and_answered_at_once(
        self, app: Flask, admin: CheckingClient, ids: list[int], friday: Clock
    ) -> None:
        answer = self.order(admin, ids, "2026-12-04T15:00:00Z")
        body = answer.get_json()
        assert (answer.status_code, body["estado"]) == (202, "programado")
        assert body["programada_para"] == "2026-12-04T10:00:00-05:00"
        state = f"/clientes/campanas/{body['campana_id']}/estado/"
        assert admin.get(state).get_json()["programada_para"] == "2026-12-04T10:00:00-05:00"
        let_it_come(app, friday, 11, 2)
        assert admin.get(state).get_json()["motivo_de_pausa"] == "tarde"

    @pytest.mark.parametrize("moment", ["2026-12-04T13:59:00Z", "2026-12-04T10:00:00", "mañana", 7, ["x"]])
    def test_one_in_the_past_or_unreadable_is_refused(
        self, app: Flask, admin: CheckingClient, ids: list[int], moment: Any
    ) -> None:
        refused = self.order(admin, ids, moment)
        assert (refused.status_code, list(refused.get_json()["errors"])) == (400, ["programada_para"])
        with app.app_context():
            assert db.session.scalar(db.select(CampanaSMS.id)) is None


def test_a_vendedors_schedule_waits_for_an_admin_and_says_so(
    app: Flask, english: CheckingClient, seller: CheckingClient, account: int, campaigns: Campaigns
) -> None:
    english.send("/ajustes/", {"negocio": "Tienda", "exige_aprobacion": "true"})
    seller.send("/cuenta/idioma/", {"idioma": "en"})
    with app.app_context(), unit_of_work() as session:
        session.scalars(db.select(Usuario).filter_by(usuario="vero")).one().puede_enviar = True
    address = schedule(seller)
    assert "It is sent on Friday, December 4, 10:00" in seller.get(address).text
    assert "It goes out on Friday, December 4, 10:00" in english.get(f"{address}aprobar/").text
    approved = english.get(english.send(f"{address}aprobar/").location or "").text
    assert "is approved and waits for its hour" in approved
    assert campaigns.get(campaign_id(address)).estado is EstadoCampana.PROGRAMADO


def test_an_admins_yes_is_for_the_hour_that_was_seen(
    app: Flask, english: CheckingClient, seller: CheckingClient, campaigns: Campaigns
) -> None:
    english.send("/ajustes/", {"negocio": "Tienda", "exige_aprobacion": "true"})
    with app.app_context(), unit_of_work() as session:
        session.scalars(db.select(Usuario).filter_by(usuario="vero")).one().puede_enviar = True
    address = schedule(seller)
    seen = hidden_fields(english.get(f"{address}aprobar/").text)
    seller.send(f"{address}hora/", {"dia": "2026-12-05", "hora": "03:00"})
    refused = english.send(f"{address}aprobar/", seen)
    assert (refused.status_code, "Its hour has changed meanwhile" in refused.text) == (409, True)
    assert campaigns.get(campaign_id(address)).estado is EstadoCampana.POR_APROBAR


@pytest.mark.parametrize("hour", ["", "\0", "\ud800", " "])
def test_an_hour_of_a_program_that_cannot_be_read_sends_nothing_now(
    app: Flask, english: CheckingClient, shop: Shop, account: int, hour: str
) -> None:
    wanted = {"cliente_ids": shop.add_clients(account, ["3001110009"]), "mensaje": "Hola", "programada_para": hour}
    refused = english.post("/clientes/enviar-sms/", json=wanted, headers={"X-CSRFToken": english.token()})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (400, ["programada_para"])
    with app.app_context():
        assert db.session.scalar(db.select(CampanaSMS.id)) is None
