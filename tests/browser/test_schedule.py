"""A campaign written for an hour, changed on the phone, and cancelled: in both languages, with and without scripts."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clientes_app.extensions import unit_of_work
from clientes_app.models import CampanaSMS
from clientes_app.models.types import utc_now

from ..support.clock import BOGOTA
from .accessibility import sideways
from .site import Site
from .visitors import ENGLISH as IN_ENGLISH
from .visitors import PHONE, Visitors
from .visitors import SPANISH as IN_SPANISH

SPANISH = {
    "schedule": "Programar",
    "then": "Quienes estén",
    "review": "Revisar",
    "button": re.compile("^Programar"),
    "what": "Qué va a pasar",
    "change": "Cambiar la hora",
    "new": "La nueva hora es",
    "cancel": "Cancelar la campaña",
    "gone": "no se envió nada",
    "state": "Cancelada",
}
ENGLISH = {
    "schedule": "Schedule it",
    "then": "Whoever is in",
    "review": "Review",
    "button": re.compile("^Schedule"),
    "what": "What will happen",
    "change": "Change the hour",
    "new": "The new hour is",
    "cancel": "Cancel the campaign",
    "gone": "nothing was sent",
    "state": "Cancelled",
}
WORDS = [pytest.param(SPANISH, IN_SPANISH, id="Spanish"), pytest.param(ENGLISH, IN_ENGLISH, id="English")]


@pytest.fixture
def name(site: Site) -> str:
    """An admin with a shop of their own."""
    name = f"programa-{secrets.token_hex(4)}"
    site.shop.add_client(site.shop.add_admin(name), "Ana", "3001112222")
    return name


def in_two_days() -> str:
    return (datetime.now(BOGOTA) + timedelta(days=2)).date().isoformat()


def schedule(page: Page, words: dict[str, Any]) -> str:
    """Write a campaign for ten o'clock in two days, and answer the address of its page."""
    page.goto("/clientes/campanas/nueva/")
    page.locator("#mensaje").fill("Hola {nombre}")
    page.get_by_label(words["schedule"]).check()
    page.locator("#dia").fill(in_two_days())
    page.locator("#hora").fill("10:00")
    page.get_by_label(words["then"]).check()
    page.get_by_role("button", name=words["review"], exact=True).click()
    expect(page.locator("#review-when")).to_be_visible()
    assert not sideways(page)
    page.get_by_role("button", name=words["button"]).click()
    expect(page.locator("#plan-title")).to_have_text(words["what"])
    return page.url


def change_and_cancel(page: Page, words: dict[str, Any]) -> None:
    """Change the hour to half past eleven, then cancel."""
    assert not sideways(page)
    page.get_by_role("link", name=words["change"]).click()
    page.locator("[name=hora]").fill("11:30")
    page.get_by_role("button", name=words["change"]).click()
    expect(page.locator("#flashes")).to_contain_text(words["new"])
    expect(page.locator("#progress-sentence")).to_contain_text("11:30")
    page.get_by_role("link", name=words["cancel"]).click()
    page.get_by_role("button", name=words["cancel"]).click()
    expect(page.locator("#flashes")).to_contain_text(words["gone"])
    expect(page.locator("#progress-sentence")).to_contain_text(words["state"])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize(("words", "locale"), WORDS)
def test_written_at_the_computer_changed_and_cancelled_on_the_phone(
    name: str, visitors: Visitors, words: dict[str, Any], locale: str, scripts: bool
) -> None:
    laptop = visitors.log_in(name, java_script_enabled=scripts, locale=locale)
    address = schedule(laptop, words)
    phone = visitors.log_in(name, java_script_enabled=scripts, locale=locale, **PHONE)
    phone.goto(address)
    change_and_cancel(phone, words)


def test_the_hour_is_written_out_while_it_is_chosen(name: str, visitors: Visitors) -> None:
    page = visitors.log_in(name)
    page.goto("/clientes/campanas/nueva/")
    expect(page.locator("#dia")).to_be_hidden()
    page.get_by_label("Schedule it").check()
    page.locator("#dia").fill("2199-12-04")
    page.locator("#hora").fill("10:00")
    page.locator("#hora").press("Tab")
    expect(page.locator("#when-said")).to_contain_text("Wednesday, December 4, 2199, 10:00")


def test_its_page_counts_down_and_shows_by_itself_that_it_is_sent(site: Site, name: str, visitors: Visitors) -> None:
    page = visitors.log_in(name)
    address = schedule(page, ENGLISH)
    expect(page.locator("#countdown")).to_contain_text("day")
    with site.app.app_context(), unit_of_work() as session:
        campaign = session.get_one(CampanaSMS, int(address.rstrip("/").rpartition("/")[2]))
        campaign.programada_para = utc_now() + timedelta(seconds=8)
    expect(page.locator("#countdown")).to_contain_text("second", timeout=15_000)
    expect(page.locator("#progress-sentence")).to_contain_text("Finished: 1 message sent of 1", timeout=30_000)
