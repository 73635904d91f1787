"""Sessions are kept by the server: which cookies still open one, and what keeps it awake."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.clients.search.criteria import Search
from clientes_app.config import Settings
from clientes_app.extensions import db, unit_of_work
from clientes_app.live import feed
from clientes_app.models import Accion, Auditoria, Cliente, Sesion, Usuario
from clientes_app.models.types import utc_now
from clientes_app.settings import flask_config, replace_settings

from ..support.checking_client import CheckingClient, open_browser
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases


def copy_of(app: Flask, client: CheckingClient) -> CheckingClient:
    """Another browser with the same cookie: stolen."""
    cookie = client.get_cookie("sessionid")
    assert cookie is not None
    thief = open_browser(app)
    thief.set_cookie("sessionid", cookie.value)
    return thief


def is_in(client: CheckingClient) -> bool:
    return client.get("/clientes/bajas/").status_code == 200


def move(app: Flask, **moments: datetime) -> None:
    """Move the times of every session."""
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Sesion).values(**moments))


def rows(app: Flask, query: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(query))


def ago(**time: float) -> datetime:
    return utc_now() - timedelta(**time)


def test_a_stolen_cookie_is_worth_nothing_after_the_log_out(app: Flask, admin: CheckingClient) -> None:
    thief = copy_of(app, admin)
    assert is_in(thief)
    admin.send("/cuenta/salir/")
    assert not is_in(thief)


def test_the_cookie_changes_at_log_in_and_the_one_before_is_worth_nothing(app: Flask, admin: CheckingClient) -> None:
    before = copy_of(app, admin)
    admin.log_in("ana")
    assert is_in(admin)
    assert not is_in(before)


def test_a_cookie_without_the_secret_opens_nothing(app: Flask, admin: CheckingClient) -> None:
    with admin.session_transaction() as session:
        session["secreto"] = "guessed"
    assert not is_in(admin)


def test_the_secret_of_one_person_is_not_anothers(app: Flask, admin: CheckingClient, seller: CheckingClient) -> None:
    with seller.session_transaction() as session:
        secret = session["secreto"]
    with admin.session_transaction() as session:
        session["secreto"] = secret
    assert not is_in(admin)


def test_the_database_holds_no_secret(app: Flask, admin: CheckingClient) -> None:
    with admin.session_transaction() as session:
        secret = session["secreto"]
    assert secret not in rows(app, select(Sesion.clave_hash))


def test_an_ended_session_is_refused(app: Flask, admin: CheckingClient) -> None:
    with app.app_context(), unit_of_work() as session:
        session.delete(session.scalars(select(Sesion)).one())
    response = admin.get("/clientes/")
    assert response.location == "/cuenta/entrar/?next=/clientes/"


class TestAfterTheSession:
    """What a person is told whose session ended while a page was open."""

    @pytest.fixture(autouse=True)
    def over(self, app: Flask, admin: CheckingClient) -> None:
        admin.get("/")
        with app.app_context(), unit_of_work() as session:
            session.delete(session.scalars(select(Sesion)).one())

    def test_a_page_leads_to_the_log_in_which_says_why(self, admin: CheckingClient) -> None:
        assert admin.get("/clientes/?q=ana").location == "/cuenta/entrar/?next=/clientes/?q%3Dana"
        assert "Tu sesión terminó. Entra de nuevo." in admin.get("/cuenta/entrar/").text

    def test_a_fragment_leads_back_to_its_page(self, admin: CheckingClient) -> None:
        asked = admin.get(
            "/clientes/", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/clientes/?q=a"}
        )
        assert asked.headers["HX-Redirect"] == "/cuenta/entrar/?next=/clientes/?q%3Da"

    def test_what_was_typed_in_a_dialog_stays(self, app: Flask, admin: CheckingClient) -> None:
        refused = admin.swap("/clientes/nuevo/", {"nombre": "Rosa"})
        assert (refused.status_code, refused.headers["HX-Retarget"]) == (401, "#flashes")
        assert "esto no se hizo" in refused.text
        assert 'href="/cuenta/entrar/"' in refused.text
        assert rows(app, select(Cliente.nombre)) == []

    @pytest.mark.parametrize(
        ("came_from", "leads_to"),
        [
            ("http://localhost/clientes/nuevo/?x=1", "/cuenta/entrar/?next=/clientes/nuevo/?x%3D1"),
            ("http://localhost/clientes/campanas/revisar/", "/cuenta/entrar/"),
            ("http://evil.example/clientes/", "/cuenta/entrar/"),
        ],
    )
    @pytest.mark.parametrize("token", [True, False])
    def test_a_form_of_a_page_says_that_nothing_was_saved(
        self, admin: CheckingClient, came_from: str, leads_to: str, token: bool
    ) -> None:
        headers = {"Referer": came_from} | ({"X-CSRFToken": admin.token()} if token else {})
        assert admin.post("/clientes/nuevo/", data={"nombre": "Rosa"}, headers=headers).location == leads_to
        assert "Tu sesión terminó y esto no se hizo." in admin.get("/cuenta/entrar/").text


@pytest.mark.parametrize(
    ("begun", "seen", "lives"),
    [
        ({"hours": 11, "minutes": 59}, {"minutes": 1}, True),
        ({"hours": 12, "minutes": 1}, {"minutes": 1}, False),
        ({"hours": 3}, {"hours": 1, "minutes": 59}, True),
        ({"hours": 3}, {"hours": 2, "minutes": 1}, False),
    ],
)
def test_a_session_lives_12_hours_and_2_without_use(
    app: Flask, admin: CheckingClient, begun: dict[str, int], seen: dict[str, int], lives: bool
) -> None:
    move(app, creado=ago(**begun), visto=ago(**seen))
    assert is_in(admin) is lives


def test_a_person_who_may_no_longer_come_is_refused_everywhere_at_once(
    app: Flask, admin: CheckingClient, account: int
) -> None:
    elsewhere = open_browser(app)
    elsewhere.log_in("ana")
    with app.app_context(), unit_of_work() as session:
        session.get_one(Usuario, account).activo = False
    assert not is_in(admin)
    assert not is_in(elsewhere)
    refused = open_browser(app).log_in("ana")
    assert refused.status_code == 200
    assert "aria-invalid" in refused.text


def test_sessions_that_are_over_are_swept_when_somebody_logs_in(app: Flask, admin: CheckingClient) -> None:
    move(app, visto=ago(hours=3))
    open_browser(app).log_in("ana")
    assert len(rows(app, select(Sesion.id))) == 1


def test_what_a_person_does_keeps_the_session_awake(app: Flask, admin: CheckingClient) -> None:
    move(app, visto=ago(hours=1))
    admin.get("/clientes/")
    (seen,) = rows(app, select(Sesion.visto))
    assert seen > ago(minutes=1)
    (person_seen,) = rows(app, select(Usuario.visto))
    assert person_seen == seen


def test_it_is_noted_once_a_minute(app: Flask, admin: CheckingClient) -> None:
    noted = ago(seconds=30)
    move(app, visto=noted)
    admin.get("/clientes/")
    assert rows(app, select(Sesion.visto)) == [noted]


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("/", {"HX-Request": "true", "HX-Request-Type": "partial"}),
        ("/clientes/campanas/en-curso/", {}),
        ("/clientes/campanas/{campaign}/acciones/", {}),
        ("/clientes/campanas/{campaign}/estado/", {}),
        ("/clientes/campanas/{campaign}/mensajes/", {"HX-Request": "true", "HX-Source": "section#messages"}),
        ("/clientes/campanas/{campaign}/progreso/", {}),
    ],
)
def test_polling_and_streams_do_not(
    app: Flask, admin: CheckingClient, campaign: int, url: str, headers: dict[str, str]
) -> None:
    noted = ago(hours=1)
    move(app, visto=noted)
    response = admin.get(url.format(campaign=campaign), headers=headers, buffered=False)
    response.close()
    assert response.status_code == 200
    assert rows(app, select(Sesion.visto)) == [noted]


def test_a_stream_ends_with_its_session(
    app: Flask, admin: CheckingClient, campaign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(feed, "SESSION_CHECK_SECONDS", 0.05)
    stream = admin.get(f"/clientes/campanas/{campaign}/progreso/", buffered=False)
    events = iter(stream.response)
    for _ in range(4):
        next(events)
    with app.app_context(), unit_of_work() as session:
        session.delete(session.scalars(select(Sesion)).one())
    *_, last = (bytes(event).decode() for event in events)
    stream.close()
    assert last == "event: end\ndata: \n\n", "so the page looks again"


def test_a_stream_that_comes_back_without_a_session_ends_at_once(browser: CheckingClient, campaign: int) -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "Accept": "text/html, text/event-stream"}
    stream = browser.get(f"/clientes/campanas/{campaign}/progreso/", headers=headers)
    assert stream.text == "event: end\ndata: \n\n"


@pytest.fixture
def campaign(app: Flask, shop: Shop, account: int) -> int:
    """A campaign that waits: nobody sends."""
    shop.add_client(account)
    with app.test_request_context():
        return int(services.create_campaign(account, services.Draft(Search(), "Hola"), by=NOBODY).id)


def test_what_happens_stands_in_the_audit(app: Flask, browser: CheckingClient, account: int) -> None:
    browser.log_in("ana", "wrong")
    browser.log_in("nobody", "wrong")
    browser.log_in("ana")
    browser.send("/cuenta/salir/")
    entries = rows(app, select(Auditoria).order_by(Auditoria.id))
    assert [(entry.accion, entry.persona) for entry in entries] == [
        (Accion.LOG_IN_FAILED, "ana"),
        (Accion.LOG_IN_FAILED, ""),
        (Accion.LOGGED_IN, "ana"),
        (Accion.LOGGED_OUT, "ana"),
    ]
    assert {entry.direccion for entry in entries} == {"127.0.0.1"}


def test_a_request_looks_the_session_up_once(app: Flask, admin: CheckingClient) -> None:
    asked: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    admin.get("/clientes/campanas/en-curso/")
    assert len([statement for statement in asked if "sesion" in statement]) == 1
    assert not [statement for statement in asked if "UPDATE" in statement]


def test_keys_may_change_while_people_are_logged_in(app: Flask, settings: Settings, admin: CheckingClient) -> None:
    token = admin.token()
    rotated = dataclasses.replace(settings, secret_key="a new key", secret_key_fallbacks=(settings.secret_key,))
    app.config.update(flask_config(rotated))
    replace_settings(app, rotated)
    assert is_in(admin)
    assert admin.post("/cuenta/tema/", data={"tema": "dark"}, headers={"X-CSRFToken": token}).status_code == 302
    forgotten = dataclasses.replace(settings, secret_key="a new key")
    app.config.update(flask_config(forgotten))
    assert not is_in(admin), "an old key that is no longer named opens nothing"
