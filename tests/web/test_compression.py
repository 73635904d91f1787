"""What is compressed, for whom, and what is never."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from hashlib import sha256

import brotli
import pyotp
import pytest
from flask import Flask
from flask_compress.compat import compression
from werkzeug.test import TestResponse

from clientes_app.auth.second_factor import totp
from clientes_app.models import Etiqueta

from ..support.checking_client import CheckingClient
from ..support.shop import PASSWORD, Shop

LIST = "/clientes/"
STYLE = "/static/vendor/tabler.min.css"
DECODE: dict[str, Callable[[bytes], bytes]] = {
    "zstd": compression.zstd.decompress,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


def taken(client: CheckingClient, url: str, encoding: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(url, headers={"Accept-Encoding": encoding, **named})


def without_tokens(page: bytes) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.decode())


@pytest.mark.parametrize("encoding", DECODE)
def test_a_page_comes_out_as_it_was(admin: CheckingClient, shop: Shop, account: int, encoding: str) -> None:
    shop.add_clients(account, [f"30012345{number:02d}" for number in range(50)])
    plain = admin.get(LIST)
    packed = taken(admin, LIST, encoding)
    assert packed.headers["Content-Encoding"] == encoding
    assert without_tokens(DECODE[encoding](packed.data)) == without_tokens(plain.data)
    assert "Content-Encoding" not in plain.headers
    for response in (plain, packed):
        assert "Accept-Encoding" in response.headers["Vary"]
        assert response.headers["Cache-Control"] == "no-store"
    assert len(packed.data) == int(packed.headers["Content-Length"])


def test_a_page_of_the_list_is_small_on_the_wire(admin: CheckingClient, shop: Shop, account: int) -> None:
    ids = shop.add_clients(account, [f"30012345{number:02d}" for number in range(50)])
    tags = [
        shop.add(Etiqueta(nombre=f"Etiqueta {name}", clave=name, usuario_id=account))
        for name in (sha256(bytes([place])).hexdigest()[:12] for place in range(60))
    ]
    for place, client in enumerate(ids):
        shop.add_tag_to(client, tags[place])
        shop.add_sale(account, client, 1_000 + place)
    assert len(admin.get(LIST).data) > 100_000
    assert len(taken(admin, LIST, "gzip").data) < 25_000


def test_fragments_and_json_are_compressed_too(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_clients(account, [f"30012345{number:02d}" for number in range(50)])
    fragment = taken(admin, LIST, "gzip", HX_Request="true", HX_Request_Type="partial")
    assert fragment.headers["Content-Encoding"] == "gzip"
    assert {"HX-Request", "Accept-Encoding"} <= {name.strip() for name in fragment.headers["Vary"].split(",")}
    for place in range(20):
        shop.add_template(account, f"Plantilla {place}")
    assert taken(admin, "/clientes/plantillas-sms/", "gzip").headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("encoding", ["", "identity", "gzip;q=0", "deflate", "nonsense;q=x"])
def test_who_takes_none_of_them_gets_it_plain(admin: CheckingClient, encoding: str) -> None:
    assert "Content-Encoding" not in taken(admin, LIST, encoding).headers


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_what_another_site_makes_a_browser_ask_for_is_not_compressed(admin: CheckingClient, origin: str) -> None:
    assert "Content-Encoding" not in taken(admin, LIST, "gzip, br, zstd", Sec_Fetch_Site=origin).headers
    assert "Content-Encoding" in taken(admin, LIST, "gzip, br, zstd", Sec_Fetch_Site="same-origin").headers


def test_what_shows_a_secret_is_not_compressed(app: Flask, admin: CheckingClient, account: int) -> None:
    accept = {"Accept-Encoding": "gzip, br, zstd"}

    def send(url: str, **data: str) -> TestResponse:
        return admin.post(url, data=data, headers={**accept, "X-CSRFToken": admin.token()})

    answers = {
        "a token": send("/ajustes/tokens/nuevo/", nombre="Caja", alcances="read"),
        "a link": send("/personas/nueva/", usuario="vero", nombre="Vero"),
    }
    (address,) = re.findall(r"/cuenta/enlace/[\w-]+/", answers["a link"].text)[:1]
    answers["the page of a link"] = admin.get(address, headers=accept)
    send("/cuenta/segundo-paso/ajustes/app/empezar/")
    answers["the key of an app"] = admin.get("/cuenta/segundo-paso/ajustes/app/", headers=accept)
    with app.app_context():
        secret = totp.secret_to_confirm(account)
    assert secret is not None
    code = pyotp.TOTP(secret).now()
    answers["recovery codes"] = send("/cuenta/segundo-paso/ajustes/app/", codigo=code, clave=PASSWORD)
    assert "recovery-codes" in answers["recovery codes"].text
    assert secret in answers["the key of an app"].text.replace(" ", "")
    for name, response in answers.items():
        assert response.status_code == 200, name
        assert "Content-Encoding" not in response.headers, name


def test_a_stream_is_not_compressed(admin: CheckingClient, shop: Shop, account: int) -> None:
    ids = shop.add_clients(account, ["3001234501"])
    order = {"cliente_ids": ids, "mensaje": "Hola"}
    headers = {"X-CSRFToken": admin.token(), "Prefer": "respond-async"}
    campaign = admin.post("/clientes/enviar-sms/", json=order, headers=headers).get_json()["campana_id"]
    stream = admin.get(
        f"/clientes/campanas/{campaign}/progreso/", headers={"Accept-Encoding": "gzip, br, zstd"}, buffered=False
    )
    assert stream.mimetype == "text/event-stream"
    assert "Content-Encoding" not in stream.headers
    assert next(iter(stream.iter_encoded())) == b":\n\n"
    stream.close()


@pytest.mark.parametrize("encoding", DECODE)
def test_a_style_sheet_is_compressed_for_everybody(browser: CheckingClient, encoding: str) -> None:
    whole = browser.get(STYLE)
    for _ in range(2):
        packed = taken(browser, STYLE, encoding, Sec_Fetch_Site="cross-site")
        assert packed.headers["Content-Encoding"] == encoding
        assert DECODE[encoding](packed.data) == whole.data
        assert len(packed.data) < len(whole.data) / 5
        assert "Accept-Encoding" in packed.headers["Vary"]


def test_each_encoding_of_a_file_has_an_etag_of_its_own(browser: CheckingClient) -> None:
    answers = [taken(browser, STYLE, encoding) for encoding in ("", *DECODE)]
    etags = [answer.headers["ETag"] for answer in answers]
    assert len(set(etags)) == 4
    for encoding, etag in zip(("", *DECODE), etags, strict=True):
        again = taken(browser, STYLE, encoding, If_None_Match=etag)
        assert (again.status_code, again.data) == (304, b"")


def test_the_head_of_a_file_and_of_a_page_say_how_long_it_is(admin: CheckingClient) -> None:
    for url in (STYLE, LIST):
        got = taken(admin, url, "gzip")
        head = admin.head(url, headers={"Accept-Encoding": "gzip"})
        assert head.headers["Content-Encoding"] == "gzip"
        assert head.data == b""
        # A page's mask is another each time.
        assert abs(int(head.headers["Content-Length"]) - len(got.data)) < 200


def test_a_range_is_of_the_file_as_it_is(browser: CheckingClient) -> None:
    whole = browser.get(STYLE).data
    part = taken(browser, STYLE, "gzip, br, zstd", Range="bytes=100-4099")
    assert part.status_code == 206
    assert "Content-Encoding" not in part.headers
    assert part.data == whole[100:4100]
    packed = taken(browser, STYLE, "gzip")
    assert "Accept-Ranges" not in packed.headers
    other = taken(browser, STYLE, "gzip", Range="bytes=100-4099", If_Range=packed.headers["ETag"])
    assert (other.status_code, zlib.decompress(other.data, 31)) == (200, whole)
