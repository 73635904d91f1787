"""An API token, made, copied and revoked in a browser; with scripts and without."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from ..support.tokens import bearer
from .site import Site
from .visitors import PHONE, Visitors

NAME = "Caja del mostrador"


def fill_in(page: Page) -> None:
    page.goto("/ajustes/tokens/")
    page.get_by_role("link", name="New token").click()
    page.get_by_label("Name of the token").fill(NAME)
    page.get_by_label("Create clients.").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_label("Token", exact=True)).to_be_visible()


def answer_to(page: Page, secret: str) -> int:
    return page.request.get("/clientes/plantillas-sms/", headers=bearer(secret)).status


def test_it_is_copied_used_and_revoked(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill_in(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Copied")).to_be_visible()
    secret = page.evaluate("navigator.clipboard.readText()")
    assert secret == page.get_by_label("Token", exact=True).input_value()
    assert answer_to(page, secret) == 200
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    row = page.get_by_role("row", name=NAME).first
    expect(row).to_contain_text(secret[:8])
    assert secret[:12] not in page.content()
    row.get_by_role("link", name=f"Revoke {NAME}").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"Revoke the token {NAME}?")
    page.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.locator("#tokens")).to_contain_text("Revoked")
    assert answer_to(page, secret) == 401


def test_without_scripts_on_a_phone(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back(java_script_enabled=False, **PHONE)
    fill_in(page)
    secret = page.get_by_label("Token", exact=True).input_value()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    assert answer_to(page, secret) == 200
    page.get_by_role("link", name="I have kept it").click()
    assert secret not in page.content()
    page.get_by_role("link", name=f"Revoke {NAME}").first.click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("#flashes")).to_contain_text(f"The token {NAME} is revoked.")
    assert answer_to(page, secret) == 401
