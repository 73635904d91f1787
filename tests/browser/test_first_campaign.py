"""The first campaign of somebody who has never seen the app, at a computer and with a thumb."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from ..support.carrier import wait_until
from .accessibility import sideways
from .site import Site
from .visitors import PHONE, Visitors


@dataclass(frozen=True)
class Newcomer:
    """Somebody with a device, a way to press what it shows, and a client to begin with."""

    device: dict[str, Any]
    press: Callable[[Locator], None]
    client: str
    number: str


AT_A_COMPUTER = Newcomer({}, Locator.click, "Zoë Núñez", "300 555 1201")
WITH_A_THUMB = Newcomer(PHONE, Locator.tap, "Ñoño Peña", "300 555 1202")


def find(page: Page, name: str) -> Locator:
    """Find the link of the navigation that is seen: at the side, or below on a phone."""
    return page.get_by_role("navigation").get_by_role("link", name=name, exact=True).locator("visible=true")


def template_of(who: Newcomer) -> str:
    return f"Para {who.client}"


def add_client(page: Page, who: Newcomer) -> None:
    who.press(find(page, "Clients"))
    who.press(page.get_by_role("link", name="New client"))
    dialog = page.get_by_role("dialog", name="New client")
    expect(dialog.locator("[name=nombre]")).to_be_focused()
    dialog.locator("[name=nombre]").fill(who.client)
    dialog.locator("[name=telefono]").fill(who.number.replace(" ", ""))
    who.press(dialog.get_by_role("button", name="Save", exact=True))
    expect(dialog).to_be_hidden()
    row = page.locator("#client-rows > tr", has_text=who.client)
    expect(row).to_contain_text(f"+57 {who.number}")
    expect(row).to_have_class("just-saved")
    expect(page.locator("#flashes")).to_contain_text(f"{who.client} is saved.")


def write_template(page: Page, who: Newcomer) -> None:
    who.press(find(page, "Templates"))
    who.press(page.get_by_role("link", name="New template"))
    page.locator("#nombre").fill(template_of(who))
    page.locator("#mensaje").press_sequentially("Hola ")
    who.press(page.get_by_role("button", name="Insert Whole name"))
    page.locator("#mensaje").press_sequentially(", hoy hay 2x1")
    expect(page.locator("#mensaje")).to_have_value("Hola {nombre}, hoy hay 2x1")
    expect(page.locator("#preview .bubble")).to_contain_text(", hoy hay 2x1")
    who.press(page.get_by_role("button", name="Save"))
    expect(page.locator("#flashes")).to_contain_text(f"The template {template_of(who)} is saved.")


def compose(page: Page, who: Newcomer, name: str, end: int) -> None:
    """Write a campaign; each of its messages has `end` characters more, the link for opting out."""
    who.press(find(page, "Campaigns"))
    who.press(page.get_by_role("link", name="New campaign"))
    page.locator("#plantilla").select_option(label=template_of(who))
    message, size = page.locator("#mensaje"), page.locator("#preview-size")
    expect(message).to_have_value("Hola {nombre}, hoy hay 2x1")
    message.fill("")
    expect(size).to_contain_text("0 characters")
    message.press_sequentially("Oferta en ñame")
    expect(size).to_have_text(f"{14 + end} characters · 1 SMS")
    message.press_sequentially(" y en café")
    expect(size).to_have_text(f"{24 + end} characters · 1 SMS")
    message.press_sequentially(" más" + " barato" * 7)
    expect(size).to_have_text(f"{77 + end} characters · 2 SMS because of the accents")
    expect(page.locator("#preview .bubble mark")).to_have_text("á")
    # For all of those who get it: two SMS each would be one.
    who.press(page.get_by_role("button", name=re.compile(r"^Without accents and special signs: [\d,]+ → [\d,]+ SMS$")))
    expect(size).to_contain_text(f"{77 + end} characters · 1 SMS")
    expect(message).to_have_value("Oferta en ñame y en café mas" + " barato" * 7)
    message.fill("Hola {nombre}, hoy hay 2x1")
    page.locator("#compose #nombre").fill(name)
    who.press(page.get_by_role("button", name="Review", exact=True))


def review(page: Page, who: Newcomer) -> None:
    expect(page.locator("#review-who + p")).to_contain_text("It will be sent to")
    left_out = page.locator("details.left-out", has_text="No usable number")
    who.press(left_out.locator("summary"))
    expect(left_out.locator("li").first).to_be_visible()


def requests_of(page: Page, *events: str) -> list[Request]:
    """Collect from now on the requests for streams that an event is about."""
    found: list[Request] = []

    def collect(request: Request) -> None:
        if "/progreso/" in request.url:
            found.append(request)

    for event in events:
        page.on(event, collect)  # type: ignore[call-overload]
    return found


def send_and_watch(page: Page, who: Newcomer) -> None:
    """Press the button, and see the stream end by itself."""
    streams, ended = requests_of(page, "request"), requests_of(page, "requestfinished", "requestfailed")
    who.press(page.get_by_role("button", name="Send "))
    expect(page.locator("#progress-sentence")).to_contain_text("Sent 0 of")
    expect(page.locator("#progress-sentence")).to_contain_text("Finished: ")
    wait_until(lambda: page.title() and ended)
    assert ended == streams
    assert len(streams) == 1
    expect(page.locator("#messages-title ~ nav").get_by_role("link", name="Pending")).to_have_count(0)


def see_the_failed(page: Page, who: Newcomer) -> None:
    failed = page.locator("dd[data-state=fallido]").inner_text()
    chip = page.get_by_role("navigation", name="Filter by state").get_by_role("link", name="Failed")
    who.press(chip)
    rows = page.locator("#messages tbody > tr")
    expect(rows).to_have_count(int(failed))
    expect(rows.filter(has_text="No usable number")).to_have_count(int(failed))
    expect(chip).to_be_focused()


def read_it_on_the_phone(page: Page, who: Newcomer) -> None:
    more = page.locator("summary.bottom-bar-place")
    if more.is_visible():
        who.press(more)
    who.press(find(page, "Simulated phone"))
    who.press(page.get_by_role("navigation", name="Phones").get_by_role("link", name=who.client))
    expect(page.locator("#conversation-title")).to_contain_text(f"{who.client} +57 {who.number}")
    expect(page.locator(".phone-messages .bubble").last).to_have_text(
        re.compile(rf"^Hola {who.client}, hoy hay 2x1\s+Baja: http://[\d.:]+/b/\w{{7}}$")
    )


@pytest.mark.parametrize("who", [AT_A_COMPUTER, WITH_A_THUMB], ids=["at a computer", "with a thumb"])
def test_from_log_in_to_the_message_on_the_phone(site: Site, visitors: Visitors, who: Newcomer) -> None:
    site.simulator.behave(latency=4_000)
    page = visitors.log_in(**who.device)
    add_client(page, who)
    write_template(page, who)
    compose(page, who, "La primera", len(f"\nBaja: {site.url}/b/xxxxxxx"))
    review(page, who)
    send_and_watch(page, who)
    see_the_failed(page, who)
    assert sideways(page) <= 0
    read_it_on_the_phone(page, who)
