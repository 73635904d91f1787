"""Language and theme, chosen in the menu, stay chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .site import Site
from .visitors import SPANISH, Visitors


def choose(page: Page, name: str, value: str) -> None:
    page.locator("details.own-menu > summary").click()
    page.locator(f"[name={name}][value={value}]").click()
    page.wait_for_load_state()


def test_the_language_is_a_persons_on_every_device(site: Site, visitors: Visitors) -> None:
    site.shop.add_admin("bilingue")
    page = visitors.log_in("bilingue", locale=SPANISH)
    page.goto("/clientes/?q=nadie")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    choose(page, "idioma", "en")
    expect(page).to_have_url(f"{site.url}/clientes/?q=nadie")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Clients")
    elsewhere = visitors.log_in("bilingue", locale=SPANISH)
    expect(elsewhere.locator("html")).to_have_attribute("lang", "en")


def test_before_the_log_in_the_language_is_the_browsers_until_it_is_chosen(site: Site, visitors: Visitors) -> None:
    page = visitors.arrive(locale=SPANISH)
    page.goto("/cuenta/entrar/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    choose(page, "idioma", "en")
    expect(page.locator("h1")).to_have_text("Log in")
    page.reload()
    expect(page.locator("h1")).to_have_text("Log in")


@pytest.mark.parametrize(("chosen", "device"), [("dark", "light"), ("light", "dark")])
def test_a_chosen_theme_outlives_the_devices(site: Site, visitors: Visitors, chosen: str, device: str) -> None:
    site.shop.add_admin(f"gusta-{chosen}")
    page = visitors.log_in(f"gusta-{chosen}", color_scheme=device)
    html = page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", device)
    choose(page, "tema", chosen)
    expect(html).to_have_attribute("data-bs-theme", chosen)
    page.goto("/clientes/campanas/")
    expect(html).to_have_attribute("data-bs-theme", chosen)
    choose(page, "tema", "auto")
    expect(html).to_have_attribute("data-bs-theme", device)
    page.emulate_media(color_scheme=chosen)
    expect(html).to_have_attribute("data-bs-theme", chosen)
