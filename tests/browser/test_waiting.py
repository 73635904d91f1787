"""The bar of what takes long: for what people ask, not for what pages ask by themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, Request, Route

from .site import Site
from .visitors import Visitors

SHOWN = "(where) => getComputedStyle(document.querySelector(where), '::before')"
IN_SIGHT = f"(where) => ({SHOWN})(where).content !== 'none' && ({SHOWN})(where).opacity === '1'"
# Playwright asks nothing of a page that is about to be left: it says by itself what is to be seen.
SAY_SO = f"setInterval(() => ({IN_SIGHT})('body') && console.info('in sight'), 50)"
ABSENT = f"(where) => ({SHOWN})(where).content === 'none'"


class SlowLine:
    """Requests that the line holds back until they are let go."""

    def __init__(self, page: Page) -> None:
        self._page, self._held = page, list[Route]()

    def hold(self, which: Callable[[Request], bool]) -> None:
        """Hold back such requests from now on."""
        self._which = which
        self._page.route("**/*", self._take)

    def wait(self) -> None:
        """Wait until a request is held back."""
        while not self._held:
            self._page.evaluate("() => new Promise(requestAnimationFrame)")

    def let_go(self) -> None:
        """Let them go, and those that come."""
        self._which = lambda _request: False
        for route in self._held:
            route.continue_()

    def _take(self, route: Route) -> None:
        if self._which(route.request):
            self._held.append(route)
        else:
            route.continue_()


def sees(page: Page, where: str = "body") -> bool:
    """Wait until the bar is in sight."""
    page.wait_for_function(IN_SIGHT, arg=where)
    return True


def sees_no_more(page: Page, where: str = "body") -> bool:
    """Wait until it is gone."""
    page.wait_for_function(ABSENT, arg=where)
    return True


def leaves_in_sight(page: Page) -> AbstractContextManager[object]:
    """Wait until the bar is in sight on a page that is being left."""
    page.evaluate(SAY_SO)
    return page.expect_console_message(lambda message: message.text == "in sight")


@pytest.fixture(params=["reduce", "no-preference"])
def page(request: pytest.FixtureRequest, visitors: Visitors) -> Page:
    page = visitors.come_back(reduced_motion=request.param)
    page.goto("/clientes/")
    return page


@pytest.fixture
def line(page: Page) -> SlowLine:
    return SlowLine(page)


def test_a_search_on_a_slow_line_shows_it(page: Page, line: SlowLine) -> None:
    line.hold(lambda request: "q=ana" in request.url)
    page.get_by_role("searchbox").fill("ana")
    assert sees(page)
    line.let_go()
    assert sees_no_more(page)


def test_so_do_a_dialog_that_opens_and_what_is_sent_from_it(page: Page, line: SlowLine) -> None:
    line.hold(lambda request: request.method == "POST")
    page.get_by_role("link", name="New client").first.click()
    page.get_by_role("dialog").locator("[name=nombre]").fill("Despacio Ruiz")
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    assert sees(page, "dialog"), "what is behind a dialog is dark"
    line.let_go()
    assert sees_no_more(page, "dialog")


def test_so_does_another_page(page: Page, line: SlowLine) -> None:
    line.hold(lambda request: request.url.endswith("/clientes/campanas/"))
    with leaves_in_sight(page):
        page.get_by_role("link", name="Campaigns").first.click(no_wait_after=True)
    line.let_go()
    page.wait_for_url("**/clientes/campanas/")
    assert sees_no_more(page)


def test_so_does_a_form_that_is_sent_as_a_page(page: Page, line: SlowLine) -> None:
    page.goto("/clientes/nuevo/")
    line.hold(lambda request: request.method == "POST")
    page.locator("main #nombre").fill("Paso a Paso")
    with leaves_in_sight(page):
        page.locator("main").get_by_role("button", name="Save", exact=True).click(no_wait_after=True)
    line.let_go()
    page.get_by_text("Paso a Paso is saved.").wait_for()
    assert sees_no_more(page)


def test_what_a_request_meets_that_never_ends_well_takes_it_away(
    page: Page, line: SlowLine, visitors: Visitors
) -> None:
    visitors.expected += ["net::ERR_FAILED", "htmx:error"]
    page.route("**/*q=ana*", lambda route: route.abort())
    page.get_by_role("searchbox").fill("ana")
    page.locator("#connection-lost").wait_for()
    assert sees_no_more(page)


def test_a_download_leaves_none_behind(page: Page) -> None:
    page.locator("[data-tick-all]").check()
    page.locator("#selection").get_by_role("link", name="Export").or_(
        page.locator("#selection").get_by_role("button", name="Export")
    ).first.click()
    with page.expect_download():
        page.get_by_role("dialog").get_by_role("button", name="Download").click()
    assert sees_no_more(page)


def test_a_draft_that_saves_itself_shows_none(page: Page, line: SlowLine) -> None:
    page.goto("/clientes/campanas/nueva/")
    line.hold(lambda request: request.url.endswith("/borradores/guardar/"))
    page.locator("#mensaje").fill("Hola {nombre}")
    line.wait()
    assert sees_no_more(page)
    line.let_go()


def test_nor_does_a_page_that_looks_again_by_itself(site: Site, visitors: Visitors) -> None:
    name = "mira-sola"
    account = site.shop.add_admin(name)
    site.shop.add_client(account, telefono="3001234567")
    page = visitors.come_back(name)
    site.simulator.behave(latency=20_000)
    site.start_campaign(account, "En camino")
    page.goto("/")
    line = SlowLine(page)
    line.hold(lambda request: request.resource_type == "fetch")
    line.wait()
    assert sees_no_more(page)
    line.let_go()
