"""Passkeys: registering one, and logging in with it; a device in the test signs what a browser would ask it to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from clientes_app import create_app
from clientes_app.config import Settings
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Accion, Auditoria, LlaveDeAcceso, Usuario
from clientes_app.models.types import utc_now

from ...support.checking_client import CheckingClient, open_browser
from ...support.second_factor import Device
from ...support.shop import PASSWORD, Shop

STEP, ALONE = "/cuenta/segundo-paso/", "/cuenta/segundo-paso/entrar/"
BESIDE = f"{STEP}llave/"
SETTINGS = f"{STEP}ajustes/"
KEYS = f"{SETTINGS}llaves/"
NEW = {"nombre": "Portátil", "clave": PASSWORD}


@pytest.fixture
def device() -> Device:
    """A device that is unlocked."""
    return Device()


@pytest.fixture
def registered(admin: CheckingClient, device: Device) -> CheckingClient:
    """The browser of `ana`, who registered the device and logged out."""
    assert register(admin, device).status_code == 200
    admin.send("/cuenta/salir/")
    return admin


def options(browser: CheckingClient, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    answer = browser.send(f"{url}opciones/", form or {})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def register(browser: CheckingClient, device: Device) -> TestResponse:
    made = device.make(options(browser, KEYS, NEW))
    return browser.send(KEYS, {**NEW, "credencial": made})


def use(browser: CheckingClient, device: Device, url: str = ALONE, **form: str) -> TestResponse:
    return browser.send(url, {"credencial": device.sign(options(browser, url)), **form})


def is_in(browser: CheckingClient) -> bool:
    return browser.get("/").status_code == 200


def keys(app: Flask) -> list[LlaveDeAcceso]:
    with app.app_context():
        return list(db.session.scalars(select(LlaveDeAcceso)))


def audited(app: Flask) -> list[tuple[Accion, dict[str, str]]]:
    ours = (Accion.PASSKEY_ADDED, Accion.PASSKEY_REMOVED, Accion.LOG_IN_FAILED)
    with app.app_context():
        rows = db.session.scalars(select(Auditoria).order_by(Auditoria.id))
        return [(row.accion, row.detalle) for row in rows if row.accion in ours]


def test_a_person_registers_a_passkey(app: Flask, admin: CheckingClient, device: Device) -> None:
    wanted = options(admin, KEYS, NEW)
    assert wanted["rp"]["id"] == "localhost"
    assert wanted["authenticatorSelection"]["residentKey"] == "required"
    assert wanted["authenticatorSelection"]["userVerification"] == "required"
    answer = admin.send(KEYS, {**NEW, "credencial": device.make(wanted)})
    assert answer.text.count("<li><code>") == 10, "the recovery codes come with it"
    assert "Portátil" in admin.get(SETTINGS).text
    assert audited(app) == [(Accion.PASSKEY_ADDED, {"llave": "Portátil"})]


def test_only_with_the_password(app: Flask, admin: CheckingClient, device: Device) -> None:
    refused = admin.send(f"{KEYS}opciones/", {**NEW, "clave": "wrong"})
    assert (refused.status_code, refused.get_json()["success"]) == (409, False)
    made = device.make({"user": {"id": "MQ"}, "rp": {"id": "localhost"}, "challenge": "AAAA"})
    assert admin.send(KEYS, {**NEW, "credencial": made}).status_code == 409
    assert keys(app) == []


def test_a_device_is_registered_once(app: Flask, admin: CheckingClient, device: Device) -> None:
    register(admin, device)
    assert options(admin, KEYS, NEW)["excludeCredentials"]
    assert register(admin, device).status_code == 409
    assert len(keys(app)) == 1


def test_a_passkey_stands_for_the_password(registered: CheckingClient, device: Device) -> None:
    assert options(registered, ALONE)["userVerification"] == "required"
    assert use(registered, device, next="/clientes/").location == "/clientes/"
    assert is_in(registered)


def test_the_way_on_stays_on_the_site(registered: CheckingClient, device: Device) -> None:
    assert use(registered, device, next="//evil.example/").location == "/"


def test_a_passkey_is_the_second_step(registered: CheckingClient, device: Device) -> None:
    assert registered.log_in("ana").location == STEP
    assert [key["type"] for key in options(registered, BESIDE)["allowCredentials"]] == ["public-key"]
    assert not is_in(registered)
    assert use(registered, device, BESIDE).location == "/"
    assert is_in(registered)


def test_nobody_elses_passkey_is(app: Flask, shop: Shop, registered: CheckingClient, account: int) -> None:
    shop.add_seller(account, "vero")
    registered.log_in("vero")
    hers = Device(credential_id=b"another of sixteen..")
    register(registered, hers)
    registered.send("/cuenta/salir/")
    registered.log_in("ana")
    assert use(registered, hers, BESIDE).location == STEP
    assert not is_in(registered)
    assert audited(app)[-1] == (Accion.LOG_IN_FAILED, {"motivo": "llave_de_acceso"})


def test_it_needs_somebody_who_waits(browser: CheckingClient, account: int) -> None:
    assert browser.send(f"{BESIDE}opciones/").status_code == 409
    assert browser.send(BESIDE, {"credencial": "{}"}).location == "/cuenta/entrar/"


@pytest.mark.parametrize(
    "broken",
    [{"origin": "http://localhost.evil.example"}, {"unlocked": False}, {"handle": "OTk"}, {"credential_id": b"x" * 20}],
    ids=["another site's", "of a device that was not unlocked", "that names another person", "unknown"],
)
def test_a_signature_is_refused(registered: CheckingClient, device: Device, broken: dict[str, Any]) -> None:
    assert use(registered, replace(device, **broken)).location.startswith("/cuenta/entrar/")
    assert not is_in(registered)


def test_one_of_another_key_too(registered: CheckingClient, device: Device) -> None:
    forged = Device(handle=device.handle)
    assert use(registered, forged).location.startswith("/cuenta/entrar/")
    assert not is_in(registered)


@pytest.mark.parametrize("nonsense", ["", "{}", "[1]", "null", "[" * 9000, '{"id": "a", "rawId": "é"}', "x" * 20_001])
def test_nonsense_too(registered: CheckingClient, nonsense: str) -> None:
    options(registered, ALONE)
    assert registered.send(ALONE, {"credencial": nonsense}).location.startswith("/cuenta/entrar/")
    assert not is_in(registered)


def test_parts_of_nonsense_too(registered: CheckingClient, device: Device) -> None:
    wanted = options(registered, ALONE)
    for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        for nonsense in ("", "AAAA", "é", 7, None):
            signed = json.loads(device.sign(wanted))
            signed["response"][part] = nonsense
            if (part, nonsense) == ("userHandle", None):
                continue  # a device need not say whose it is
            options(registered, ALONE)
            answer = registered.send(ALONE, {"credencial": json.dumps(signed)})
            assert answer.status_code == 302, (part, nonsense)
    assert not is_in(registered)


def test_a_replayed_signature_is_refused_even_with_its_cookie(
    app: Flask, registered: CheckingClient, device: Device
) -> None:
    signed = device.sign(options(registered, ALONE))
    cookie = registered.get_cookie("sessionid")
    assert cookie
    assert registered.send(ALONE, {"credencial": signed}).location == "/"
    thief = open_browser(app)
    thief.set_cookie("sessionid", cookie.value)
    thief.get("/cuenta/entrar/")
    assert thief.send(ALONE, {"credencial": signed}).location.startswith("/cuenta/entrar/")
    assert not is_in(thief)


def test_a_challenge_lasts_five_minutes(registered: CheckingClient, device: Device) -> None:
    signed = device.sign(options(registered, ALONE))
    with registered.session_transaction() as session:
        old = (utc_now() - timedelta(minutes=5, seconds=1)).isoformat()
        session["reto"] = {**session["reto"], "desde": old}
    assert registered.send(ALONE, {"credencial": signed}).location.startswith("/cuenta/entrar/")


def test_a_challenge_is_for_one_purpose(registered: CheckingClient, device: Device) -> None:
    registered.log_in("ana")
    signed = device.sign(options(registered, ALONE))
    assert registered.send(BESIDE, {"credencial": signed}).location == STEP


def test_the_counter_must_go_forward(app: Flask, registered: CheckingClient, device: Device) -> None:
    device.counter = 5
    assert use(registered, device).location == "/"
    registered.send("/cuenta/salir/")
    device.counter = 5
    assert use(registered, device).location.startswith("/cuenta/entrar/"), "a copy of the device"
    device.counter = 6
    assert use(registered, device).location == "/"
    assert keys(app)[0].contador == 6


def test_who_was_deactivated_stays_out(app: Flask, registered: CheckingClient, device: Device, account: int) -> None:
    with app.app_context(), unit_of_work() as session:
        session.get_one(Usuario, account).activo = False
    assert use(registered, device).location.startswith("/cuenta/entrar/")


def test_removing_one_asks_for_the_password(app: Flask, admin: CheckingClient, device: Device) -> None:
    register(admin, device)
    form = {"llave": str(keys(app)[0].id)}
    assert "aria-invalid" in admin.send(f"{KEYS}quitar/", {**form, "clave": "wrong"}).text
    assert len(keys(app)) == 1
    assert admin.send(f"{KEYS}quitar/", {**form, "clave": PASSWORD}).location == SETTINGS
    assert keys(app) == []
    assert audited(app)[-1] == (Accion.PASSKEY_REMOVED, {"llave": "Portátil"})
    admin.send("/cuenta/salir/")
    assert admin.log_in("ana").location == "/"


def test_nobody_removes_anothers(app: Flask, admin: CheckingClient, seller: CheckingClient, device: Device) -> None:
    register(admin, device)
    form = {"llave": str(keys(app)[0].id), "clave": PASSWORD}
    assert seller.send(f"{KEYS}quitar/", form).status_code == 404
    assert len(keys(app)) == 1


def test_the_public_address_is_the_passkeys_site(settings: Settings, shop: Shop, account: int) -> None:
    public = create_app(replace(settings, public_base_url="https://tienda.example"))
    public.test_client_class = CheckingClient
    browser = open_browser(public)
    browser.log_in("ana")
    assert options(browser, KEYS, NEW)["rp"]["id"] == "tienda.example"
    assert register(browser, Device()).status_code == 400, "made at localhost"
    assert register(browser, Device(origin="https://tienda.example")).status_code == 200
    with public.app_context():
        db.engine.dispose()


def test_an_address_without_a_name_has_none(settings: Settings) -> None:
    numbered = create_app(replace(settings, public_base_url="http://127.0.0.1:8000"))
    numbered.test_client_class = CheckingClient
    browser = open_browser(numbered)
    assert browser.send(f"{ALONE}opciones/").status_code == 409
    with numbered.app_context():
        db.engine.dispose()
