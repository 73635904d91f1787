"""Everything that matters with scripts switched off: plain forms, plain links, plain reloads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from ..support.carrier import wait_until
from .site import Site
from .visitors import PHONE, Visitors


@pytest.fixture
def page(site: Site, visitors: Visitors) -> Page:
    """A logged-in page without scripts."""
    return visitors.come_back(java_script_enabled=False)


def save_client(page: Page, name: str, telephone: str) -> None:
    page.locator("#nombre").fill(name)
    page.locator("#telefono").fill(telephone)
    page.get_by_role("button", name="Save", exact=True).click()


def finished_after(page: Page, refresh: Locator) -> bool:
    refresh.click()
    return "Finished" in page.locator("#progress-sentence").inner_text()


def test_a_client_is_created_edited_deactivated_and_deleted(page: Page) -> None:
    page.goto("/clientes/")
    page.get_by_role("link", name="New client").click()
    save_client(page, " ", "3005550001")
    expect(page.locator("#nombre")).to_have_accessible_description("This field is required.")
    expect(page.locator("#telefono")).to_have_value("3005550001")
    save_client(page, "Rosa Páez", "3005550001")
    expect(page.locator("#flashes")).to_contain_text("Rosa Páez is saved.")
    page.get_by_role("link", name="Edit Rosa Páez").click()
    save_client(page, "Rosa Páez Gil", "3005550002")
    row = page.locator("#client-rows > tr", has_text="Rosa Páez Gil")
    expect(row).to_contain_text("+57 300 555 0002")
    row.get_by_role("button", name="Deactivate").click()
    expect(row).to_have_count(0)
    page.get_by_role("searchbox").fill("rosa paez")
    page.get_by_role("radio", name="All").check(force=True)
    page.get_by_role("button", name="Search").click()
    expect(row).to_contain_text("Inactive")
    page.get_by_role("link", name="Delete Rosa Páez Gil").click()
    expect(page.locator("h1")).to_have_text("Delete Rosa Páez Gil?")
    page.get_by_role("button", name="Delete Rosa Páez Gil").click()
    expect(page.locator("#flashes")).to_contain_text("Rosa Páez Gil is deleted.")


def test_a_template_is_previewed_and_saved(page: Page) -> None:
    page.goto("/clientes/plantillas/")
    page.get_by_role("link", name="New template").click()
    page.locator("#nombre").fill("A mano")
    page.locator("#mensaje").fill("Mañana estará listo")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("#preview .bubble mark")).to_have_text("á")
    expect(page.locator("#preview-size")).to_have_text("19 characters · 1 SMS")
    expect(page.locator("#nombre")).to_have_value("A mano")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#flashes")).to_contain_text("The template A mano is saved.")


@pytest.mark.parametrize("device", [{}, PHONE], ids=["at a computer", "on a phone"])
def test_ticked_clients_get_a_campaign(site: Site, visitors: Visitors, device: dict[str, Any]) -> None:
    page = visitors.come_back(java_script_enabled=False, **device)
    page.goto("/clientes/?numero=si&baja=no")
    for tick in page.locator("[name=cliente_ids]").all()[:3]:
        tick.check()
    page.get_by_role("button", name="Send SMS to the selected clients").click()
    expect(page.get_by_role("radio", name="The 3 clients you ticked")).to_be_checked()
    page.locator("#plantilla").select_option(index=1)
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#mensaje")).not_to_be_empty()
    page.locator("#mensaje").fill("Hola {nombre}, sin guiones")
    # Of advertising the sample shop's clients get one a day, whichever test sends it.
    page.locator("[name=tipo][value=servicio]").check()
    page.locator("#motivo_servicio").fill("Su pedido")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#review-who + p")).to_have_text("It will be sent to 3 of 3 clients.")
    site.simulator.behave(latency=2_000)
    page.get_by_role("button", name="Send 3 messages").click()
    expect(page.locator("#progress-sentence")).to_have_text("Sent 0 of 3")
    refresh = page.get_by_role("main").get_by_role("link", name="Refresh", exact=True)
    wait_until(lambda: finished_after(page, refresh))
    expect(page.locator("dd[data-state=enviado]")).to_have_text("3")
    expect(refresh).to_have_count(0)
    page.get_by_role("navigation", name="Filter by state").get_by_role("link", name="Sent").click()
    expect(page.locator("#messages tbody > tr")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"/mensajes/\?estado=enviado#messages$"))


def test_language_and_theme_change(site: Site, visitors: Visitors) -> None:
    site.shop.add_admin("oscura")
    page = visitors.log_in("oscura", java_script_enabled=False)
    page.locator("details.own-menu > summary").click()
    page.locator("[name=tema][value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
