"""A running campaign on ten pages at once, and on one whose server dies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from ..support.carrier import Simulator, wait_until
from ..support.server import Server
from .accessibility import violations
from .site import Site
from .visitors import Visitors

RECIPIENTS = 1_500
PAGES = 10

# Keeps every state of the numbers that the page ever showed.
_RECORD = """() => {
  const shown = [];
  const look = () => shown.push(Object.fromEntries([...document.querySelectorAll("dd[data-state]")].map(
    (number) => [number.dataset.state, Number(number.textContent.replace(/\\D/g, ""))])));
  const all = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document.getElementById("live"), all);
  look();
  window.shown = shown;
}"""


def never_goes_back(shown: list[dict[str, int]]) -> None:
    for state in ("enviado", "fallido", "omitido", "incierto"):
        counts = [numbers.get(state, 0) for numbers in shown]
        assert counts == sorted(counts), state
    waiting = [numbers.get("pendiente", 0) for numbers in shown]
    assert waiting == sorted(waiting, reverse=True)


def numbers_of(page: Page) -> dict[str, int]:
    shown = page.locator("dd[data-state]").evaluate_all("all => all.map(n => [n.dataset.state, n.textContent])")
    return {state: int(re.sub(r"\D", "", text)) for state, text in shown}


def test_ten_pages_show_the_same_and_never_go_back(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("diez")
    numbers = [f"30{number:08d}" for number in range(RECIPIENTS - 3)]
    site.shop.add_clients(account, [*numbers, "+15005550001", "12", numbers[0]])
    first = visitors.log_in("diez")
    pages = [first.context.new_page() for _ in range(PAGES)]
    site.simulator.behave(latency=300)
    campaign_id = site.start_campaign(account, "A todos")
    address = f"/clientes/campanas/{campaign_id}/"
    first.goto(address)
    first.get_by_role("button", name="Pause").click()
    resume = first.get_by_role("button", name="Resume")
    expect(resume).to_be_visible()
    for page in pages:
        page.goto(address, wait_until="domcontentloaded")
        page.evaluate(_RECORD)
    resume.click()
    for page in pages:
        expect(page.locator("#progress-sentence")).to_contain_text("Finished", timeout=60_000)

    state = first.request.get(f"{address}estado/").json()
    assert (state["estado"], state["total_clientes"]) == ("completado", RECIPIENTS)
    truth = {"enviado": state["enviados_exitosos"], "fallido": state["enviados_fallidos"], "omitido": state["omitido"]}
    assert truth == {"enviado": RECIPIENTS - 3, "fallido": 2, "omitido": 1}
    for page in pages:
        assert numbers_of(page) == truth
        expect(page.locator("#filter-enviado")).to_contain_text(f"{RECIPIENTS - 3:,}")
        never_goes_back(page.evaluate("window.shown"))
    steps = sorted(len(page.evaluate("window.shown")) for page in pages)
    assert steps[0] > 1, "a page saw nothing but the end"


def test_the_stream_begins_on_a_slow_line_too(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("lenta")
    site.shop.add_client(account)
    page = visitors.log_in("lenta").context.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/hx-sse.min.js*", hold)
    site.simulator.behave(latency=3_000)
    campaign_id = site.start_campaign(account, "Con paciencia")
    page.goto(f"/clientes/campanas/{campaign_id}/", wait_until="commit")
    wait_until(lambda: page.evaluate("'htmx' in window") and held)
    held[0].continue_()
    expect(page.locator("#progress-sentence")).to_contain_text("Sent 0 of 1")
    expect(page.locator("#progress-sentence")).to_contain_text("Finished: 1 message")


def test_what_somebody_reads_and_holds_stays(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("lee")
    site.shop.add_clients(account, [f"31{number:08d}" for number in range(250)])
    page = visitors.log_in("lee")
    site.simulator.behave(latency=1_000)
    page.goto(f"/clientes/campanas/{site.start_campaign(account, 'Con calma')}/")
    chip = page.get_by_role("navigation", name="Filter by state").get_by_role("link", name="All")
    chip.focus()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.bubble'))")
    page.evaluate("window.first = document.getElementById('progress')")
    expect(page.locator("dd[data-state=enviado]")).not_to_have_text("0")
    expect(chip).to_be_focused()
    expect(page.locator("#progress-sentence")).to_contain_text("Finished: 250 messages")
    expect(page.locator("#messages").get_by_role("link", name="Sent 250")).to_be_visible()
    expect(chip).to_be_focused()
    assert page.evaluate("getSelection().toString()").strip() == "Hola {nombre}"
    assert page.evaluate("window.first.isConnected"), "the fragment was replaced, not changed"


# Counts a canvas's points by colour: of those that are drawn in full, at their middle.
_COLOURS = """() => {
  const canvas = document.querySelector("#dots canvas");
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const counts = {};
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 255) continue;
    const colour = [data[at], data[at + 1], data[at + 2]].join();
    counts[colour] = (counts[colour] ?? 0) + 1;
  }
  return counts;
}"""
GREEN, RED, BLUE, GREY = "47,158,68", "214,57,57", "66,153,225", "197,204,214"


def test_the_dots_change_where_they_stand_and_end_green(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("puntos")
    site.shop.add_clients(account, [*(f"32{number:08d}" for number in range(300)), "+15005550001"])
    page = visitors.log_in("puntos")
    site.simulator.behave(latency=1_500)
    page.goto(f"/clientes/campanas/{site.start_campaign(account, 'Puntos')}/")
    canvas = page.locator("#dots canvas")
    expect(canvas).to_be_visible()
    page.evaluate("window.canvas = document.querySelector('#dots canvas')")
    wait_until(lambda: {GREEN, BLUE, GREY} <= page.evaluate(_COLOURS).keys())
    assert violations(page) == []
    expect(page.locator("#progress-sentence")).to_contain_text("Finished: 300 messages")
    wait_until(lambda: page.evaluate(_COLOURS).keys().isdisjoint({BLUE, GREY}))
    colours = page.evaluate(_COLOURS)
    assert colours[GREEN] > 200 * colours[RED] > 0
    assert canvas.evaluate("drawn => drawn === window.canvas"), "it was replaced, not drawn anew"

    canvas.hover(position={"x": 5, "y": 5})
    whose = page.locator(".dots-whose")
    expect(whose).to_have_text(re.compile(r"Cliente 0\s+Sent"))
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(whose).to_have_text(re.compile(r"Cliente 1\s+Sent"))
    page.keyboard.press("End")
    expect(whose).to_have_text(re.compile(r"Cliente 300\s+Failed"))
    # A tap: the finger is gone again before the answer is there.
    canvas.evaluate(
        """drawn => {
          const { left, top } = drawn.getBoundingClientRect();
          const at = { clientX: left + 5, clientY: top + 5, pointerType: "touch", bubbles: true };
          for (const type of ["down", "up", "leave"]) drawn.dispatchEvent(new PointerEvent(`pointer${type}`, at));
        }"""
    )
    expect(whose).to_have_text(re.compile(r"Cliente 0\s+Sent"))


def test_without_scripts_the_bar_says_it(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("barra")
    site.shop.add_client(account)
    campaign_id = site.start_campaign(account, "Barra")
    site.wait_for_end(campaign_id)
    page = visitors.log_in("barra", java_script_enabled=False)
    page.goto(f"/clientes/campanas/{campaign_id}/")
    expect(page.locator(".state-bar")).to_be_visible()
    expect(page.locator("#dots")).to_be_hidden()


@pytest.fixture
def mortal(app: Flask, simulator: Simulator, tmp_path: Path) -> Iterator[Site]:
    """A site whose server a test may kill."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    server = Server(url, tmp_path / "server.log", SMS_MODE="simulated", TWILIO_API_BASE_URL=simulator.base_url)
    server.start()
    yield Site(server, app, simulator)
    server.stop()


@pytest.fixture
def guests(chromium: Browser, mortal: Site) -> Iterator[Visitors]:
    """People who visit that site, and hear that its server does not answer."""
    visitors = Visitors(chromium, mortal.url)
    visitors.expected += [
        "net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET)",
        "htmx:sse:error",
    ]
    yield visitors
    visitors.leave()
    assert visitors.complaints == []


def test_a_lost_connection_is_said_and_unsaid(mortal: Site, account: int, guests: Visitors) -> None:
    mortal.shop.add_clients(account, [f"32{number:08d}" for number in range(300)])
    # No callback settles meanwhile what nobody knows: a page that says the end is not told of later news.
    mortal.simulator.behave(latency=1_500, callback_delay=600_000)
    page = guests.log_in("ana")
    page.goto(f"/clientes/campanas/{mortal.start_campaign(account, 'Con apagón')}/")
    lost = page.locator("#connection-lost")
    expect(page.locator("dd[data-state=enviado]")).not_to_have_text("0")
    expect(lost).to_be_hidden()
    mortal.server.kill()
    expect(lost).to_be_visible()
    mortal.simulator.behave(latency=0)
    mortal.server.start()
    expect(lost).to_be_hidden(timeout=30_000)
    expect(page.locator("#progress-sentence")).to_contain_text("Finished", timeout=60_000)
    numbers = numbers_of(page)
    assert sum(numbers.values()) == 300
    page.reload()
    assert numbers_of(page) == numbers
