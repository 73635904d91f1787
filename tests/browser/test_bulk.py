"""Doing something to many clients: by keyboard on a phone's screen, to a whole search, and without scripts."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .site import Site
from .test_keyboard import tab_and_press
from .visitors import Visitors

NARROW = {"width": 360, "height": 740}


def tick(page: Page, count: int) -> None:
    for box in page.locator("[name=cliente_ids]").all()[:count]:
        box.check()


def test_ticked_clients_are_tagged_by_keyboard_on_a_narrow_screen(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    page.set_viewport_size(NARROW)
    page.goto("/clientes/?q=mar")
    tick(page, 2)
    tab_and_press(page, page.get_by_role("button", name="Actions"))
    tab_and_press(page, page.get_by_role("button", name="Tag clients", exact=True))
    dialog = page.get_by_role("dialog", name="Tag 2 clients")
    dialog.get_by_label("Another tag").fill("Con teclado")
    page.keyboard.press("Enter")
    expect(page.locator("#flashes")).to_contain_text("2 clients now have: Con teclado.")
    expect(dialog).to_be_hidden()
    expect(page.locator("#client-rows .tag", has_text="Con teclado")).to_have_count(2)
    assert page.url.endswith("?q=mar")


def test_a_whole_search_is_exported(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    page.goto("/clientes/?estado=todos")
    tick(page, 1)
    expect(page.locator("#selection strong")).to_have_text("1 selected")
    page.get_by_role("checkbox", name="Select all ").last.check()
    expect(page.locator("#selection strong")).to_have_text("All selected")
    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("CSV").check()
    dialog.get_by_label("Document").uncheck()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert "Document" not in lines[0]
    count = page.locator("#client-count").inner_text().partition(" ")[0]
    assert len(lines) - 1 == int(count.replace(",", ""))
    expect(dialog).to_be_hidden()


def test_ticked_clients_are_deactivated_without_scripts(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("sin-guiones")
    site.shop.add_clients(account, ["3001234567", "3001234568"])
    page = visitors.come_back("sin-guiones", java_script_enabled=False)
    page.goto("/clientes/?estado=todos")
    tick(page, 2)
    page.get_by_role("button", name="Activate or deactivate").click()
    page.get_by_role("button", name="Deactivate 2").click()
    expect(page.locator("#flashes")).to_contain_text("2 clients are inactive and get no more campaigns.")
    assert page.url.endswith("/clientes/?estado=todos")
