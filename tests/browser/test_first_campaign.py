"""The first campaign of somebody who has never seen the app, at a computer and with a thumb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from ..support.carrier import wait_until
from .accessibility import sideways
from .site import Site
from .visitors import PHONE, Visitors

Press = Callable[[Locator], None]


def find(page: Page, name: str) -> Locator:
    """Find the link of the navigation that is seen: at the side, or below on a phone."""
    return page.get_by_role("navigation").get_by_role("link", name=name, exact=True).locator("visible=true")


def add_client(page: Page, press: Press, name: str) -> None:
    press(find(page, "Clients"))
    press(page.get_by_role("link", name="New client"))
    dialog = page.get_by_role("dialog", name="New client")
    expect(dialog.locator("#nombre")).to_be_focused()
    dialog.locator("#nombre").fill(name)
    dialog.locator("#telefono").fill("300 555 12 34")
    press(dialog.get_by_role("button", name="Save", exact=True))
    expect(dialog).to_be_hidden()
    row = page.locator("#client-rows > tr", has_text=name)
    expect(row).to_contain_text("+57 300 555 1234")
    expect(row).to_have_class("just-saved")
    expect(page.locator("#flashes")).to_contain_text(f"{name} is saved.")


def write_template(page: Page, press: Press, name: str) -> None:
    press(find(page, "Templates"))
    press(page.get_by_role("link", name="New template"))
    page.locator("#nombre").fill(name)
    page.locator("#mensaje").press_sequentially("Hola ")
    press(page.get_by_role("button", name="Insert {nombre}"))
    page.locator("#mensaje").press_sequentially(", hoy hay 2x1")
    expect(page.locator("#mensaje")).to_have_value("Hola {nombre}, hoy hay 2x1")
    expect(page.locator("#preview .bubble")).to_contain_text(", hoy hay 2x1")
    press(page.get_by_role("button", name="Save"))
    expect(page.locator("#flashes")).to_contain_text(f"The template {name} is saved.")


def compose(page: Page, press: Press, template: str, name: str) -> None:
    press(find(page, "Campaigns"))
    press(page.get_by_role("link", name="New campaign"))
    page.locator("#plantilla").select_option(label=template)
    message, size = page.locator("#mensaje"), page.locator("#preview-size")
    expect(message).to_have_value("Hola {nombre}, hoy hay 2x1")
    message.fill("")
    expect(size).to_contain_text("0 characters")
    message.press_sequentially("Oferta en ñame")
    expect(size).to_have_text("14 characters · GSM-7 · 1 SMS")
    message.press_sequentially(" y en café")
    expect(size).to_have_text("24 characters · GSM-7 · 1 SMS")
    message.press_sequentially(" más" + " barato" * 7)
    expect(size).to_have_text("77 characters · UCS-2 · 2 SMS")
    expect(page.locator("#preview .bubble mark")).to_have_text("á")
    press(page.get_by_role("button", name="Without accents and special signs: 2 → 1 SMS"))
    expect(size).to_contain_text("77 characters · GSM-7 · 1 SMS")
    expect(message).to_have_value("Oferta en ñame y en café mas" + " barato" * 7)
    message.fill("Hola {nombre}, hoy hay 2x1")
    page.locator("#compose #nombre").fill(name)
    press(page.get_by_role("button", name="Review"))


def review(page: Page, press: Press) -> None:
    expect(page.locator("#review-who + p")).to_contain_text("It will be sent to")
    left_out = page.locator("details.left-out", has_text="No usable number")
    press(left_out.locator("summary"))
    expect(left_out.locator("li").first).to_be_visible()


def send_and_watch(page: Page, press: Press) -> None:
    """Press the button, and see the stream end by itself."""
    streams: list[Request] = []
    ended: list[Request] = []
    page.on("request", lambda request: "/progreso/" in request.url and streams.append(request))
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda request: "/progreso/" in request.url and ended.append(request))
    press(page.get_by_role("button", name="Send "))
    expect(page.locator("#progress-sentence")).to_contain_text("Sent 0 of")
    expect(page.locator("#progress-sentence")).to_contain_text("Finished: ")
    wait_until(lambda: page.title() and ended)
    assert ended == streams
    assert len(streams) == 1
    expect(page.locator("#messages-title ~ nav").get_by_role("link", name="Pending")).to_have_count(0)


def see_the_failed(page: Page, press: Press) -> None:
    failed = page.locator("dd[data-state=fallido]").inner_text()
    chip = page.get_by_role("navigation", name="Filter by state").get_by_role("link", name="Failed")
    press(chip)
    rows = page.locator("#messages tbody > tr")
    expect(rows).to_have_count(int(failed))
    expect(rows.filter(has_text="No usable number")).to_have_count(int(failed))
    expect(chip).to_be_focused()


def read_it_on_the_phone(page: Page, press: Press, name: str) -> None:
    press(find(page, "Simulated phone"))
    press(page.get_by_role("navigation", name="Phones").get_by_role("link", name=name))
    expect(page.locator("#conversation-title")).to_contain_text(f"{name} +57 300 555 1234")
    expect(page.locator(".phone-messages .bubble").last).to_have_text(f"Hola {name}, hoy hay 2x1")


@pytest.mark.parametrize(
    ("device", "press"), [({}, Locator.click), (PHONE, Locator.tap)], ids=["at a computer", "with a thumb"]
)
def test_from_log_in_to_the_message_on_the_phone(
    site: Site, visitors: Visitors, device: dict[str, Any], press: Press
) -> None:
    site.simulator.behave(latency=1_500)
    page = visitors.log_in(**device)
    person, template = ("Ñoño Peña", "Promo") if device else ("Zoë Núñez", "Oferta")
    add_client(page, press, person)
    write_template(page, press, template)
    compose(page, press, template, "La primera")
    review(page, press)
    send_and_watch(page, press)
    see_the_failed(page, press)
    assert sideways(page) <= 0
    read_it_on_the_phone(page, press, person)
