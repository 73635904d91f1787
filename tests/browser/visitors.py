"""People at their browsers, whose consoles must stay silent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, expect

from ..support.shop import PASSWORD

# Chromium says so of each answer to a form that holds an error, or was refused.
_FORM_ANSWERS = r"Failed to load resource: the server responded with a status of (409|422) "

# A violation of the policy is not always a message: it becomes one.
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SAMPLE_PEOPLE = ("demo", "vendedora")
ENGLISH, SPANISH = "en-US", "es-CO"


class Visitors:
    """Opens browsers for people, each with cookies of its own, and keeps what their consoles complain of."""

    def __init__(self, chromium: Browser, base_url: str, sessions: dict[str, StorageState] | None = None) -> None:
        self._chromium = chromium
        self._base_url = base_url
        self._sessions = {} if sessions is None else sessions
        self._contexts: list[BrowserContext] = []
        self.expected = [_FORM_ANSWERS, "Service Worker registration blocked by Playwright"]
        self.complaints: list[str] = []

    def arrive(self, **options: Any) -> Page:
        """Open a browser; it speaks English, nothing moves in it, and no worker stands between it and the server."""
        usual = {"base_url": self._base_url, "locale": ENGLISH, "reduced_motion": "reduce", "service_workers": "block"}
        options = usual | options
        context = self._chromium.new_context(**options)
        self._contexts.append(context)
        context.add_init_script(_REPORT_VIOLATIONS)
        context.on("page", self._listen)
        return context.new_page()

    def log_in(self, name: str = "demo", **options: Any) -> Page:
        """Open a browser and log in; the page is the first one."""
        page = self.arrive(**options)
        log_in(page, name)
        return page

    def come_back(self, name: str = "demo", **options: Any) -> Page:
        """Open a browser in which a person is logged in from an earlier test; it shows nothing yet."""
        if name not in self._sessions:
            self._sessions[name] = self.log_in(name).context.storage_state()
        return self.arrive(storage_state=self._sessions[name], **options)

    def leave(self) -> None:
        """Close every browser."""
        for context in self._contexts:
            context.close()

    def take_pictures(self, folder: Path, name: str) -> None:
        """Keep what each page shows."""
        name = re.sub(r"[^\w-]+", "-", name)
        for place, page in enumerate(page for context in self._contexts for page in context.pages):
            page.screenshot(path=folder / f"{name}-{place}.png")

    def _listen(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        said = f"{message.type}: {message.text}"
        if message.type in ("error", "warning") and not any(re.search(known, said) for known in self.expected):
            self.complaints.append(f"{said} ({message.location['url']})")


def log_in(page: Page, name: str) -> None:
    """Log in as one of the sample people, or one that a test added."""
    page.goto("/cuenta/entrar/")
    page.locator("#usuario").fill(name)
    page.locator("#clave").fill("demo" if name in SAMPLE_PEOPLE else PASSWORD)
    page.locator("#clave").press("Enter")
    expect(page.locator("#log-in")).to_have_count(0)
