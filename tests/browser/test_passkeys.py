"""Passkeys in a real browser, whose virtual authenticator stands for a fingerprint reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ..support.shop import PASSWORD
from .site import Site
from .visitors import Visitors, log_in

SETTINGS = "/cuenta/segundo-paso/ajustes/"
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def visitors(chromium: Browser, site: Site) -> Iterator[Visitors]:
    """People who visit the site by its name: browsers bind passkeys to names, not to numbers."""
    visitors = Visitors(chromium, site.url.replace("127.0.0.1", "localhost"))
    yield visitors
    visitors.leave()
    assert visitors.complaints == []


def with_fingerprint_reader(page: Page) -> Page:
    reader = page.context.new_cdp_session(page)
    reader.send("WebAuthn.enable")
    reader.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    return page


def add_passkey(page: Page, name: str) -> None:
    page.goto(SETTINGS)
    page.locator("#nombre").fill(name)
    page.locator("form[data-passkey=create] [name=clave]").fill(PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()


def log_out(page: Page) -> None:
    page.locator("details.own-menu > summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("h1")).to_have_text("Log in")


def test_a_passkey_logs_in_alone_and_as_the_second_step(site: Site, visitors: Visitors) -> None:
    site.shop.add_admin("huella")
    page = with_fingerprint_reader(visitors.arrive())
    log_in(page, "huella")
    add_passkey(page, "Portátil")
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    expect(page.locator(".recovery-codes > li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator(".passkeys")).to_contain_text("Never used.")
    log_out(page)

    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))
    page.goto(SETTINGS)
    expect(page.locator(".passkeys")).to_contain_text("Last used")
    log_out(page)

    log_in(page, "huella")
    expect(page.locator("h1")).to_have_text("Two-step verification")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))


def test_a_refusal_is_said_and_can_be_mended(site: Site, visitors: Visitors) -> None:
    site.shop.add_admin("torpe")
    page = with_fingerprint_reader(visitors.arrive())
    log_in(page, "torpe")
    page.goto(SETTINGS)
    page.locator("#nombre").fill("Portátil")
    page.locator("form[data-passkey=create] [name=clave]").fill("wrong")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_have_text("That is not your password.")
    add_passkey(page, "Portátil")
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    add_passkey(page, "El mismo")
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("No passkey was used")


def test_without_scripts_there_is_no_button(site: Site, visitors: Visitors) -> None:
    page = visitors.arrive(java_script_enabled=False)
    page.goto("/cuenta/entrar/")
    expect(page.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()


def test_at_an_address_without_a_name_there_is_none(chromium: Browser, site: Site) -> None:
    visitors = Visitors(chromium, site.url)
    page = visitors.log_in()
    page.goto(SETTINGS)
    expect(page.locator("[data-passkey-unsupported]")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    visitors.leave()
    assert visitors.complaints == []
