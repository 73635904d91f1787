"""From the rule that a vendedor's campaign waits, over the asking, to the admin's yes."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .site import Site
from .visitors import PHONE, Visitors


def settle(page: Page) -> None:
    page.goto("/ajustes/")
    page.get_by_label("waits until an administrator approves it").check()
    page.get_by_role("button", name="Add a country").click()
    expect(page.get_by_label("Country")).to_be_focused()
    expect(page.get_by_label("Country")).to_have_value("CO")
    page.get_by_label("Pesos an SMS").fill("25,50")
    page.get_by_label("Pesos an SMS").press("Enter")  # saves, and takes out nothing
    expect(page.locator("#flashes")).to_contain_text("The settings are saved.")
    expect(page.get_by_label("Pesos an SMS")).to_have_value("25.5")


def ask(page: Page) -> None:
    page.goto("/clientes/campanas/nueva/")
    page.locator("#mensaje").fill("Hola {nombre}, hoy hay 2x1")
    page.locator("#compose #nombre").fill("La de Vero")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#review-what ~ dl")).to_contain_text("$ 51")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.locator("#progress-sentence")).to_contain_text("To be approved: 2 messages")


def approve(page: Page) -> None:
    page.goto("/")
    page.locator("#waiting").get_by_role("link", name="Approve and send").click()
    dialog = page.get_by_role("dialog", name="Approve and send La de Vero?")
    expect(dialog).to_contain_text("2 messages go out now. Expected cost: $ 51.")
    dialog.get_by_role("button", name="Approve and send").click()
    expect(page).to_have_url(re.compile(r"/clientes/campanas/\d+/$"))
    expect(page.locator("#progress-sentence")).to_contain_text("Finished: 2 messages sent of 2.")


def test_a_vendedor_asks_and_the_admin_says_yes(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("jefa")
    site.shop.add_clients(account, ["3001234567", "3001234568"])
    site.shop.add_seller(account, "vero-de-jefa")
    admin, seller = visitors.log_in("jefa"), visitors.log_in("vero-de-jefa", **PHONE)
    settle(admin)
    ask(seller)
    approve(admin)
    seller.reload()
    expect(seller.locator("#progress-sentence")).to_contain_text("Finished: 2 messages sent of 2.")
