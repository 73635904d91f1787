"""From the invitation to the deactivation, as two people see it; with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .site import Site
from .visitors import Visitors


def invite(page: Page, name: str, *rights: str) -> str:
    """Invite somebody, give them more rights than usual, and answer the address of their link."""
    page.goto("/personas/")
    page.get_by_role("link", name="Invite a vendedor").click()
    page.get_by_label("User").fill(name)
    for right in rights:
        page.get_by_label(right).check()
    page.get_by_role("button", name="Invite").click()
    return page.locator("#link-address").input_value()


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_is_invited_comes_and_is_sent_away(site: Site, visitors: Visitors, *, scripts: bool) -> None:
    owner, name = (f"jefa-{scripts}".lower(), f"vera-{scripts}".lower())
    site.shop.add_admin(owner)
    admin = visitors.log_in(owner, java_script_enabled=scripts)
    link = invite(admin, name, "Create and edit clients")
    admin.get_by_role("link", name="Done").click()
    row = admin.get_by_role("row", name=re.compile(name))
    expect(row).to_contain_text("Create and edit clients")
    expect(row).to_contain_text("Link open until")

    seller = visitors.arrive(java_script_enabled=scripts)
    seller.goto(link)
    seller.get_by_label("New password").fill("una clave bien larga")
    seller.get_by_role("button", name="Save and log in").click()
    expect(seller.get_by_role("status").filter(has_text="Your password is saved.")).to_be_visible()
    seller.goto("/clientes/")
    expect(seller.get_by_role("link", name="New client").first).to_be_visible()
    expect(seller.get_by_role("link", name="Import", exact=True)).to_have_count(0)

    admin.goto("/personas/")
    row.get_by_role("link", name="Deactivate").click()
    admin.get_by_role("button", name="Deactivate").click()
    expect(row).to_contain_text("Deactivated")
    seller.goto("/clientes/")
    expect(seller.locator("#log-in")).to_be_visible()


def test_a_link_is_copied(site: Site, visitors: Visitors) -> None:
    site.shop.add_admin("copia")
    admin = visitors.log_in("copia", permissions=["clipboard-read", "clipboard-write"])
    link = invite(admin, "copiada")
    admin.get_by_role("button", name="Copy").click()
    expect(admin.get_by_role("button", name="Copied")).to_be_visible()
    assert admin.evaluate("navigator.clipboard.readText()") == link


def test_what_is_exported_is_what_the_filter_shows(site: Site, visitors: Visitors) -> None:
    site.shop.add_admin("audita")
    admin = visitors.log_in("audita")
    invite(admin, "auditada")
    admin.goto("/auditoria/")
    expect(admin.locator("#audit")).to_contain_text("added a person: auditada")
    admin.get_by_label("What was done").select_option("enlace_creado")
    expect(admin.locator("#audit")).not_to_contain_text("added a person")
    expect(admin.locator("#audit")).to_contain_text("made a link to choose a password: auditada")
    assert "accion=enlace_creado" in admin.url
    expect(admin.get_by_role("link", name="Export")).to_have_attribute("href", re.compile("accion=enlace_creado"))
