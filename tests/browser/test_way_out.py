"""The way out of a message on a phone: from its bubble to the button, and back; without scripts, in both themes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.clients.search.criteria import Search
from clientes_app.extensions import db
from clientes_app.models import SMSLog, TipoDeCampana
from clientes_app.settings import current_settings, replace_settings

from .accessibility import sideways, violations
from .site import Site
from .visitors import PHONE, SPANISH, Visitors


@pytest.fixture
def name(site: Site) -> Iterator[str]:
    """An admin with a shop of their own, which has sent an advertisement."""
    name = f"salida-{secrets.token_hex(4)}"
    with site.app.app_context():
        settings = current_settings()
    replace_settings(site.app, replace(settings, public_base_url=site.url))
    account_id = site.shop.add_admin(name)
    site.shop.add_client(account_id, "Ana", "3001112222")
    with site.app.test_request_context():
        draft = services.Draft(Search(), "Hola {nombre}", tipo=TipoDeCampana.PUBLICIDAD, exceptuada=True)
        campaign_id = int(services.create_campaign(account_id, draft, by=NOBODY).id)
    site.wait_for_end(campaign_id)
    with site.app.app_context():
        assert db.session.scalars(select(SMSLog.codigo).where(SMSLog.campana_id == campaign_id)).one()
    yield name
    replace_settings(site.app, settings)


def test_a_phone_finds_the_way_out_and_back(site: Site, visitors: Visitors, name: str) -> None:
    page = visitors.log_in(name, locale=SPANISH)
    page.goto("/telefono/")
    link = page.locator(".bubble a").get_attribute("href") or ""
    assert "/b/" in link
    assert violations(page) == []
    for scheme in ("light", "dark"):
        phone = visitors.arrive(locale=SPANISH, java_script_enabled=True, color_scheme=scheme, **PHONE)
        phone.goto(link)
        assert violations(phone) == []
        assert sideways(phone) == 0
        phone.get_by_role("button", name="No quiero más mensajes").click()
        expect(phone.get_by_role("heading", name="Listo")).to_be_visible()
        assert violations(phone) == []
        phone.get_by_role("button", name="Deshacer").click()
        expect(phone.get_by_role("heading", name="Vuelves a recibir mensajes")).to_be_visible()
        assert phone.context.cookies() == []
    phone = visitors.arrive(java_script_enabled=False, **PHONE)
    phone.goto(link)
    phone.get_by_role("button", name="I want no more messages").click()
    expect(phone.get_by_role("heading", name="Done")).to_be_visible()
    page.goto("/clientes/bajas/")
    expect(page.get_by_text("Por el enlace de un mensaje")).to_be_visible()
