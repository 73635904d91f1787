"""Logging in and out, and what an anonymous caller gets."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from clientes_app.config import SmsMode
from clientes_app.models import Rol, Usuario
from clientes_app.settings import current_settings, replace_settings

from ..support.checking_client import CheckingClient
from ..support.second_factor import turn_on_app
from ..support.shop import PASSWORD, Shop

LOG_IN, STEP = "/cuenta/entrar/", "/cuenta/segundo-paso/"


def test_a_right_password_opens_a_session(browser: CheckingClient, account: int) -> None:
    response = browser.log_in("ana")
    assert (response.status_code, response.location) == (302, "/")
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(("name", "password"), [("ana", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_one_does_not(browser: CheckingClient, account: int, name: str, password: str) -> None:
    response = browser.log_in(name, password)
    assert response.status_code == 200
    assert "aria-invalid" in response.text
    assert browser.get("/").status_code == 302


def test_next_is_followed_within_the_site_only(browser: CheckingClient, account: int) -> None:
    def landing(target: str) -> str | None:
        form = {"usuario": "ana", "clave": PASSWORD, "next": target}
        return browser.send("/cuenta/entrar/", form).location

    assert landing("/clientes/?q=a") == "/clientes/?q=a"
    for outside in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert landing(outside) == "/"


def test_logging_out_ends_the_session(admin: CheckingClient) -> None:
    assert admin.send("/cuenta/salir/").status_code == 302
    assert admin.get("/clientes/").location == "/cuenta/entrar/?next=/clientes/"


def test_an_anonymous_fragment_sends_the_browser_to_the_log_in(browser: CheckingClient) -> None:
    response = browser.swap("/clientes/", method="GET")
    assert response.headers["HX-Redirect"] == "/cuenta/entrar/"


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_post_without_a_good_token_is_refused(admin: CheckingClient, token: str) -> None:
    response = admin.post("/cuenta/salir/", headers={"X-CSRFToken": token})
    assert response.status_code == 400
    assert admin.get("/").status_code == 200, "still logged in"


def test_the_token_may_come_as_a_form_field(admin: CheckingClient) -> None:
    assert admin.post("/cuenta/salir/", data={"csrf_token": admin.token()}).status_code == 302


def test_the_token_changes_with_the_session(browser: CheckingClient, account: int) -> None:
    before = browser.token()
    browser.log_in("ana")
    assert browser.token() != before
    assert browser.post("/cuenta/salir/", headers={"X-CSRFToken": before}).status_code == 400


def signed(browser: CheckingClient) -> str:
    """Return what the session's cookie says, without when it was signed."""
    cookie = browser.get_cookie("sessionid")
    assert cookie is not None
    return cookie.value.rsplit(".", 2)[0]


def test_a_second_tab_with_an_old_token_leads_on(app: Flask, browser: CheckingClient, account: int) -> None:
    old = browser.token()

    def submit(**form: str) -> TestResponse:
        return browser.post(LOG_IN, data={"usuario": "ana", "clave": PASSWORD, "csrf_token": old, **form})

    assert browser.log_in("ana").status_code == 302
    session = signed(browser)
    assert submit().location == "/"
    assert submit(next="/clientes/").location == "/clientes/"
    assert submit(next="https://evil.example/").location == "/"
    assert submit(usuario="somebody", clave="else").location == "/"
    assert "Ya habías iniciado sesión, como " in browser.get("/").text
    assert signed(browser) == session, "nobody was logged in by it"
    assert browser.post(LOG_IN, data={"usuario": "ana", "clave": PASSWORD}).status_code == 400, "without a token"
    assert browser.get(f"{LOG_IN}?next=/clientes/").location == "/clientes/"
    browser.send("/cuenta/salir/")
    assert submit().status_code == 400, "nor is anybody where nobody is"
    assert browser.get("/").status_code == 302


def test_so_it_does_on_the_way_to_the_second_step(app: Flask, browser: CheckingClient, account: int) -> None:
    phone, old = turn_on_app(app, account), browser.token()
    form = {"usuario": "ana", "clave": PASSWORD}
    assert browser.log_in("ana").location == STEP
    between = browser.token()
    assert browser.post(LOG_IN, data={**form, "csrf_token": old}).location == STEP
    assert browser.get("/").status_code == 302
    assert browser.send(STEP, {"codigo": phone.now()}).location == "/"
    second_tab = browser.post(STEP, data={"codigo": phone.now(), "csrf_token": between})
    assert second_tab.location == "/"
    assert browser.get("/").status_code == 200
    reloaded = browser.get(STEP, follow_redirects=True)
    assert (reloaded.request.path, "five minutes" in reloaded.text) == ("/", False)


def test_cookies_have_the_names_and_flags_of_the_contract(browser: CheckingClient, account: int) -> None:
    cookies = {line.split("=")[0]: line for line in browser.log_in("ana").headers.getlist("Set-Cookie")}
    assert "HttpOnly" in cookies["sessionid"]
    assert "SameSite=Lax" in cookies["sessionid"]
    assert "HttpOnly" not in cookies["csrftoken"]


def test_the_language_follows_the_browser_then_the_person(admin: CheckingClient) -> None:
    assert 'lang="es"' in admin.get("/").text
    assert 'lang="en"' in admin.get("/", headers={"Accept-Language": "en"}).text
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    assert 'lang="en"' in admin.get("/").text


def test_the_theme_is_kept_on_the_device(admin: CheckingClient) -> None:
    admin.send("/cuenta/tema/", {"tema": "dark"})
    assert 'data-bs-theme="dark"' in admin.get("/").text


def test_every_answer_carries_the_headers(browser: CheckingClient) -> None:
    for url in ("/", "/cuenta/entrar/", "/nowhere/", "/static/app.css"):
        headers = browser.get(url).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_sample_people_are_named_where_there_are_some(
    app: Flask, account: int, browser: CheckingClient, shop: Shop
) -> None:
    with app.app_context():
        replace_settings(app, dataclasses.replace(current_settings(), sms_mode=SmsMode.SIMULATED))
    assert "vendedora" not in browser.get("/cuenta/entrar/").text
    shop.add(Usuario(usuario="demo", clave_hash="x", rol=Rol.ADMIN, de_muestra=True))
    assert "vendedora" in browser.get("/cuenta/entrar/").text
