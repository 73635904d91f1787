"""The pictures of reports: drawn from the tables, in both themes, on phones, on paper; and the tables without them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from ..support.clock import BOGOTA
from .site import Site
from .test_first_load import transferred
from .visitors import PHONE, SPANISH, Visitors

MOST_BYTES = 150 * 1024
# The month before this one: of this one's first days there may be nothing to draw.
MONTH = f"/informes/mes/{datetime.now(BOGOTA).replace(day=1) - timedelta(days=1):%Y-%m}/"
CLIENTS = "/informes/clientes/"

# The colours that cover more than a hundredth of what is drawn, as "r,g,b".
_COLOURS = """(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const counts = {};
  let all = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 250) continue;
    const colour = data.slice(at, at + 3).join();
    counts[colour] = (counts[colour] ?? 0) + 1;
    all += 1;
  }
  return Object.keys(counts).filter((colour) => counts[colour] > all / 100);
}"""
LIGHT, DARK, PAPER = "31,111,192", "90,164,238", "51,51,51"


def report_of_a_campaign(page: Page) -> str:
    """Return the address of the report of the sample shop's latest campaign that has ended."""
    page.goto("/clientes/campanas/?estado=completado")
    found = page.locator("main a[href^='/clientes/campanas/']").evaluate_all("all => all.map(one => one.pathname)")
    return next(f"/informes/campana/{key[1]}/" for path in found if (key := re.fullmatch(r"\D+(\d+)/", path)))


def wait_for_colour(page: Page, table: str, colour: str) -> None:
    """Wait until the picture of a table is drawn in a colour."""
    picture = page.locator(f".card:has({table}) canvas[role=img]")
    expect(picture).to_be_visible()
    page.wait_for_function(
        f"([canvas, colour]) => ({_COLOURS})(canvas).includes(colour)", arg=[picture.element_handle(), colour]
    )


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_pictures_are_drawn_in_the_colours_of_the_theme(visitors: Visitors, options: dict[str, object]) -> None:
    page = visitors.come_back(color_scheme="light", **options)
    campaign = report_of_a_campaign(page)
    for path, tables in {MONTH: ("#figures", "#reasons"), campaign: ("#funnel",), CLIENTS: ("#growth",)}.items():
        page.emulate_media(color_scheme="light")
        page.goto(path)
        for table in tables:
            wait_for_colour(page, table, LIGHT)
            page.emulate_media(color_scheme="dark")
            wait_for_colour(page, table, DARK)
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            wait_for_colour(page, table, PAPER)
            page.evaluate("dispatchEvent(new Event('afterprint'))")
            wait_for_colour(page, table, DARK)
            page.emulate_media(color_scheme="light")


def test_the_table_is_below_its_picture_and_there_without_scripts(visitors: Visitors) -> None:
    page = visitors.come_back(locale=SPANISH)
    page.goto(CLIENTS)
    expect(page.locator("#growth")).to_be_hidden()
    page.get_by_text("Ver como tabla").click()
    expect(page.locator("#growth tbody tr")).to_have_count(12)
    expect(page.get_by_role("img", name="Crecimiento y bajas por mes")).to_be_visible()
    plain = visitors.come_back(locale=SPANISH, java_script_enabled=False)
    for path, table in ((MONTH, "#figures"), (CLIENTS, "#growth")):
        plain.goto(path)
        expect(plain.locator(table)).to_be_visible()
        expect(plain.locator("canvas, .chart")).to_have_count(0)


def test_what_a_swap_brings_is_drawn_too(visitors: Visitors) -> None:
    page = visitors.come_back(color_scheme="light")
    page.goto(CLIENTS)
    wait_for_colour(page, "#growth", LIGHT)
    page.evaluate("document.querySelector('#growth').dataset.seen = 'yes'")
    page.evaluate("htmx.ajax('GET', location.pathname, { target: '#content', select: '#content', swap: 'outerHTML' })")
    page.wait_for_function("!document.querySelector('[data-seen]')")
    wait_for_colour(page, "#growth", LIGHT)
    expect(page.locator("canvas")).to_have_count(1)


_COURSE = """() => {
  const cells = (hour, sent) =>
    `<th><time datetime="2026-11-20T${hour}-05:00">${hour}</time></th><td data-value="${sent}">${sent}</td>`;
  document.getElementById("content").innerHTML = `<div class="card"><div class="table-responsive">
    <table data-chart="line" data-minutes="15"><caption>Course</caption>
    <thead><tr><th>From</th><th>Sent</th></tr></thead>
    <tbody><tr>${cells("09:00", 4)}</tr><tr>${cells("11:15", 2)}</tr></tbody></table></div></div>`;
  document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: { ctx: {} } }));
  const { data, options } = Chart.getChart(document.querySelector("canvas"));
  const hour = (x) => new Date(x).toISOString().slice(11, 16);
  const { min, max } = options.scales.x;
  return [...data.datasets[0].data.map(({ x, y }) => [hour(x), y]), [hour(min), hour(max)]];
}"""


def test_a_course_is_at_zero_where_rows_are_missing(visitors: Visitors) -> None:
    page = visitors.come_back(color_scheme="light", timezone_id="Asia/Tokyo")
    page.goto(CLIENTS)
    wait_for_colour(page, "#growth", LIGHT)
    *points, ends = page.evaluate(_COURSE)
    assert points == [["08:45", 0], ["09:00", 4], ["09:15", 0], ["11:00", 0], ["11:15", 2], ["11:30", 0]]
    assert ends == ["08:45", "11:30"]


def test_a_page_with_pictures_is_light(site: Site, visitors: Visitors) -> None:
    page = visitors.come_back()
    campaign = report_of_a_campaign(page)
    for path in (MONTH, campaign, CLIENTS):
        fresh = visitors.come_back()
        fresh.goto(path)
        taken = transferred(fresh)
        assert any(file.endswith("/chart.umd.min.js") for file in taken)
        assert sum(taken.values()) < MOST_BYTES, taken
