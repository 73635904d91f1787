"""Behind nginx with the configuration that `docs/` gives: people log in, send, watch and import as they do without."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPSHandler, OpenerDirector, Request, build_opener

import pytest
from flask import Flask

from clientes_app.config import PROJECT_ROOT
from clientes_app.extensions import db
from clientes_app.models import Sesion
from clientes_app.simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, SIMULATED_FROM_NUMBER

from ..support.carrier import Simulator
from ..support.nginx import HOST, running_nginx
from ..support.server import Server
from ..support.shop import PASSWORD, Shop

THREADS = 20


class Site(NamedTuple):
    """What a browser sees: nginx."""

    url: str
    tls: ssl.SSLContext


@pytest.fixture
def site(app: Flask, simulator: Simulator, tmp_path: Path) -> Iterator[Site]:
    server = Server(
        app.config["SQLALCHEMY_DATABASE_URI"],
        tmp_path / "server.log",
        SMS_MODE="twilio",
        TWILIO_ACCOUNT_SID=SIMULATED_ACCOUNT_SID,
        TWILIO_AUTH_TOKEN=SIMULATED_AUTH_TOKEN,
        TWILIO_FROM_NUMBER=SIMULATED_FROM_NUMBER,
        TWILIO_API_BASE_URL=simulator.base_url,
        TRUSTED_PROXIES="1",
        ALLOWED_HOSTS=f"{HOST},127.0.0.1",
        SERVER_THREADS=str(THREADS),
        UPLOADS_PATH=str(tmp_path / "uploads"),
    )
    server.start()
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    with running_nginx(server.url, tmp_path) as url:
        yield Site(url, tls)
    server.stop()


class Browser:
    """Somebody who calls the shop by its name."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._cookies = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPSHandler(context=site.tls), HTTPCookieProcessor(self._cookies))

    def open(self, path: str, data: bytes | None = None, **headers: str) -> HTTPResponse:
        """Ask for a page, or POST with the token of the cookie."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Host": HOST, "Referer": f"https://{HOST}/", "X-CSRFToken": self._token()}
        request = Request(f"{self._site.url}{path}", data, named)
        answer = self._opener.open(request, timeout=20)
        assert isinstance(answer, HTTPResponse)
        return answer

    def log_in(self) -> str:
        """Log in as `ana`, and answer the address where that leads to."""
        self.open("/cuenta/entrar/").read()
        form = urlencode({"usuario": "ana", "clave": PASSWORD}).encode()
        return self.open("/cuenta/entrar/", form).url

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self._cookies if cookie.name == "csrftoken"), "")


@pytest.fixture
def ana(site: Site, account: int) -> Browser:
    browser = Browser(site)
    assert urlsplit(browser.log_in()).path == "/"
    return browser


def test_the_address_is_the_clients_own(app: Flask, site: Site, account: int) -> None:
    browser = Browser(site)
    browser.open("/cuenta/entrar/").read()
    form = urlencode({"usuario": "ana", "clave": PASSWORD}).encode()
    browser.open("/cuenta/entrar/", form, X_Forwarded_For="203.0.113.9").read()
    with app.app_context():
        assert db.session.scalars(db.select(Sesion.direccion)).one() == "127.0.0.1"


def test_sending_and_watching(ana: Browser, shop: Shop, account: int) -> None:
    ids = shop.add_clients(account, ["3001234501", "3001234502"])
    order = json.dumps({"cliente_ids": ids, "mensaje": "Hola {nombre}"}).encode()
    sent = json.load(ana.open("/clientes/enviar-sms/", order, Content_Type="application/json"))
    assert (sent["estado"], sent["enviados_exitosos"]) == ("completado", 2)
    with ana.open(f"/clientes/campanas/{sent['campana_id']}/progreso/", Accept_Encoding="gzip") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert "event: end" in stream.read().decode()


def test_a_stream_is_passed_on_as_it_comes(ana: Browser, shop: Shop, account: int, simulator: Simulator) -> None:
    simulator.behave(latency=60_000)
    order = json.dumps({"cliente_ids": shop.add_clients(account, ["3001234501"]), "mensaje": "Hola"}).encode()
    headers = {"Content_Type": "application/json", "Prefer": "respond-async"}
    sent = json.load(ana.open("/clientes/enviar-sms/", order, **headers))
    with ana.open(sent["progreso_url"]) as stream:
        assert stream.readline() == b":\n"
        assert any(b"data:" in stream.readline() for _ in range(3)), "though it has not ended"
    simulator.behave(latency=0)


def test_pages_are_compressed_once_and_secrets_not_at_all(ana: Browser) -> None:
    page = ana.open("/clientes/", Accept_Encoding="gzip", Sec_Fetch_Site="same-origin")
    assert page.headers["Content-Encoding"] == "gzip"
    form = urlencode({"nombre": "Caja", "alcances": "read"}).encode()
    token = ana.open("/ajustes/tokens/nuevo/", form, Accept_Encoding="gzip")
    assert "Content-Encoding" not in token.headers
    assert re.search(rb"cl_[\w-]{43}", token.read())


def test_a_large_list_is_taken(ana: Browser) -> None:
    rows = "".join(f"Cliente {number},30{number:08d}\n" for number in range(200_000))
    body = (
        '--x\r\nContent-Disposition: form-data; name="archivo"; filename="clientes.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\nNombre,Celular\n{rows}\r\n--x--\r\n"
    ).encode()
    assert len(body) > 4_000_000
    answer = ana.open("/clientes/importar/", body, Content_Type="multipart/form-data; boundary=x")
    assert answer.url.endswith("/columnas/")


def test_what_is_sent_by_half_does_not_reach_the_app(site: Site, ana: Browser) -> None:
    address = urlsplit(site.url)
    half = f"POST /cuenta/entrar/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000000\r\n\r\nusuario="
    held = []
    for _ in range(4 * THREADS):
        connection = site.tls.wrap_socket(socket.create_connection((address.hostname, address.port), 10))
        connection.sendall(half.encode())
        held.append(connection)
    assert ana.open("/clientes/").status == 200
    for connection in held:
        connection.close()


def test_the_readme_names_it() -> None:
    assert "docs/nginx.conf" in (PROJECT_ROOT / "README.md").read_text()
