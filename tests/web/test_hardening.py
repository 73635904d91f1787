"""What every answer carries, which host names are answered, and where `next` may lead."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from clientes_app import create_app
from clientes_app.config import Settings, SmsMode, TwilioSettings
from clientes_app.extensions import db
from clientes_app.settings import current_settings, replace_settings
from clientes_app.web.access import Access, access

from ..support.checking_client import CheckingClient
from ..support.shop import PASSWORD

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OUTSIDE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/clientes\\..\\..//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\x00/evil.example",
    "/\u200b/evil.example",
    "/\u2028/evil.example",
    " //evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "https:///evil.example",
    "evil.example",
    "@evil.example",
    "?next=//evil.example",
]


def in_earnest(app: Flask, **changes: object) -> None:
    with app.app_context():
        settings = current_settings()
    twilio = TwilioSettings("AC1", "token", "+15005550006")
    replace_settings(
        app,
        dataclasses.replace(settings, sms_mode=SmsMode.TWILIO, twilio=twilio, **changes),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/cuenta/salir/", 405),
        ("POST", "/clientes/nuevo/", 400),
        ("GET", "/nowhere/", 404),
        ("GET", "/static/app.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/clientes/plantillas-sms/", 200),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 503),
        ("POST", "/twilio/entrante/", 403),
        ("GET", "/clientes/99/", 404),
        ("HEAD", "/", 200),
    ],
)
def test_every_answer_carries_the_headers(admin: CheckingClient, method: str, url: str, status: int) -> None:
    response = admin.open(url, method=method)
    assert response.status_code == status
    for name, value in HEADERS.items():
        assert value in response.headers[name], name
    assert "Strict-Transport-Security" not in response.headers
    if not url.startswith("/static/app"):
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", ["/nowhere/", "/clientes/99/", "/clientes/campanas/99/"])
def test_a_page_that_is_not_there_says_so_once(admin: CheckingClient, url: str) -> None:
    page = admin.get(url)
    assert page.status_code == 404
    assert "No encontramos esta página" in page.text
    assert "Quizás la eliminaron. Revisa la dirección o ve al inicio." in page.text
    assert "ya se eliminó" not in page.text


def test_a_crash_carries_them_too(app: Flask, admin: CheckingClient) -> None:
    @access(Access.STAFF)
    def crash() -> str:
        raise RuntimeError("on purpose")

    app.view_functions["home.index"] = crash
    response = admin.get("/")
    assert response.status_code == 500
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_browsers_are_told_to_use_https_where_it_is_in_earnest(settings: Settings) -> None:
    app = create_app(dataclasses.replace(settings, sms_mode=SmsMode.TWILIO))
    for url in ("/cuenta/entrar/", "/nowhere/", "/healthz"):
        assert "max-age=31536000" in app.test_client().get(url).headers["Strict-Transport-Security"]
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "8.8.8.8"])
def test_a_strange_host_name_is_refused(browser: CheckingClient, host: str) -> None:
    response = browser.get("/cuenta/entrar/", headers={"Host": host})
    assert response.status_code == 400
    assert "<html" not in response.text
    assert "nosniff" in response.headers["X-Content-Type-Options"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "192.168.1.20:8000", "tienda.local"])
def test_in_simulated_mode_a_phone_in_the_same_network_may_look(browser: CheckingClient, host: str) -> None:
    assert browser.get("/cuenta/entrar/", headers={"Host": host}).status_code == 200


def test_in_earnest_only_the_names_that_are_set_count(app: Flask, browser: CheckingClient) -> None:
    def status(host: str) -> int:
        return browser.get("/cuenta/idioma/", headers={"Host": host}).status_code

    in_earnest(app, public_base_url="https://shop.example/app")
    assert [status(host) for host in ("shop.example", "localhost", "127.0.0.1:8000")] == [405] * 3
    assert [status(host) for host in ("192.168.1.20", "www.shop.example", "tienda.local")] == [400] * 3
    in_earnest(app, allowed_hosts=("other.example", ".shops.example"))
    assert [status(host) for host in ("other.example", "a.shops.example:443")] == [405] * 2
    assert [status(host) for host in ("shop.example", "localhost")] == [400] * 2


def test_what_watches_the_app_may_call_it_by_any_name(app: Flask, browser: CheckingClient) -> None:
    in_earnest(app, allowed_hosts=("shop.example",))
    assert browser.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.parametrize("target", OUTSIDE)
def test_next_does_not_lead_away(browser: CheckingClient, account: int, target: str) -> None:
    form = {"usuario": "ana", "clave": PASSWORD, "next": target}
    assert browser.send("/cuenta/entrar/", form).location == "/"
    assert browser.send("/cuenta/tema/", {"tema": "dark", "next": target}).location == "/"


@pytest.mark.parametrize("target", ["/clientes/?q=//evil.example", "/clientes/?q=María", "/clientes/#new"])
def test_it_leads_anywhere_within(browser: CheckingClient, account: int, target: str) -> None:
    location = browser.send("/cuenta/tema/", {"tema": "dark", "next": target}).location
    assert location is not None
    assert location.startswith("/clientes/")


def test_settings_that_are_logged_tell_no_secret() -> None:
    settings = Settings(
        secret_key="key-of-now",
        database_url="postgresql://ana:word-of-database@host/clientes",
        secret_key_fallbacks=("key-of-before",),
        twilio=TwilioSettings("AC1", "token-of-twilio"),
        ratelimit_storage_uri="redis://:word-of-redis@host",
    )
    for secret in ("word-of-redis", "key-of-now", "key-of-before", "word-of-database", "token-of-twilio"):
        assert secret not in repr(settings)
