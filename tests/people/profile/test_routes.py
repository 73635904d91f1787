"""A person's own account: name, password, language, theme, sessions."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.auth import tries
from clientes_app.extensions import db
from clientes_app.models import Accion, Auditoria, Sesion, Usuario

from ...support.checking_client import CheckingClient, open_browser
from ...support.shop import PASSWORD, Shop

ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
NEW = "three small words"


def browser_of(app: Flask, name: str = "ana", password: str = PASSWORD, device: str = ANDROID) -> CheckingClient:
    client = open_browser(app)
    client.environ_base["HTTP_USER_AGENT"] = device
    assert client.log_in(name, password).status_code == 302
    return client


def change(client: CheckingClient, present: str, new: str) -> str:
    return client.send("/cuenta/yo/clave/", {"clave_actual": present, "clave_nueva": new}).text


def is_in(client: CheckingClient) -> bool:
    return client.get("/cuenta/yo/").status_code == 200


def actions(app: Flask) -> list[Accion]:
    with app.app_context():
        return list(db.session.scalars(select(Auditoria.accion).order_by(Auditoria.id)))


def ids_to_end(page: str) -> list[str]:
    return re.findall(r'action="/cuenta/yo/sesiones/(\d+)/terminar/"', page)


def test_the_name_is_what_others_read(admin: CheckingClient) -> None:
    assert admin.send("/cuenta/yo/nombre/", {"nombre": "Ana María Gómez"}).location == "/cuenta/yo/"
    page = admin.get("/").text
    assert '<span class="own-menu-name">Ana María Gómez</span>' in page
    swapped = admin.swap("/cuenta/yo/nombre/", {"nombre": "Anita"})
    assert 'hx-target=".own-menu-name" hx-swap="innerHTML">Anita<' in swapped.text
    admin.send("/cuenta/yo/nombre/", {"nombre": ""})
    assert '<span class="own-menu-name">ana</span>' in admin.get("/").text


def test_a_name_that_is_too_long_is_refused(admin: CheckingClient) -> None:
    assert "aria-invalid" in admin.send("/cuenta/yo/nombre/", {"nombre": "x" * 151}).text
    assert admin.swap("/cuenta/yo/nombre/", {"nombre": "x" * 151}).status_code == 422


def test_a_new_password_ends_all_other_sessions(app: Flask, account: int) -> None:
    here, there = browser_of(app), browser_of(app)
    changed = here.send("/cuenta/yo/clave/", {"clave_actual": PASSWORD, "clave_nueva": NEW})
    assert changed.location == "/cuenta/yo/"
    assert is_in(here)
    assert not is_in(there)
    assert there.log_in("ana").status_code == 200
    assert there.log_in("ana", NEW).status_code == 302
    assert {Accion.PASSWORD_CHANGED, Accion.SESSION_ENDED} <= set(actions(app))


@pytest.mark.parametrize(
    ("present", "new"),
    [
        ("wrong", NEW),
        ("", NEW),
        (PASSWORD, ""),
        (PASSWORD, "short"),
        (PASSWORD, "password123"),
        (PASSWORD, "x" * 1001),
    ],
)
def test_one_that_will_not_do_changes_nothing(app: Flask, account: int, present: str, new: str) -> None:
    here, there = browser_of(app), browser_of(app)
    assert "aria-invalid" in change(here, present, new)
    assert is_in(there)
    assert there.log_in("ana").status_code == 302


def test_a_long_password_is_fine(app: Flask, account: int) -> None:
    long = "ñandú " * 160
    change(browser_of(app), PASSWORD, long)
    browser_of(app, password=long)


def test_who_finds_an_open_browser_cannot_guess_the_password(app: Flask, admin: CheckingClient) -> None:
    for _ in range(tries.OF_PERSON.amount):
        change(admin, "wrong", NEW)
    assert "min" in change(admin, PASSWORD, NEW)
    browser_of(app)


def test_language_and_theme_are_the_persons_on_every_device(app: Flask, admin: CheckingClient) -> None:
    admin.send("/cuenta/tema/", {"tema": "dark", "next": "/cuenta/yo/"})
    admin.send("/cuenta/idioma/", {"idioma": "en", "next": "/cuenta/yo/"})
    page = browser_of(app).get("/cuenta/yo/").text
    assert 'data-bs-theme="dark"' in page
    assert 'lang="en"' in page


def test_without_a_log_in_the_theme_is_the_devices(browser: CheckingClient) -> None:
    browser.send("/cuenta/tema/", {"tema": "dark"})
    assert 'data-bs-theme="dark"' in browser.get("/cuenta/entrar/").text


def test_the_sessions_are_listed_with_device_address_and_use(app: Flask, account: int, shop: Shop) -> None:
    shop.add_admin("otra")
    browser_of(app, "otra", device="curl/8.5.0")
    here = browser_of(app)
    browser_of(app, device="Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1")
    page = here.get("/cuenta/yo/", headers={"Accept-Language": "en"}).text
    assert page.index("Safari, iPhone") < page.index("Chrome, Android") < page.index("This device")
    assert "curl" not in page, "the other's is not shown"
    assert "127.0.0.1" in page
    assert "<time" in page
    assert len(ids_to_end(page)) == 1, "this one is ended by logging out"


def test_one_session_is_ended(app: Flask, account: int) -> None:
    here, there = browser_of(app), browser_of(app)
    (other,) = ids_to_end(here.get("/cuenta/yo/").text)
    assert here.send(f"/cuenta/yo/sesiones/{other}/terminar/").location == "/cuenta/yo/"
    assert is_in(here)
    assert not is_in(there)
    assert actions(app)[-1] is Accion.SESSION_ENDED


def test_it_is_ended_in_place(app: Flask, account: int) -> None:
    here, there = browser_of(app), browser_of(app)
    (other,) = ids_to_end(here.get("/cuenta/yo/").text)
    swapped = here.swap(f"/cuenta/yo/sesiones/{other}/terminar/")
    assert 'hx-target="#own-sessions"' in swapped.text
    assert not ids_to_end(swapped.text)
    assert not is_in(there)


def test_all_others_are_ended(app: Flask, account: int) -> None:
    here, others = browser_of(app), [browser_of(app) for _ in range(3)]
    here.send("/cuenta/yo/sesiones/terminar-otras/")
    assert is_in(here)
    assert [is_in(other) for other in others] == [False] * 3


def test_nobody_ends_anothers_session(app: Flask, account: int, seller: CheckingClient) -> None:
    ana = browser_of(app)
    with app.app_context():
        person = db.session.scalars(select(Usuario.id).where(Usuario.usuario == "ana")).one()
        session_id = db.session.scalars(select(Sesion.id).where(Sesion.persona_id == person)).one()
    assert seller.send(f"/cuenta/yo/sesiones/{session_id}/terminar/").status_code == 404
    assert seller.send(f"/cuenta/yo/sesiones/{2**63}/terminar/").status_code == 404
    seller.send("/cuenta/yo/sesiones/terminar-otras/")
    assert is_in(ana)
