"""Everything without a mouse: from the log-in to a sent campaign, and in and out of dialogs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from .site import Site
from .visitors import Visitors

_FAR = 120


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there."""
    for _ in range(_FAR):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def tab_and_press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def log_in(page: Page, name: str, password: str) -> None:
    page.goto("/cuenta/entrar/")
    expect(page.locator("#usuario")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.locator("#log-in")).to_have_count(0)


def place(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name=name)


def test_from_log_in_to_a_sent_campaign(site: Site, visitors: Visitors) -> None:
    page = visitors.arrive()
    log_in(page, "demo", "demo")
    tab_and_press(page, place(page, "Clients"))
    tab_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("mar")
    page.wait_for_url("**/clientes/?q=mar*")
    for tick in page.locator("[name=cliente_ids]").all()[:3]:
        tab_and_press(page, tick, "Space")
        expect(tick).to_be_checked()
    tab_and_press(page, page.get_by_role("button", name="Send SMS to 3 clients"))
    expect(page.locator("[name=destino][value=marcados]")).to_be_checked()
    tab_to(page, page.locator("#mensaje"))
    page.keyboard.type("Hola ")
    tab_and_press(page, page.get_by_role("button", name="Insert Whole name"), "Space")
    expect(page.locator("#mensaje")).to_be_focused()
    page.keyboard.type(", ven")
    expect(page.locator("#mensaje")).to_have_value("Hola {nombre}, ven")
    tab_to(page, page.locator("#compose #nombre"))
    page.keyboard.type("Sin ratón")
    tab_and_press(page, page.get_by_role("button", name="Review"))
    expect(page.locator("#review-what")).to_be_visible()
    tab_and_press(page, page.get_by_role("button", name="Send "), "Space")
    expect(page.locator("h1")).to_have_text("Sin ratón")
    expect(page.locator("#progress-sentence")).to_contain_text("Finished")


def test_a_dialog_keeps_the_focus_and_gives_it_back(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    page.goto("/clientes/")
    opener = page.get_by_role("link", name="New client")
    tab_and_press(page, opener)
    dialog = page.get_by_role("dialog", name="New client")
    expect(dialog.locator("[name=nombre]")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        # Past the last field the browser's own window may have it, never the page behind.
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_esc_asks_before_typed_text_is_lost(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    asked: list[str] = []
    answers = iter([False, True])

    def answer(question: Dialog) -> None:
        asked.append(question.message)
        question.accept() if next(answers) else question.dismiss()

    page.on("dialog", answer)
    page.goto("/clientes/")
    page.get_by_role("link", name="New client").press("Enter")
    dialog = page.get_by_role("dialog", name="New client")
    expect(dialog.locator("[name=nombre]")).to_be_focused()
    page.keyboard.type("A medias")
    page.keyboard.press("Escape")
    expect(dialog.locator("[name=nombre]")).to_have_value("A medias")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert asked == ["What you typed is not saved. Leave it?"] * 2


def test_the_focus_goes_to_the_first_error(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    page.goto("/clientes/")
    page.get_by_role("link", name="New client").press("Enter")
    dialog = page.get_by_role("dialog", name="New client")
    expect(dialog.locator("[name=nombre]")).to_be_focused()
    dialog.locator("[name=telefono]").fill("300 123 4567")
    page.keyboard.press("Enter")
    expect(dialog.locator("[name=nombre]")).to_have_attribute("aria-invalid", "true")
    expect(dialog.locator("[name=nombre]")).to_be_focused()
    expect(dialog.locator("[name=nombre]")).to_have_accessible_description("This field is required.")
    expect(dialog.locator("[name=telefono]")).to_have_value("300 123 4567")


def test_the_skip_link_leads_past_the_navigation(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    page.goto("/clientes/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Import")).to_be_focused()


@pytest.mark.parametrize("address", ["/clientes/", "/clientes/plantillas/"])
def test_a_change_in_a_row_leaves_the_focus_there(site: Site, visitors: Visitors, address: str) -> None:
    page = visitors.come_back()
    page.goto(f"{address}?estado=todos")
    button = page.locator("main").get_by_role("button", name="Deactivate").first
    same = page.locator(f"#{button.get_attribute('id')}")
    same.press("Enter")
    expect(same).to_have_accessible_name(re.compile("^Activate "))
    expect(same).to_be_focused()
