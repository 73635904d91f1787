"""What axe-core finds on a page, and what a narrow screen cannot show."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_VENDOR = Path(__file__).parent / "vendor"
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}"""

_DOUBLED = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  return ids.filter((id, place) => ids.indexOf(id) !== place);
}"""


@cache
def _axe() -> str:
    source = (_VENDOR / "axe.min.js").read_bytes()
    digest = (_VENDOR / "SHA256SUMS").read_text().split()[0]
    assert hashlib.sha256(source).hexdigest() == digest
    return source.decode()


def violations(page: Page) -> list[str]:
    """List what axe-core finds on the page as it stands; the page's policy stays in force."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(_RUN, list(_RULES))
    return found


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def doubled_ids(page: Page) -> list[str]:
    """List the ids that stand twice: a label is of the first element with its id, also where a dialog is open."""
    return list(page.evaluate(_DOUBLED))
