"""The hours of the law while a campaign is written: what its review says, its buttons, and the step outside them."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.config import TwilioSettings
from clientes_app.extensions import db
from clientes_app.models import Auditoria, Borrador, CampanaSMS, EstadoCampana, TipoDeCampana

from ..support.checking_client import CheckingClient
from ..support.clock import BOGOTA, Clock
from ..support.drafts import OpenPage, send_from, send_seen, shown_by
from ..support.shop import Shop

MONDAY_AT_EIGHT = datetime(2026, 11, 30, 8, tzinfo=BOGOTA)
SERVICE = {"tipo": "servicio", "motivo_servicio": "Su pedido está listo"}


@pytest.fixture
def settings(settings: Any) -> Any:
    return dataclasses.replace(
        settings, public_base_url="https://tienda.example", twilio=TwilioSettings(messages_per_second=0.001)
    )


@pytest.fixture(autouse=True)
def sunday(clock: Clock, shop: Shop, account: int) -> None:
    """Noon of a Sunday, in a shop that keeps the usual hours."""
    shop.settle_law(account)
    shop.add_client(account, "Ana", "3001110001")
    clock.set(2026, 11, 29, 12)


def review_of(browser: CheckingClient, **typed: str) -> str:
    return OpenPage.new(browser).type("Hola {nombre}", **typed).press_review()


def text(browser: CheckingClient, address: str) -> str:
    shown = browser.get(address, headers={"Accept-Language": "es"}).text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


def buttons(browser: CheckingClient, review: str) -> dict[str, str]:
    """Answer what each button of the review sends as `para`, by its words; without one, "" ."""
    page = browser.get(review, headers={"Accept-Language": "es"}).text
    form = page[page.index('name="huella"') : page.index("</form>", page.index('name="huella"'))]
    found = re.findall(r"<button([^>]*)>(.*?)</button>", form, re.DOTALL)
    return {
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", words)).strip(): (
            unescape(match[1]) if (match := re.search(r'value="([^"]*)"', attributes)) else ""
        )
        for attributes, words in found
    }


def stored(app: Flask) -> list[CampanaSMS]:
    with app.app_context():
        return list(db.session.scalars(select(CampanaSMS).order_by(CampanaSMS.id)))


def at(browser: CheckingClient, clock: Clock, *moment: int) -> None:
    """Let it be a moment, at which the admin comes back."""
    clock.set(*moment)
    browser.log_in("ana")


def excepting(review: str) -> str:
    return review.replace("/revisar/", "/exceptuar/")


def except_it(browser: CheckingClient, review: str, **given: str) -> Any:
    return browser.send(excepting(review), {**shown_by(browser, review), **given})


def test_the_review_says_what_the_law_says_and_its_main_button_schedules(admin: CheckingClient, app: Flask) -> None:
    review = review_of(admin)
    shown = text(admin, review)
    assert (
        "En Colombia la publicidad por SMS solo sale de lunes a viernes de 8 a. m. a 7 p. m. "
        "y los sábados de 8 a. m. a 3 p. m.; hoy es domingo."
    ) in shown
    ((words, moment),) = buttons(admin, review).items()
    assert words == "Programar para el lunes a las 8:00 a. m."
    assert datetime.fromisoformat(moment) == MONDAY_AT_EIGHT
    sent = send_seen(admin, review, {**shown_by(admin, review), "para": moment})
    (campaign,) = stored(app)
    assert sent.location == f"/clientes/campanas/{campaign.id}/"
    assert (campaign.estado, campaign.programada_para) == (EstadoCampana.PROGRAMADO, MONDAY_AT_EIGHT)
    assert (campaign.tipo, campaign.exceptuada_por_id) == (TipoDeCampana.PUBLICIDAD, None)


@pytest.mark.parametrize("para", ["gibberish", "2026-11-30", "2026-11-30T08:00:00"])
def test_an_hour_that_no_review_offers_is_refused(admin: CheckingClient, app: Flask, para: str) -> None:
    review = review_of(admin)
    assert send_seen(admin, review, {**shown_by(admin, review), "para": para}).status_code == 400
    assert stored(app) == []


def test_an_opening_that_has_passed_is_looked_at_once_more(admin: CheckingClient, app: Flask, clock: Clock) -> None:
    review = review_of(admin)
    seen = {**shown_by(admin, review), "para": MONDAY_AT_EIGHT.isoformat()}
    at(admin, clock, 2026, 11, 30, 9)
    assert send_seen(admin, review, seen).location == review
    assert stored(app) == []
    assert "Programar" not in str(buttons(admin, review))


def test_service_goes_out_at_any_hour_and_says_why(admin: CheckingClient, app: Flask) -> None:
    review = review_of(admin, **SERVICE)
    shown = text(admin, review)
    assert "Servicio: Su pedido está listo" in shown
    assert "El horario de publicidad" not in shown
    send_from(admin, review)
    (campaign,) = stored(app)
    assert (campaign.tipo, campaign.motivo_servicio) == (TipoDeCampana.SERVICIO, "Su pedido está listo")
    page = f"/clientes/campanas/{campaign.id}/"
    assert "Servicio: Su pedido está listo" in text(admin, page)
    assert "Servicio" in text(admin, "/clientes/campanas/")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"tipo": "servicio", "motivo_servicio": " "}, "Di en pocas palabras qué compraron o pidieron."),
        ({"tipo": "servicio", "motivo_servicio": "ok 12"}, "Di en pocas palabras qué compraron o pidieron."),
        ({"tipo": "servicio", "motivo_servicio": "x" * 201}, "200"),
        ({"tipo": "otra"}, "Escribe publicidad o servicio."),
    ],
)
def test_what_is_wrong_with_the_kind_is_said_beside_it(
    admin: CheckingClient, app: Flask, typed: dict[str, str], said: str
) -> None:
    page = OpenPage.new(admin).type("Hola", **typed)
    shown = text(admin, page.press_review())
    assert said in shown
    assert stored(app) == []


def test_the_kind_is_kept_in_the_draft_and_by_a_copy_but_no_exception(
    admin: CheckingClient, app: Flask, clock: Clock
) -> None:
    page = OpenPage.new(admin).type("Hola", **SERVICE)
    page.autosave()
    assert 'value="Su pedido está listo"' in page.reload().text
    at(admin, clock, 2026, 11, 30, 12)
    send_from(admin, page.type("Hola", **SERVICE).press_review())
    copy = admin.send(f"/clientes/campanas/{stored(app)[0].id}/duplicar/").location or ""
    assert re.search(r'value="servicio" checked', admin.get(copy).text)
    assert 'value="Su pedido está listo"' in admin.get(copy).text
    except_it(admin, review_of(admin), acepto="true")
    copy = admin.send(f"/clientes/campanas/{stored(app)[1].id}/duplicar/").location or ""
    send_from(admin, OpenPage.at(admin, copy).press_review())
    assert [bool(each.exceptuada_por_id) for each in stored(app)] == [False, True, False]


def test_sending_all_the_same_is_a_step_of_its_own(admin: CheckingClient, app: Flask, account: int) -> None:
    review = review_of(admin)
    assert "Enviar de todos modos" in text(admin, review)
    asked = text(admin, excepting(review))
    assert "está cerrado el horario de la Ley 2300 de 2023" in asked
    assert "Quien recibió otra publicidad ese día recibe una segunda." in asked
    assert re.findall(r"<h[12][^>]*>([^<]+)", admin.get(excepting(review)).text).count("¿Enviar de todos modos?") <= 1
    refused = except_it(admin, review)
    assert (refused.status_code, "Tick the box" in refused.text or "Marca la casilla" in refused.text) == (200, True)
    assert admin.swap(excepting(review), shown_by(admin, review)).status_code == 422
    assert stored(app) == []
    except_it(admin, review, acepto="true")
    (campaign,) = stored(app)
    assert (campaign.exceptuada_por_id, campaign.programada_para) == (account, None)
    page = f"/clientes/campanas/{campaign.id}/"
    assert "ana pidió que salga fuera del horario de ley." in text(admin, page)
    with app.app_context():
        audited = db.session.scalars(select(Auditoria.detalle).where(Auditoria.cosa == "campana_sms")).one()
    assert audited == {"mensajes": 1, "tipo": "publicidad", "exceptuada_por": "ana", "horario_de": "ley"}
    assert "como excepción por" in admin.get(f"{page}certificado/", headers={"Accept-Language": "es"}).text


def test_on_a_day_of_the_shops_own_the_exception_does_not_blame_the_law(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, clock: Clock
) -> None:
    at(admin, clock, 2026, 11, 27, 12)
    admin.send("/ajustes/publicidad/dias/", {"dia": "2026-11-27", "nombre": "Inventario"})
    review = review_of(admin)
    asked = text(admin, excepting(review))
    assert "tu tienda tiene cerrada la publicidad" in asked
    assert "cerrado el horario de la Ley" not in asked
    send_from(admin, review_of(admin, tipo="publicidad"))
    except_it(admin, review, acepto="true")
    campaign = stored(app)[-1]
    assert "ana pidió que salga fuera del horario de la tienda." in text(admin, f"/clientes/campanas/{campaign.id}/")
    assert "fuera del horario de: la tienda" in text(admin, "/auditoria/")


def test_a_strict_shop_offers_no_exception_and_refuses_one(
    admin: CheckingClient, app: Flask, shop: Shop, account: int
) -> None:
    review = review_of(admin)
    seen = shown_by(admin, review)
    shop.settle_law(account, exigir=True)
    assert "Enviar de todos modos" not in text(admin, review)
    assert admin.get(excepting(review)).status_code == 409
    assert admin.send(excepting(review), {**seen, "acepto": "true"}).status_code == 409
    assert stored(app) == []
    with app.app_context():
        assert db.session.scalars(select(Borrador)).one().campos["mensaje"] == "Hola {nombre}"


def test_an_admin_sees_that_a_seller_asks_for_an_exception(
    admin: CheckingClient, seller: CheckingClient, app: Flask, shop: Shop, account: int
) -> None:
    admin.send("/ajustes/", {"exige_aprobacion": "true"})
    review = review_of(seller)
    assert list(buttons(seller, review)) == ["Pedir aprobación para el lunes a las 8:00 a. m."]
    asked = text(seller, excepting(review))
    assert ("Pedir aprobación" in asked, "Sale ahora" in asked) == (True, False)
    except_it(seller, review, acepto="true")
    (campaign,) = stored(app)
    assert campaign.estado is EstadoCampana.POR_APROBAR
    assert "Pide una excepción: fuera del horario de publicidad" in text(admin, "/clientes/campanas/")
    approval = f"/clientes/campanas/{campaign.id}/aprobar/"
    assert "vero pidió que salga fuera del horario de ley. Quien recibió otra" in text(admin, approval)
    shop.settle_law(account, exigir=True)
    assert admin.send(approval).status_code == 409
    shop.settle_law(account)
    admin.send(approval)
    assert stored(app)[0].estado is EstadoCampana.PENDIENTE
    assert "ana la aprobó." in text(admin, f"/clientes/campanas/{campaign.id}/")
    assert "sin horario" in text(admin, "/clientes/campanas/")


def test_hours_that_close_between_the_review_and_its_button_send_nothing(
    admin: CheckingClient, app: Flask, clock: Clock
) -> None:
    at(admin, clock, 2026, 11, 28, 14, 58)
    review = review_of(admin)
    seen = shown_by(admin, review)
    assert "Enviar 1 mensaje" in buttons(admin, review)
    clock.pass_by(minutes=5)
    answer = send_seen(admin, review, seen)
    assert (answer.location, stored(app)) == (review, [])
    shown = text(admin, review)
    assert "se cerró el horario de publicidad, así que no se envió nada" in shown
    assert "las 3:03 p. m. quedan por fuera" in shown
    assert list(buttons(admin, review)) == ["Programar para el lunes a las 8:00 a. m."]


def test_an_hour_that_somebody_chose_outside_the_hours_is_offered_the_opening(
    admin: CheckingClient, app: Flask, clock: Clock
) -> None:
    at(admin, clock, 2026, 11, 27, 12)
    review = review_of(admin, cuando="programar", dia="2026-11-29", hora="10:00")
    shown = text(admin, review)
    assert "el 29 de noviembre es domingo" in shown
    assert "A la hora que escogiste esperaría, y saldría el lunes a las 8:00 a. m." in shown
    offered = buttons(admin, review)
    kept = "Dejarla para el domingo 29 de noviembre, 10:00 a. m., hora de Bogotá"
    assert list(offered) == ["Programar para el lunes a las 8:00 a. m.", kept]
    send_seen(admin, review, {**shown_by(admin, review), "para": next(iter(offered.values()))})
    assert stored(app)[0].programada_para == MONDAY_AT_EIGHT
    assert "cuando abre el horario" not in text(admin, "/")


def test_one_that_keeps_such_an_hour_says_everywhere_when_it_goes_out(
    admin: CheckingClient, app: Flask, clock: Clock
) -> None:
    at(admin, clock, 2026, 11, 27, 12)
    send_from(admin, review_of(admin, cuando="programar", dia="2026-11-29", hora="10:00"))
    page = f"/clientes/campanas/{stored(app)[0].id}/"
    for url in (page, "/", "/clientes/campanas/calendario/?mes=2026-11"):
        assert "Sale el lunes a las 8:00 a. m., cuando abre el horario de publicidad." in text(admin, url), url


def test_where_all_days_are_closed_it_says_so_and_where_that_is_changed(
    admin: CheckingClient, shop: Shop, account: int
) -> None:
    closed = dict.fromkeys(("semana_abre", "semana_cierra", "sabado_abre", "sabado_cierra"))
    shop.settle_law(account, **closed)
    review = review_of(admin)
    assert "La tienda tiene todos los días cerrados para publicidad" in text(admin, review)
    assert 'href="/ajustes/publicidad/"' in admin.get(review).text
    assert buttons(admin, review) == {}


def test_a_holiday_is_named(admin: CheckingClient, clock: Clock) -> None:
    at(admin, clock, 2026, 12, 8, 12)
    shown = text(admin, review_of(admin))
    assert "hoy es festivo (La Inmaculada Concepción)" in shown
    assert "Programar para el miércoles a las 8:00 a. m." in shown


def test_the_review_foresees_what_fits_before_the_hours_close(
    admin: CheckingClient, shop: Shop, account: int, clock: Clock
) -> None:
    shop.add_clients(account, [f"30022{number:05}" for number in range(19)])
    at(admin, clock, 2026, 11, 27, 17)  # two hours at 0.001 a second: seven of twenty
    review = review_of(admin)
    said = "Hoy alcanzan a salir unos 7 de 20 mensajes; el resto sigue solo el sábado a las 8:00 a. m."
    assert said in text(admin, review)
    at(admin, clock, 2026, 11, 27, 9)
    assert "alcanzan a salir" not in text(admin, review)


def test_numbers_of_another_clock_go_out_by_theirs(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, clock: Clock
) -> None:
    admin.send("/ajustes/", {"zona_horaria": "Pacific/Auckland"})
    shop.add_client(account, "Berta", "+12015550123")
    at(admin, clock, 2026, 11, 29, 16)  # Monday, ten o'clock in Auckland
    review = review_of(admin)
    shown = text(admin, review)
    assert "Algunos números van por otra hora: a esos les sale sola" in shown
    assert "Enviar 2 mensajes" in buttons(admin, review)


def test_another_hour_outside_the_hours_says_when_it_will_really_go_out(
    admin: CheckingClient, app: Flask, clock: Clock, shop: Shop, account: int
) -> None:
    at(admin, clock, 2026, 11, 27, 12)
    send_from(admin, review_of(admin, cuando="programar", dia="2026-11-30", hora="10:00"))
    page = f"/clientes/campanas/{stored(app)[0].id}/"
    admin.send("/cuenta/idioma/", {"idioma": "es"})
    sunday = {"dia": "2026-11-29", "hora": "10:00"}
    looked = admin.swap(f"{page}hora/", {**sunday, "mirar": "1"}).text
    said = "A esa hora no sale publicidad: sale el lunes a las 8:00 a. m."
    assert said in re.sub(r"\s+", " ", looked)
    (offered,) = re.findall(r'name="para" value="([^"]+)"', looked)
    admin.send(f"{page}hora/", sunday)
    shown = text(admin, page)
    assert "La nueva hora es" in shown
    assert said in shown
    assert "Cambiar para el lunes" in text(admin, f"{page}hora/")
    shop.settle_law(account, **dict.fromkeys(("semana_abre", "semana_cierra", "sabado_abre", "sabado_cierra")))
    admin.send(f"{page}hora/", sunday)
    assert "la tienda tiene todos los días cerrados: no va a salir" in text(admin, page)
    admin.send(f"{page}hora/", {**sunday, "para": unescape(offered)})
    assert stored(app)[0].programada_para == MONDAY_AT_EIGHT
