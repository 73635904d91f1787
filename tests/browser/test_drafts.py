"""A campaign begun on the laptop and sent from the phone, whatever goes wrong between: one campaign, nothing lost."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Borrador, CampanaSMS, Sesion

from .accessibility import sideways
from .site import Site
from .visitors import PHONE, Visitors, log_in

CAMPAIGN = re.compile(r"/clientes/campanas/\d+/$")
REVIEW = re.compile(r"/revisar/$")


@dataclass(frozen=True)
class Writer:
    """Somebody with a shop of their own, and what they have written and sent."""

    name: str
    account: int
    site: Site

    def lose_session(self) -> None:
        with self.site.app.app_context(), unit_of_work() as session:
            session.execute(delete(Sesion).where(Sesion.persona_id == self.account))

    def sent(self) -> list[str]:
        with self.site.app.app_context():
            mine = select(CampanaSMS.mensaje).where(CampanaSMS.usuario_id == self.account)
            return list(db.session.scalars(mine.order_by(CampanaSMS.id)))

    def drafts(self) -> list[str]:
        with self.site.app.app_context():
            mine = select(Borrador).where(Borrador.usuario_id == self.account).order_by(Borrador.id)
            return [draft.campos["mensaje"] for draft in db.session.scalars(mine)]


@pytest.fixture
def writer(site: Site) -> Writer:
    name = f"escribe-{secrets.token_hex(4)}"
    account = site.shop.add_admin(name)
    site.shop.add_client(account, "Ana", "3001112222")
    return Writer(name, account, site)


def begin(page: Page) -> None:
    page.goto("/clientes/campanas/")
    page.get_by_role("link", name="New campaign").click()
    expect(page.locator("#mensaje")).to_have_value("")


def go_on_from_list(page: Page, text: str) -> None:
    page.goto("/clientes/campanas/")
    page.get_by_role("link", name="Drafts").click()
    page.get_by_role("main").get_by_role("link", name=text, exact=True).click()
    expect(page.locator("#mensaje")).to_have_value(text)


def review(page: Page, text: str) -> None:
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page).to_have_url(REVIEW)
    expect(page.locator(".phone .bubble")).to_contain_text(text)


def test_from_the_laptop_to_the_phone(writer: Writer, visitors: Visitors) -> None:
    visitors.expected += [r"status of 401"]
    laptop = visitors.log_in(writer.name)
    begin(laptop)
    laptop.locator("#mensaje").press_sequentially("Hola")
    expect(laptop.locator("#draft-status")).to_contain_text("Draft saved")
    writer.lose_session()
    laptop.locator("#mensaje").press_sequentially(", ven")
    expect(laptop.locator("#draft-unsaved")).to_be_visible()
    expect(laptop.locator("#flashes")).to_contain_text("Your session has ended")
    with laptop.context.expect_page() as opened:
        laptop.locator("#flashes").get_by_role("link", name="Log in").click()
    log_in(opened.value, writer.name)
    expect(laptop.locator("#draft-unsaved")).to_be_hidden()
    assert writer.drafts() == ["Hola, ven"]

    phone = visitors.log_in(writer.name, **PHONE)
    go_on_from_list(phone, "Hola, ven")
    phone.locator("#mensaje").press("Control+End")
    phone.locator("#mensaje").press_sequentially(" hoy")
    assert sideways(phone) <= 0
    review(phone, "Hola, ven hoy")
    phone.reload()
    phone.go_back()
    expect(phone.locator("#mensaje")).to_have_value("Hola, ven hoy")
    phone.locator("#mensaje").fill("Hola, ven mañana")
    review(phone, "Hola, ven mañana")
    phone.get_by_role("button", name="Send 1 message").dblclick()
    expect(phone).to_have_url(CAMPAIGN)
    phone.go_back()
    expect(phone).to_have_url(CAMPAIGN)
    laptop.get_by_role("button", name="Review", exact=True).click()
    expect(laptop).to_have_url(CAMPAIGN)
    assert (writer.sent(), writer.drafts()) == (["Hola, ven mañana"], [])


def test_the_same_without_scripts(writer: Writer, visitors: Visitors) -> None:
    laptop = visitors.log_in(writer.name, java_script_enabled=False)
    begin(laptop)
    laptop.locator("#mensaje").fill("Hola")
    laptop.get_by_role("button", name="Save the draft").click()
    expect(laptop.locator("#flashes")).to_contain_text("The draft is saved.")
    laptop.locator("#mensaje").fill("Hola, ven")
    writer.lose_session()
    laptop.get_by_role("button", name="Review", exact=True).click()
    expect(laptop.locator("#flashes")).to_contain_text("What you typed comes back when you log in.")
    laptop.locator("#usuario").fill(writer.name)
    laptop.locator("#clave").fill("a good password")
    laptop.locator("#clave").press("Enter")
    expect(laptop.locator("#mensaje")).to_have_value("Hola, ven")

    phone = visitors.log_in(writer.name, java_script_enabled=False, **PHONE)
    go_on_from_list(phone, "Hola, ven")
    review(phone, "Hola, ven")
    phone.go_back()
    phone.locator("#mensaje").fill("Hola, ven mañana")
    review(phone, "Hola, ven mañana")
    other = phone.context.new_page()
    other.goto(phone.url)
    for page in (phone, other):
        page.get_by_role("button", name="Send 1 message").click()
        expect(page).to_have_url(CAMPAIGN)
    phone.go_back()
    expect(phone).to_have_url(CAMPAIGN)
    assert (writer.sent(), writer.drafts()) == (["Hola, ven mañana"], [])


def test_a_lost_line_loses_nothing_and_mends_itself(writer: Writer, visitors: Visitors) -> None:
    visitors.expected += ["net::ERR_FAILED", "htmx:error"]
    page = visitors.log_in(writer.name)
    begin(page)
    page.route("**/clientes/**", lambda route: route.abort())
    page.locator("#mensaje").press_sequentially("Hola")
    expect(page.locator("#draft-unsaved")).to_be_visible()
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="There was no answer")).to_be_visible()
    expect(page.locator("#mensaje")).to_have_value("Hola")
    page.unroute("**/clientes/**")
    expect(page.locator("#draft-unsaved")).to_be_hidden()
    assert writer.drafts() == ["Hola"]
    review(page, "Hola")


def test_what_was_typed_a_moment_before_leaving_is_there(writer: Writer, visitors: Visitors) -> None:
    page = visitors.log_in(writer.name)
    begin(page)
    page.locator("#mensaje").press_sequentially("Hola a todos")
    page.get_by_role("navigation").get_by_role("link", name="Clients", exact=True).locator("visible=true").click()
    expect(page).to_have_url(re.compile(r"/clientes/$"))
    page.go_back()
    expect(page.locator("#mensaje")).to_have_value("Hola a todos")


def test_a_template_is_kept_as_the_page_shows_it(writer: Writer, visitors: Visitors) -> None:
    writer.site.shop.add_template(writer.account, "Fiesta", "Ven a la fiesta")
    page = visitors.log_in(writer.name)
    begin(page)
    page.locator("#mensaje").fill("Lo mío")
    page.locator("#plantilla").select_option(label="Fiesta")
    expect(page.locator("#mensaje")).to_have_value("Ven a la fiesta")
    review(page, "Ven a la fiesta")
    page.go_back()
    page.locator("#plantilla").select_option(label="My own text")
    expect(page.locator("#mensaje")).to_have_value("Lo mío")
    assert writer.drafts() == ["Lo mío"]
