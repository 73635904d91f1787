"""Behind nginx with the configuration that `docs/` gives: people log in, send, watch and import as they do without."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask

from clientes_app.config import PROJECT_ROOT
from clientes_app.simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, SIMULATED_FROM_NUMBER

from ..support.carrier import Simulator
from ..support.nginx import HOST, caller, running_nginx
from ..support.server import Server
from ..support.shop import Shop
from ..support.visitor import HttpsFrom, Visitor

THREADS = 20


@pytest.fixture
def site(app: Flask, simulator: Simulator, tmp_path: Path) -> Iterator[str]:
    """The address of nginx."""
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
    with running_nginx(tmp_path, server) as url:
        yield url
    server.stop()


@pytest.fixture
def ana(site: str, account: int) -> Visitor:
    visitor = caller(site)
    assert urlsplit(visitor.log_in()).path == "/"
    return visitor


def test_sending_and_watching(ana: Visitor, shop: Shop, account: int) -> None:
    ids = shop.add_clients(account, ["3001234501", "3001234502"])
    order = json.dumps({"cliente_ids": ids, "mensaje": "Hola {nombre}"}).encode()
    sent = json.load(ana.open("/clientes/enviar-sms/", order, Content_Type="application/json"))
    assert (sent["estado"], sent["enviados_exitosos"]) == ("completado", 2)
    with ana.open(f"/clientes/campanas/{sent['campana_id']}/progreso/", Accept_Encoding="gzip") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert "event: end" in stream.read().decode()


def test_a_stream_is_passed_on_as_it_comes(ana: Visitor, shop: Shop, account: int, simulator: Simulator) -> None:
    simulator.behave(latency=60_000)
    order = json.dumps({"cliente_ids": shop.add_clients(account, ["3001234501"]), "mensaje": "Hola"}).encode()
    headers = {"Content_Type": "application/json", "Prefer": "respond-async"}
    sent = json.load(ana.open("/clientes/enviar-sms/", order, **headers))
    with ana.open(sent["progreso_url"]) as stream:
        assert stream.readline() == b":\n"
        assert any(b"data:" in stream.readline() for _ in range(5)), "though it has not ended"
    simulator.behave(latency=0)


def test_pages_are_compressed_once_and_secrets_not_at_all(ana: Visitor) -> None:
    page = ana.open("/clientes/", Accept_Encoding="gzip", Sec_Fetch_Site="same-origin")
    assert page.headers["Content-Encoding"] == "gzip"
    form = urlencode({"nombre": "Caja", "alcances": "read"}).encode()
    token = ana.open("/ajustes/tokens/nuevo/", form, Accept_Encoding="gzip")
    assert "Content-Encoding" not in token.headers
    assert re.search(rb"cl_[\w-]{43}", token.read())


def test_a_large_list_is_taken(ana: Visitor) -> None:
    rows = "".join(f"Cliente {number},30{number:08d}\n" for number in range(200_000))
    body = (
        '--x\r\nContent-Disposition: form-data; name="archivo"; filename="clientes.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\nNombre,Celular\n{rows}\r\n--x--\r\n"
    ).encode()
    assert len(body) > 4_000_000
    answer = ana.open("/clientes/importar/", body, Content_Type="multipart/form-data; boundary=x")
    assert answer.url.endswith("/columnas/")


def test_what_is_sent_by_half_does_not_reach_the_app(site: str, ana: Visitor) -> None:
    address = urlsplit(site)
    half = f"POST /cuenta/entrar/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000000\r\n\r\nusuario="
    held = []
    for _ in range(4 * THREADS):
        connection = HttpsFrom().context.wrap_socket(socket.create_connection((address.hostname, address.port), 10))
        connection.sendall(half.encode())
        held.append(connection)
    assert ana.open("/clientes/").status == 200
    for connection in held:
        connection.close()


def test_the_readme_names_it() -> None:
    assert "docs/nginx.conf" in (PROJECT_ROOT / "README.md").read_text()
