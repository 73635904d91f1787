"""What a first visit costs on a slow line, and what a second one does not."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, Page

from .site import Site
from .visitors import Visitors, log_in

MOST_BYTES = 150_000


class Line:
    """Counts the bytes that a page takes from the network, headers and all, by path."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._paths: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        self._session.on("Network.requestWillBeSent", self._remember)
        self._session.on("Network.loadingFinished", self._count)
        self._session.send("Network.enable")

    def _remember(self, event: dict[str, object]) -> None:
        self._paths[str(event["requestId"])] = urlsplit(str(event["request"]["url"])).path  # type: ignore[index]

    def _count(self, event: dict[str, object]) -> None:
        path = self._paths[str(event["requestId"])]
        self.bytes[path] = self.bytes.get(path, 0) + int(event["encodedDataLength"])  # type: ignore[call-overload]


def static(line: Line) -> dict[str, int]:
    return {path: count for path, count in line.bytes.items() if path.startswith("/static/")}


def test_the_first_load_is_small_and_the_second_takes_no_file(site: Site, visitors: Visitors) -> None:
    page = visitors.arrive()
    first = Line(page)
    log_in(page, "demo")
    page.wait_for_load_state("networkidle")
    assert {path.rpartition("/")[2] for path in static(first)} >= {"tabler.min.css", "app.css", "htmx.min.js", "app.js"}
    assert sum(first.bytes.values()) < MOST_BYTES, first.bytes

    again = page.context.new_page()
    second = Line(again)
    again.goto("/clientes/", wait_until="networkidle")
    assert second.bytes["/clientes/"] > 0
    assert sum(static(second).values()) == 0, second.bytes


def test_files_are_kept_for_ever_under_names_that_change(site: Site, visitors: Visitors) -> None:
    page = visitors.arrive()
    page.goto("/cuenta/entrar/")
    files = page.locator("link[href], script[src]").evaluate_all("all => all.map(one => one.href || one.src)")
    assert len(files) >= 6
    for file in files:
        answer = page.request.get(file)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable", file
