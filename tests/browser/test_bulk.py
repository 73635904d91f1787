"""Doing something to many clients: by keyboard on a phone's screen, to a whole search, and without scripts."""

from __future__ import annotations

import re

import pytest
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
    dialog.get_by_label("Other tags").fill("Con teclado")
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


def test_everybody_in_the_list_is_tagged_from_one_page_of_it(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("con-muchos")
    site.shop.add_clients(account, [f"300{number:07d}" for number in range(60)])
    page = visitors.come_back("con-muchos")
    page.goto("/clientes/")
    tick(page, 1)
    page.get_by_role("checkbox", name="Select all 60 of this search").check()
    page.get_by_role("button", name="Tag clients", exact=True).click()
    dialog = page.get_by_role("dialog", name="Tag 60 clients")
    dialog.get_by_label("Other tags").fill("De todos")
    dialog.get_by_role("button", name="Tag clients", exact=True).click()
    expect(page.locator("#flashes")).to_contain_text("60 clients now have: De todos.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_everybody_in_the_list_gets_a_campaign(site: Site, visitors: Visitors, scripts: bool) -> None:
    name = f"a-todos-{scripts}".lower()
    site.shop.add_clients(site.shop.add_admin(name), [f"300{number:07d}" for number in range(60)])
    page = visitors.come_back(name, java_script_enabled=scripts)
    page.goto("/clientes/")
    tick(page, 1)
    page.get_by_role("checkbox", name="Select all 60 of this search").check()
    page.get_by_role("button", name="Send SMS to").click()
    expect(page.get_by_role("radio", name="All active clients")).to_be_checked()
    page.locator("#mensaje").fill("Hola {nombre}")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#review-who + p")).to_have_text("It will be sent to 60 of 60 clients.")
    page.get_by_role("button", name="Send 60 messages").click()
    expect(page.locator("#progress-sentence")).to_contain_text("of 60")


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


def test_the_order_that_is_chosen_is_the_order_of_the_list(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    page.goto("/clientes/?estado=todos")
    page.locator(".client-filters > summary").click()
    page.get_by_label("Sorted by").select_option("nombre")
    expect(page).to_have_url(re.compile("orden=nombre"))
    expect(page.get_by_label("Sorted by")).to_have_value("nombre")
