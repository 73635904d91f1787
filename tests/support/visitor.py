"""Somebody who calls a running server over real HTTP, with cookies as a browser keeps them."""

from __future__ import annotations

import ssl
from functools import partial
from http.client import HTTPResponse, HTTPSConnection
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, OpenerDirector, Request, build_opener

from .shop import PASSWORD


class Visitor:
    """Calls a server at its address; `headers` go with each request."""

    def __init__(self, url: str, *handlers: Any, cookies: CookieJar | None = None, **headers: str) -> None:
        self.url = url
        self._handlers = handlers
        self._cookies = CookieJar() if cookies is None else cookies
        self._headers = headers
        self._opener: OpenerDirector = build_opener(*handlers, HTTPCookieProcessor(self._cookies))

    def at(self, url: str) -> Visitor:
        """Return the same visitor, with the same cookies, at another server."""
        return Visitor(url, *self._handlers, cookies=self._cookies, **self._headers)

    def open(self, path: str, data: bytes | None = None, **headers: str) -> HTTPResponse:
        """Ask for a page, or POST with the token of the cookie."""
        named = {name.replace("_", "-"): value for name, value in {**self._headers, **headers}.items()}
        request = Request(f"{self.url}{path}", data, named | {"X-CSRFToken": self._token()})
        answer = self._opener.open(request, timeout=20)
        assert isinstance(answer, HTTPResponse)
        return answer

    def read(self, path: str, **headers: str) -> str:
        """Return the text of a page."""
        with self.open(path, **headers) as answer:
            return answer.read().decode()

    def send(self, path: str, **fields: str) -> str:
        """POST a form; return the address where that leads to, without the server's."""
        with self.open(path, urlencode(fields).encode()) as answer:
            return answer.url.removeprefix(self.url)

    def lands(self, path: str) -> str:
        """Return where somebody is led to who asks for a page, without the query."""
        with self.open(path) as answer:
            return answer.url.removeprefix(self.url).partition("?")[0]

    def log_in(self, name: str = "ana") -> str:
        """Log in, and return the address where that leads to."""
        self.open("/cuenta/entrar/").close()
        return self.send("/cuenta/entrar/", usuario=name, clave=PASSWORD)

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self._cookies if cookie.name == "csrftoken"), "")


class HttpsFrom(HTTPSHandler):
    """Connects by HTTPS from one of this machine's addresses, and trusts any certificate."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        super().__init__()
        self.context = ssl.create_default_context()
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        self._address = address

    def https_open(self, request: Request) -> HTTPResponse:
        """Connect."""
        connect = partial(HTTPSConnection, source_address=(self._address, 0), context=self.context)
        return self.do_open(connect, request)
