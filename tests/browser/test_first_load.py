"""What a first visit costs on a slow line, and what a second one does not."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page

from .site import Site
from .visitors import Visitors, log_in

MOST_BYTES = 150_000

_TRANSFERRED = """() => ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
  .map((entry) => [entry.name, entry.transferSize])"""


def transferred(page: Page) -> dict[str, int]:
    """Return the bytes, headers and all, that each path of the page took from the network."""
    page.wait_for_load_state("networkidle")
    return {urlsplit(address).path: size for address, size in page.evaluate(_TRANSFERRED)}


def test_the_first_load_is_small_and_the_second_takes_no_file(site: Site, visitors: Visitors) -> None:
    page = visitors.arrive()
    page.goto("/cuenta/entrar/")
    first = transferred(page)
    files = {path for path in first if path.endswith((".css", ".js"))}
    assert {path.rpartition("/")[2] for path in files} >= {"tabler.min.css", "app.css", "htmx.min.js", "app.js"}
    assert all(first[path] for path in files)
    log_in(page, "demo")
    second = transferred(page)
    assert second["/"] > 0
    # The log-in page alone asks for passkeys.
    again = {path for path in files if not path.endswith("/passkeys.js")}
    assert {path: second[path] for path in again} == dict.fromkeys(again, 0)
    assert sum(first.values()) + sum(second.values()) < MOST_BYTES, first


def test_files_are_kept_for_ever_under_names_that_change(site: Site, visitors: Visitors) -> None:
    page = visitors.arrive()
    page.goto("/cuenta/entrar/")
    files = page.locator("link[href], script[src]").evaluate_all("all => all.map(one => one.href || one.src)")
    assert len(files) >= 6
    for file in files:
        answer = page.request.get(file)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable", file
