"""A test client that checks every HTML answer in passing: well formed, ids once, nothing inline, no icon unknown."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import clientes_app

from .shop import Shop

ICONS = frozenset(
    re.findall(r'(?<=<symbol id=")[^"]+', (Path(clientes_app.__file__).parent / "static" / "icons.svg").read_text())
)
_PARTIAL = re.compile(r"<hx-partial([^>]*)>(.*?)</hx-partial>", re.DOTALL)
_ROW = re.compile(r"^\s*(<!--.*?-->)?\s*<tr\b", re.DOTALL)
_INLINE = re.compile(r"^(style|on\w+)$")
# What is masked anew in each answer, and else the same; it holds nothing that a parser minds.
_MASKED_TOKEN = re.compile(r'(?<=name="csrf_token" value=")[\w=-]+(?=")')

_found_good: set[str] = set()
"""Pages and fragments without their tokens: most tests open the same few, and parsing is what costs."""


class CheckingClient(FlaskClient):
    """Opens pages as a browser's user, with its token, and checks what comes back."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and check the answer."""
        kwargs.setdefault("buffered", True)
        response = super().open(*args, **kwargs)
        readable = not response.is_streamed and "Content-Encoding" not in response.headers
        if response.mimetype == "text/html" and readable:
            check_html(response.get_data(as_text=True))
        return response

    def log_in(self, name: str, password: str = "a good password") -> TestResponse:
        """Open a session."""
        return self.send("/cuenta/entrar/", {"usuario": name, "clave": password})

    def send(self, url: str, data: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """POST a form with the token that the site gave."""
        return self.post(url, data=data or {}, headers={"X-CSRFToken": self.token(), **_names(headers)})

    def follow(self, url: str, data: dict[str, Any]) -> TestResponse:
        """POST a form, and open the page that it leads to."""
        return self.get(self.send(url, data).location)

    def send_json(self, url: str, payload: Any, **headers: str) -> TestResponse:
        """POST JSON with the token that the site gave."""
        return self.post(url, json=payload, headers={"X-CSRFToken": self.token(), **_names(headers)})

    def swap(self, url: str, data: dict[str, Any] | None = None, method: str = "POST") -> TestResponse:
        """Send a request as htmx does."""
        headers = {"X-CSRFToken": self.token(), "HX-Request": "true", "HX-Request-Type": "partial"}
        return self.open(url, method=method, data=data, headers=headers)

    def token(self) -> str:
        """Return the token in the cookie, asking for one first if there is none."""
        if self.get_cookie("csrftoken") is None:
            self.get("/cuenta/entrar/")
        cookie = self.get_cookie("csrftoken")
        assert cookie is not None
        return cookie.value


def hidden_fields(html: str) -> dict[str, str]:
    """Return what the hidden fields of a page or fragment hold, by name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html)
    return {name: unescape(value) for name, value in found}


def check_html(text: str) -> None:
    """Fail where a page or fragment is not what every one of ours is."""
    same_for_all = _MASKED_TOKEN.sub("", text)
    if same_for_all not in _found_good:
        _check(text)
        _found_good.add(same_for_all)


def _check(text: str) -> None:
    if text.lstrip().lower().startswith("<!doctype"):
        _check_page(text)
        return
    for _attributes, inside in _PARTIAL.findall(text):
        _check_fragment(inside)
    _check_fragment(_PARTIAL.sub("", text))


def _check_page(text: str) -> None:
    root = _parse(html5lib.HTMLParser(namespaceHTMLElements=False), text, None)
    assert root.findtext(".//title"), "a page without a title"
    assert len(root.findall(".//h1")) == 1, "a page has exactly one h1"
    assert root.get("lang"), "a page says its language"
    _check_elements(root)


def _check_fragment(text: str) -> None:
    container = "tbody" if _ROW.match(text) else "div"
    _check_elements(_parse(html5lib.HTMLParser(namespaceHTMLElements=False), text, container))


def _parse(parser: html5lib.HTMLParser, text: str, container: str | None) -> Element:
    root = parser.parseFragment(text, container=container) if container else parser.parse(text)
    assert not parser.errors, [(position, code, variables) for position, code, variables in parser.errors[:3]]
    return root  # type: ignore[no-any-return]


def _check_elements(root: Element) -> None:
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert not [name for name, count in ids.items() if count > 1], f"ids used twice: {ids.most_common(3)}"
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        inline = [name for name in element.keys() if _INLINE.match(name)]  # noqa: SIM118
        assert not inline, f"inline {inline} on <{element.tag}>"
        assert element.tag != "style", "an inline style sheet"
        assert element.tag != "use" or element.get("href", "").partition("#")[2] in ICONS, f"no icon {element.attrib}"
        assert element.tag != "script" or element.get("src"), "an inline script"
        # Whoever has a message's code may send its form: no session is asked, so there is none to misuse.
        if (
            element.tag == "form"
            and element.get("method", "get").lower() == "post"
            and element.get("data-by-code") is None
        ):
            assert element.find(".//input[@name='csrf_token']") is not None, f"no token in {element.attrib}"


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def open_browser(app: Flask) -> CheckingClient:
    """Return another browser, in which nobody is logged in."""
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    return client


@pytest.fixture
def browser(app: Flask) -> CheckingClient:
    """A browser that is not logged in."""
    return open_browser(app)


@pytest.fixture
def admin(browser: CheckingClient, shop: Shop, account: int) -> CheckingClient:
    """The browser of the admin `ana`, whose advertising goes out at any hour unless a test settles another."""
    shop.open_unless_settled(account)
    assert browser.log_in("ana").status_code == 302
    return browser


@pytest.fixture
def seller(app: Flask, shop: Shop, account: int) -> CheckingClient:
    """The browser of `vero`, who sells for `ana`."""
    shop.open_unless_settled(account)
    shop.add_seller(account, "vero")
    client = open_browser(app)
    assert client.log_in("vero").status_code == 302
    return client
