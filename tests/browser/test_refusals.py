"""What a person sees where it does not go as usual: no answer, an ended session, a second press, others' acts."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import delete, func, select

from clientes_app.extensions import db, unit_of_work
from clientes_app.models import CampanaSMS, Cliente, Sesion

from ..data import make_awful_files as awful
from ..support.carrier import wait_until
from .site import Site
from .visitors import Visitors, log_in

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Owner:
    """Somebody with a shop of their own, at their browser."""

    name: str
    account: int
    page: Page
    site: Site

    def count(self, model: type[Any] = Cliente) -> int:
        with self.site.app.app_context():
            counted = select(func.count()).select_from(model).where(model.usuario_id == self.account)
            return int(db.session.scalar(counted) or 0)

    def campaign(self, recipients: int) -> str:
        """Begin a campaign to so many, and answer the address of its page."""
        self.site.shop.add_clients(self.account, [f"30{number:08d}" for number in range(recipients)])
        return f"/clientes/campanas/{self.site.start_campaign(self.account, 'A todos')}/"

    def open_dialog(self) -> Locator:
        """Open the dialog of a new client, and fill it half in."""
        self.page.goto("/clientes/")
        self.page.get_by_role("link", name="New client").first.click()
        dialog = self.page.get_by_role("dialog", name="New client")
        dialog.locator("[name=nombre]").fill("A medias")
        return dialog


@pytest.fixture
def owner(site: Site, visitors: Visitors) -> Owner:
    name = f"sola-{secrets.token_hex(4)}"
    account = site.shop.add_admin(name)
    return Owner(name, account, visitors.log_in(name), site)


def test_in_a_dialog_one_reads_that_there_was_no_answer(owner: Owner, visitors: Visitors) -> None:
    visitors.expected += ["net::ERR_FAILED", "htmx:error"]
    dialog, address = owner.open_dialog(), "**/clientes/nuevo/"
    owner.page.route(address, lambda route: route.abort())
    save = dialog.get_by_role("button", name="Save", exact=True)
    save.click()
    expect(dialog.get_by_role("alert").filter(has_text="There was no answer")).to_be_visible()
    expect(dialog.locator("[name=nombre]")).to_have_value("A medias")
    owner.page.unroute(address)
    save.click()
    expect(dialog).to_be_hidden()
    expect(owner.page.locator("#flashes")).to_contain_text("A medias is saved.")
    expect(owner.page.locator("#no-answer")).to_be_hidden()


def test_a_lost_connection_is_unsaid_when_it_is_back(owner: Owner, visitors: Visitors) -> None:
    visitors.expected += ["net::ERR_FAILED", "htmx:error"]
    owner.site.shop.add_client(owner.account, "Ana")
    owner.page.goto("/clientes/")
    owner.page.route("**/*", lambda route: route.abort())
    owner.page.get_by_role("searchbox").fill("ana")
    lost = owner.page.locator("#connection-lost")
    expect(lost).to_be_in_viewport()
    owner.page.unroute("**/*")
    expect(lost).to_be_hidden()


@pytest.mark.parametrize("cookies_gone", [True, False])
def test_what_was_typed_outlives_the_session(owner: Owner, visitors: Visitors, cookies_gone: bool) -> None:
    visitors.expected += [r"status of 401"]
    dialog = owner.open_dialog()
    if cookies_gone:
        owner.page.context.clear_cookies()
    with owner.site.app.app_context(), unit_of_work() as session:
        session.execute(delete(Sesion).where(Sesion.persona_id == owner.account))
    save = dialog.get_by_role("button", name="Save", exact=True)
    save.click()
    expect(dialog).to_contain_text("Your session has ended, and this was not done.")
    expect(dialog.locator("[name=nombre]")).to_have_value("A medias")
    with owner.page.context.expect_page() as opened:
        dialog.get_by_role("link", name="Log in").click()
    log_in(opened.value, owner.name)
    save.click()
    expect(dialog).to_be_hidden()
    assert owner.count() == 1


def test_a_second_press_does_nothing(owner: Owner) -> None:
    asked: list[Route] = []

    def hold_the_first(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    dialog = owner.open_dialog()
    owner.page.route("**/clientes/nuevo/", hold_the_first)
    dialog.get_by_role("button", name="Save and add another").dblclick()
    wait_until(lambda: owner.page.evaluate("1") and asked)
    asked[0].continue_()
    expect(dialog).to_contain_text("A medias is saved.")
    owner.page.wait_for_load_state("networkidle")
    assert (len(asked), owner.count()) == (1, 1)


def test_nor_on_a_page_without_a_dialog(owner: Owner) -> None:
    asked: list[str] = []
    owner.page.goto("/clientes/nuevo/")
    owner.page.on("request", lambda request: asked.append(request.method))
    owner.page.locator("main #nombre").fill("Una vez")
    owner.page.locator("main").get_by_role("button", name="Save", exact=True).dblclick()
    expect(owner.page.locator("#flashes")).to_contain_text("Una vez is saved.")
    assert asked.count("POST") == 1
    assert owner.count() == 1


def test_a_refusal_is_seen_from_far_below(owner: Owner, visitors: Visitors) -> None:
    visitors.expected += [r"status of 404"]
    owner.site.shop.add_clients(owner.account, [f"30{number:08d}" for number in range(40)])
    owner.page.goto("/clientes/")
    with owner.site.app.app_context(), unit_of_work() as session:
        session.execute(delete(Cliente).where(Cliente.usuario_id == owner.account))
    last = owner.page.locator("tbody tr").last.get_by_role("button", name="Deactivate")
    last.scroll_into_view_if_needed()
    last.click()
    expect(owner.page.locator("#flashes").get_by_text("This does not exist, or no longer does.")).to_be_in_viewport()


def test_the_own_menu_closes_with_escape_and_behind_the_last_entry(owner: Owner) -> None:
    menu = owner.page.locator("details.own-menu")
    opener = menu.locator("summary")
    opener.press("Enter")
    owner.page.keyboard.press("Tab")
    owner.page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(opener).to_be_focused()
    opener.press("Enter")
    menu.get_by_role("button", name="Log out").focus()
    owner.page.keyboard.press("Tab")
    expect(menu).not_to_have_attribute("open", "")


def test_another_who_pauses_changes_the_buttons_here(owner: Owner) -> None:
    owner.site.simulator.behave(latency=2_000)
    address = owner.campaign(2_000)
    here, elsewhere = owner.page, owner.page.context.new_page()
    for page in (here, elsewhere):
        page.goto(address)
    expect(here.get_by_role("button", name="Pause")).to_be_visible()
    elsewhere.get_by_role("button", name="Pause").click()
    expect(here.get_by_role("button", name="Resume")).to_be_visible()
    expect(here.locator("#progress-sentence")).to_contain_text("Paused")
    elsewhere.get_by_role("button", name="Resume").click()
    here.get_by_role("button", name="Pause").click()
    expect(elsewhere.get_by_role("button", name="Resume")).to_be_visible()


def test_more_messages_are_added_below(owner: Owner) -> None:
    address = owner.campaign(120)
    owner.page.goto(address)
    expect(owner.page.locator("#progress-sentence")).to_contain_text("Finished")
    # The list is loaded once more at the end; the one that comes then waits for nothing any more.
    expect(owner.page.locator("#messages:not([hx-trigger])")).to_be_visible()
    rows = owner.page.locator("#messages tbody tr:not(#more-messages)")
    more = owner.page.get_by_role("link", name="More messages")
    expect(rows).to_have_count(50)
    more.press("Enter")
    expect(rows).to_have_count(100)
    expect(more).to_be_focused()
    more.press("Enter")
    expect(rows).to_have_count(120)
    expect(more).to_have_count(0)


def test_a_chosen_filter_stays_in_the_address(owner: Owner) -> None:
    owner.page.goto(owner.campaign(2))
    expect(owner.page.locator("#progress-sentence")).to_contain_text("Finished")
    failed = owner.page.locator("#filter-enviado")
    failed.click()
    expect(failed).to_have_attribute("aria-current", "true")
    owner.page.reload()
    expect(failed).to_have_attribute("aria-current", "true")
    owner.page.go_back()
    expect(owner.page.locator("#filter-all")).to_have_attribute("aria-current", "true")


def test_another_sheet_is_taken_as_soon_as_it_is_chosen(owner: Owner) -> None:
    page = owner.page
    page.goto("/clientes/importar/")
    page.locator("input[type=file]").set_input_files(
        {"name": "libro.xlsx", "mimeType": SPREADSHEET, "buffer": awful.spreadsheet()}
    )
    page.locator("main form button[type=submit]").first.click()
    page.get_by_label("Sheet").select_option("Proveedores")
    expect(page.locator("#preview-of-rows")).to_contain_text("Proveedor Uno")
    expect(page.get_by_label("Sheet")).to_have_value("Proveedores")


def test_text_that_the_browser_puts_back_is_counted(owner: Owner) -> None:
    page = owner.page
    page.goto("/clientes/campanas/nueva/")
    page.locator("#mensaje").fill("Hola a todos")
    counted = re.compile(r"^[1-9]\d+ characters")  # with the way out
    expect(page.locator("#preview-size")).to_contain_text(counted)
    page.goto("/clientes/")
    page.go_back()
    expect(page.locator("#mensaje")).to_have_value("Hola a todos")
    expect(page.locator("#preview-size")).to_contain_text(counted)


def test_what_is_changed_after_sending_from_another_tab_is_another_campaign(owner: Owner) -> None:
    owner.site.shop.add_client(owner.account, "Ana", "3001112222")
    owner.page.goto("/clientes/campanas/nueva/")
    owner.page.locator("#mensaje").fill("Hola")
    expect(owner.page.locator("#draft-status")).to_contain_text("Draft saved")
    second = owner.page.context.new_page()
    second.goto(owner.page.url)
    review_text(second, "Hola")
    second.get_by_role("button", name="Send 1 message").click()
    expect(second.locator("#progress-sentence")).to_contain_text("of 1")
    owner.page.locator("[name=tipo][value=servicio]").check()  # an advertisement is not for her any more today
    owner.page.locator("#motivo_servicio").fill("Su pedido")
    review_text(owner.page, "Otra cosa")
    expect(owner.page.locator("#flashes")).to_contain_text("a draft of its own")
    owner.page.get_by_role("button", name="Send 1 message").click()
    expect(owner.page.locator("#progress-sentence")).to_contain_text("of 1")
    assert owner.count(CampanaSMS) == 2


def review_text(page: Page, text: str) -> None:
    page.locator("#mensaje").fill(text)
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#review-who")).to_be_visible()
