"""A person's own account in a real browser, and the first admin's page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ..support.carrier import wait_until
from ..support.databases import migrate
from ..support.server import Server
from .accessibility import violations
from .site import Site
from .visitors import PHONE, Visitors, log_in


def test_a_session_is_ended_from_another_device(site: Site, visitors: Visitors) -> None:
    site.shop.add_admin("duena")
    phone = visitors.log_in("duena", **PHONE)
    here = visitors.log_in("duena")
    here.goto("/cuenta/yo/")
    expect(here.locator(".own-session")).to_have_count(2)
    here.get_by_role("button", name="End the session on Chrome, Linux").click()
    expect(here.locator("#flashes")).to_contain_text("The session has ended.")
    expect(here.locator(".own-session")).to_have_count(1)
    phone.goto("/clientes/")
    expect(phone.locator("#log-in")).to_be_visible()


def test_a_page_that_watches_a_campaign_is_led_to_the_log_in_when_its_session_ends(
    site: Site, visitors: Visitors
) -> None:
    account = site.shop.add_admin("vigia")
    site.simulator.behave(latency=20_000)
    site.shop.add_client(account)
    campaign = site.start_campaign(account, "Lenta")
    watching = visitors.log_in("vigia")
    watching.goto(f"/clientes/campanas/{campaign}/")
    expect(watching.locator("#progress")).to_be_visible()
    here = visitors.log_in("vigia")
    here.goto("/cuenta/yo/")
    here.get_by_role("button", name="End all others").click()
    expect(here.locator(".own-session")).to_have_count(1)
    expect(watching.locator("#log-in")).to_be_visible(timeout=30_000)


@pytest.fixture
def new_installation(tmp_path: Path) -> Iterator[Server]:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    migrate(url)
    server = Server(url, tmp_path / "server.log", SMS_MODE="twilio")
    server.start()
    yield server
    server.stop()


def test_the_first_admin_is_made_on_the_page(new_installation: Server, chromium: Browser) -> None:
    visitors = Visitors(chromium, new_installation.url)
    (code,) = wait_until(lambda: re.findall(r"with the code (\S+)", new_installation.log()))
    page = visitors.arrive(**PHONE)
    page.goto("/")
    expect(page.locator("#first-run")).to_be_visible()
    assert violations(page) == []
    page.locator("#codigo").fill(code)
    page.locator("#usuario").fill("ana")
    page.locator("#clave").fill("a good password")
    page.locator("#clave").press("Enter")
    expect(page.locator(".own-menu-name")).to_have_text("ana")
    page.goto("/cuenta/primera-vez/")
    expect(page.locator("#first-run")).to_have_count(0)
    visitors.leave()
    other = Visitors(chromium, new_installation.url)
    log_in_page = other.arrive()
    log_in(log_in_page, "ana")
    other.leave()
