"""Names with markup, right-to-left letters and emoji: text and nothing else, wherever they are shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from clientes_app.models import EstadoCampana

from .accessibility import sideways
from .site import Site
from .visitors import PHONE, Visitors

MARKUP = '<img src=x onerror="document.title=1"><b>Ana</b> &amp; {{7*7}}'
NAMES = [MARKUP, "ليلى حسن (مها)", "👩‍👩‍👧‍👦 Pérez 🇨🇴", "W" * 150]


@pytest.fixture
def page(site: Site, visitors: Visitors) -> Page:
    """The page, on a phone, of an admin whose clients are called so."""
    return visitors.come_back("raros", **PHONE)


@pytest.fixture(scope="module", autouse=True)
def account(shared_site: Site) -> int:
    """An account whose clients, templates and campaigns have such names."""
    account = shared_site.shop.add_admin("raros")
    for place, name in enumerate(NAMES):
        shared_site.shop.add_client(account, name, f"300765432{place}")
        shared_site.shop.add_template(account, name[:100], f"{name} para {{nombre}}")
        campaign = shared_site.start_campaign(account, name, f"{name[:60]} para {{nombre}}")
        assert shared_site.wait_for_end(campaign) is EstadoCampana.COMPLETADO
    return account


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("/", "#latest-campaigns bdi"),
        ("/clientes/", "#client-rows .client-name"),
        ("/clientes/plantillas/", ".template-card .card-title"),
        ("/clientes/campanas/", ".list-table bdi"),
        ("/telefono/", ".phone-list bdi"),
    ],
)
def test_a_list_shows_them_as_text(page: Page, path: str, selector: str) -> None:
    page.goto(path)
    shown = [text.strip() for text in page.locator(selector).all_inner_texts()]
    assert sorted(shown) == sorted(name[:100] if "plantillas" in path else name for name in NAMES)
    assert page.locator("main img, main b").count() == 0
    assert sideways(page) <= 0


@pytest.mark.parametrize("name", NAMES, ids=["markup", "right to left", "emoji", "long"])
def test_its_own_pages_and_dialogs_do_too(page: Page, name: str) -> None:
    page.goto("/clientes/")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("#timeline").get_by_role("link", name=name, exact=True)).to_be_visible()
    assert sideways(page) <= 0
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_role("dialog", name=f"Delete {name}?", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Send SMS").click()
    expect(page.locator("#preview-title")).to_have_text(f"As {name} gets it")
    page.locator("#mensaje").fill(f"¡Eh, {{nombre}}! {name[:20]}")
    expect(page.locator("#preview .bubble")).to_contain_text(f"¡Eh, {name}! {name[:20]}")
    assert page.title() != "1"
    assert sideways(page) <= 0
