"""Advertising on a day on which none goes out, written on a phone: scheduled for the opening, or sent all the same."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clientes_app.models import DiaPropio

from ..support.clock import BOGOTA
from .accessibility import sideways, violations
from .site import Site
from .visitors import ENGLISH as IN_ENGLISH
from .visitors import PHONE, Visitors
from .visitors import SPANISH as IN_SPANISH

SPANISH = {
    "review": "Revisar",
    "law": "la publicidad por SMS solo sale de lunes a viernes",
    "schedule": re.compile(r"^Programar para el \S+ a las 8:00"),
    "what": "Qué va a pasar",
    "all the same": "Enviar de todos modos",
    "tick": "Marca la casilla",
    "known": "Sé lo que dice la ley",
    "finished": "1 mensaje enviado",
    "excepted": re.compile("pidió que salga fuera del horario de (la tienda|ley)"),  # at night the law closes as well
}
ENGLISH = {
    "review": "Review",
    "law": "advertising by SMS goes out only from Monday to Friday",
    "schedule": re.compile(r"^Schedule it for \S+ at 8:00"),
    "what": "What will happen",
    "all the same": "Send it anyway",
    "tick": "Tick the box",
    "known": "I know what the law says",
    "finished": "1 message sent",
    "excepted": re.compile("has it sent outside the hours of the (shop|law)"),
}
WAYS = [
    pytest.param(SPANISH, IN_SPANISH, True, id="Spanish"),
    pytest.param(ENGLISH, IN_ENGLISH, True, id="English"),
    pytest.param(SPANISH, IN_SPANISH, False, id="without scripts"),
]


@pytest.fixture
def name(site: Site) -> str:
    """An admin of a shop that keeps the usual hours, and both of these days free."""
    name = f"domingo-{secrets.token_hex(4)}"
    account_id = site.shop.add_admin(name)
    site.shop.add_client(account_id, "Ana", "3001112222")
    site.shop.settle_law(account_id)
    today = datetime.now(BOGOTA).date()
    for day in (today, today + timedelta(days=1)):
        site.shop.add(DiaPropio(usuario_id=account_id, dia=day, nombre="Cerrado"))
    return name


def looks_right(page: Page, scripts: bool) -> None:
    assert not sideways(page)
    assert not scripts or violations(page) == []


def review(page: Page, words: dict[str, Any], scripts: bool) -> None:
    page.goto("/clientes/campanas/nueva/")
    page.locator("#mensaje").fill("Hola {nombre}")
    expect(page.locator("#motivo_servicio")).to_be_hidden()
    looks_right(page, scripts)
    page.get_by_role("button", name=words["review"], exact=True).click()
    expect(page.locator("section", has=page.locator("#review-law"))).to_contain_text(words["law"])
    looks_right(page, scripts)


@pytest.mark.parametrize(("words", "locale", "scripts"), WAYS)
def test_it_is_scheduled_for_the_opening_or_sent_all_the_same(
    name: str, visitors: Visitors, words: dict[str, Any], locale: str, scripts: bool
) -> None:
    phone = visitors.log_in(name, java_script_enabled=scripts, locale=locale, **PHONE)
    review(phone, words, scripts)
    phone.get_by_role("button", name=words["schedule"]).click()
    expect(phone.locator("#plan-title")).to_have_text(words["what"])
    review(phone, words, scripts)
    phone.get_by_role("link", name=words["all the same"]).click()
    send = phone.get_by_role("button", name=words["all the same"])
    send.click()
    expect(phone.locator("[id$=acepto-errors]")).to_contain_text(words["tick"])
    looks_right(phone, scripts)
    phone.get_by_label(words["known"]).check()
    send.click()
    expect(phone.locator("#exception")).to_contain_text(words["excepted"])
    if scripts:  # without them somebody has to look again
        expect(phone.locator("#progress-sentence")).to_contain_text(words["finished"], timeout=30_000)


def test_a_service_asks_why_beside_the_choice(name: str, visitors: Visitors) -> None:
    page = visitors.log_in(name, **PHONE)
    page.goto("/clientes/campanas/nueva/")
    page.locator("#mensaje").fill("Hola {nombre}")
    page.locator("[name=tipo][value=servicio]").check()
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#motivo_servicio-errors")).to_contain_text("in a few words")
    looks_right(page, scripts=True)
    page.locator("#motivo_servicio").fill("Su pedido está listo")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.get_by_role("button", name="Send 1 message")).to_be_visible()


def test_wider_hours_are_warned_about_while_they_are_chosen(name: str, visitors: Visitors) -> None:
    page = visitors.log_in(name, **PHONE)
    page.goto("/ajustes/publicidad/")
    looks_right(page, scripts=True)
    page.locator("#sabado_cierra").fill("17:00")
    page.locator("#sabado_cierra").press("Tab")
    expect(page.locator("#sabado-warning")).to_contain_text("Wider than the law")
    looks_right(page, scripts=True)
    page.get_by_role("button", name="Save the settings").last.click()
    expect(page.locator("#flashes")).to_contain_text("saved")
    expect(page.locator("#sabado-warning")).to_be_visible()
