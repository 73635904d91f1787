"""What a person sees where nothing gets through: a page of ours, and all that was typed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .accessibility import violations
from .site import Site
from .visitors import PHONE, SPANISH, Visitors

KEPT = """() => caches.open('offline').then((cache) => cache.keys())
  .then((all) => all.map(({ url }) => new URL(url).pathname))"""
TEXT_KEPT = "() => caches.match('/sin-conexion/', { ignoreVary: true }).then((page) => page.text())"
OFFLINE = ["net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION_REFUSED", "net::ERR_FAILED", "htmx:error"]

Arrive = Callable[..., Page]


@pytest.fixture
def arrive(site: Site, visitors: Visitors) -> Arrive:
    """Open the first page of somebody with a shop of their own, whose browser has kept what it keeps."""
    visitors.expected += OFFLINE

    def log_in(**options: object) -> Page:
        name = f"lejos-{secrets.token_hex(4)}"
        site.shop.add_client(site.shop.add_admin(name), "Ana Secreta")
        page = visitors.log_in(name, service_workers="allow", **options)
        page.wait_for_function("() => navigator.serviceWorker.controller")
        return page

    return log_in


@pytest.fixture
def page(arrive: Arrive) -> Page:
    return arrive()


@pytest.mark.parametrize("options", [{}, PHONE])
def test_a_page_says_so_in_our_frame_and_leads_on(arrive: Arrive, options: dict[str, object]) -> None:
    page = arrive(locale=SPANISH, **options)
    page.context.set_offline(True)
    page.goto("/clientes/?q=ana")
    expect(page.get_by_role("heading", name="Sin conexión")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator(".top-bar")).to_have_css("display", "flex")
    assert violations(page) == []
    again = page.get_by_role("link", name="Intentar de nuevo")
    again.click()
    expect(page.get_by_role("heading", name="Sin conexión")).to_be_visible()
    page.context.set_offline(False)
    again.press("Enter")
    expect(page.get_by_role("link", name="Ana Secreta").first).to_be_visible()
    assert page.url.endswith("/clientes/?q=ana")


def test_it_follows_the_language(page: Page) -> None:
    page.locator("details.own-menu summary").click()
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.wait_for_function(f"() => ({TEXT_KEPT})().then((text) => text.includes('Sin conexión'))")


def test_nothing_of_the_shop_is_kept(page: Page) -> None:
    page.goto("/clientes/")
    kept = page.evaluate(KEPT)
    assert {path for path in kept if not path.startswith("/static/")} == {"/sin-conexion/"}
    assert "Secreta" not in page.evaluate(TEXT_KEPT)
    page.locator("details.own-menu summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#log-in")).to_be_visible()
    assert sorted(page.evaluate(KEPT)) == sorted(kept)
    page.context.set_offline(True)
    page.goto("/clientes/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.locator("nav")).to_have_count(0)


def test_a_form_keeps_what_was_typed_and_can_be_sent_later(page: Page) -> None:
    page.goto("/clientes/nuevo/")
    page.context.set_offline(True)
    name, save = page.locator("main #nombre"), page.locator("main").get_by_role("button", name="Save", exact=True)
    name.fill("Sin Línea")
    save.click()
    expect(page.get_by_role("alert").filter(has_text="There was no answer")).to_be_visible()
    expect(name).to_have_value("Sin Línea")
    expect(page.locator("html")).not_to_have_attribute("data-waiting", "")
    page.context.set_offline(False)
    expect(page.locator("#connection-lost")).to_be_hidden()
    save.click()
    expect(page.locator("#flashes")).to_contain_text("Sin Línea is saved.")


def test_so_does_the_form_of_a_file(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text("nombre,celular\nRosa Paz,3001234567\n")
    page.goto("/clientes/importar/")
    page.locator("input[type=file]").set_input_files(file)
    page.context.set_offline(True)
    send = page.locator("form[enctype] button[type=submit]")
    send.click()
    expect(page.get_by_role("alert").filter(has_text="There was no answer")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#connection-lost")).to_be_hidden()
    send.click()
    expect(page.locator("#columns")).to_be_visible()


def test_a_fragment_that_does_not_come_is_told(page: Page) -> None:
    page.goto("/clientes/")
    page.context.set_offline(True)
    lost = page.get_by_role("alert").filter(has_text="The connection is lost")
    expect(lost).to_be_visible()
    page.get_by_role("searchbox").fill("secreta")
    expect(page.get_by_role("searchbox")).to_have_value("secreta")
    expect(lost).to_be_visible()
    page.context.set_offline(False)
    expect(lost).to_be_hidden()


@pytest.fixture
def stopped(site: Site) -> Iterator[Callable[[], None]]:
    """What stops the server; it runs again afterwards."""
    yield site.server.kill
    site.server.start()


def test_a_server_that_is_stopped_is_away_as_well(page: Page, stopped: Callable[[], None]) -> None:
    page.goto("/clientes/nuevo/")
    page.locator("main #nombre").fill("Sin Servidor")
    stopped()
    page.locator("main").get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="There was no answer")).to_be_visible()
    expect(page.locator("main #nombre")).to_have_value("Sin Servidor")
    page.goto("/clientes/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
