"""API tokens: how an admin makes and revokes them, and what a program can do with one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Accion, Alcance, Auditoria, CampanaSMS, Cliente, TokenDeApi, Usuario
from clientes_app.models.types import utc_now
from clientes_app.tokens import services
from clientes_app.tokens.bearer import FAILURES
from clientes_app.web.actor import current_actor

from ..support.checking_client import CheckingClient
from ..support.shop import Shop
from ..support.tokens import bearer, make_token

TEMPLATES = "/clientes/plantillas-sms/"
CREATE = "/clientes/crear/ajax/"
SEND = "/clientes/enviar-sms/"
LAURA = {"nombre": "Laura Méndez", "telefono": "3001234567"}
ALL = list(Alcance)
POSTS = ("/cuenta/salir/", "/clientes/nuevo/", CREATE, SEND, "/ajustes/tokens/nuevo/")


@pytest.fixture
def program(app: Flask) -> CheckingClient:
    """A client without cookies."""
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    return client


@pytest.fixture
def token(app: Flask, account: int) -> str:
    """A token of `ana` with every scope."""
    return make_token(app, account, *ALL)


def stored(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(select(model).order_by(model.id)))


def secrets_in(text: str) -> list[str]:
    return re.findall(r"cl_[\w-]{43}", text)


class TestPages:
    """Settings, API."""

    def test_a_token_is_shown_once_and_stored_as_a_hash(self, admin: CheckingClient, app: Flask) -> None:
        made = admin.send("/ajustes/tokens/nuevo/", {"nombre": "Caja", "alcances": ["read", "send"]})
        (secret,) = secrets_in(made.text)
        assert made.headers["Cache-Control"] == "no-store"
        (token,) = stored(app, TokenDeApi)
        assert (token.nombre, token.alcances, token.revocado) == ("Caja", "read send", None)
        assert len(token.clave_hash) == 64
        assert not [value for value in vars(token).values() if secret in str(value)]
        listed = admin.get("/ajustes/tokens/").text
        assert secret[:8] in listed
        assert secret[:12] not in listed
        assert "Caja" in listed

    def test_two_tokens_differ(self, app: Flask, account: int) -> None:
        assert make_token(app, account) != make_token(app, account)

    def test_with_htmx_the_dialog_shows_it_and_the_list_has_it(self, admin: CheckingClient) -> None:
        answer = admin.swap("/ajustes/tokens/nuevo/", {"nombre": "Caja", "alcances": "read"})
        assert len(secrets_in(answer.text)) == 1
        assert 'hx-target="#tokens"' in answer.text

    @pytest.mark.parametrize(
        "fields",
        [
            {"nombre": "", "alcances": "read"},
            {"nombre": "x" * 61, "alcances": "read"},
            {"nombre": "Caja"},
            {"nombre": "Caja", "alcances": "everything"},
        ],
    )
    def test_a_wrong_form_comes_back(self, admin: CheckingClient, app: Flask, fields: dict[str, str]) -> None:
        assert admin.send("/ajustes/tokens/nuevo/", fields).status_code == 200
        answer = admin.swap("/ajustes/tokens/nuevo/", fields)
        assert (answer.status_code, "invalid-feedback" in answer.text) == (422, True)
        assert stored(app, TokenDeApi) == []

    def test_revoking_names_the_token_and_happens_once(
        self, admin: CheckingClient, program: CheckingClient, token: str
    ) -> None:
        assert program.get(TEMPLATES, headers=bearer(token)).status_code == 200
        assert "Prueba" in admin.get("/ajustes/tokens/1/revocar/").text
        assert admin.send("/ajustes/tokens/1/revocar/").location == "/ajustes/tokens/"
        assert program.get(TEMPLATES, headers=bearer(token)).status_code == 401
        assert admin.send("/ajustes/tokens/1/revocar/").status_code == 409

    def test_it_stands_in_the_audit(self, admin: CheckingClient, app: Flask) -> None:
        admin.send("/ajustes/tokens/nuevo/", {"nombre": "Caja", "alcances": "read"})
        admin.send("/ajustes/tokens/1/revocar/")
        written = [row for row in stored(app, Auditoria) if row.cosa == "token_de_api"]
        assert [(row.accion, row.cosa_nombre, row.persona) for row in written] == [
            (Accion.TOKEN_CREATED, "Caja", "ana"),
            (Accion.TOKEN_REVOKED, "Caja", "ana"),
        ]

    def test_another_accounts_tokens_are_not_there(self, admin: CheckingClient, app: Flask, shop: Shop) -> None:
        make_token(app, shop.add_admin("otra"))
        assert "Prueba" not in admin.get("/ajustes/tokens/").text
        assert admin.get("/ajustes/tokens/1/revocar/").status_code == 404
        assert admin.send("/ajustes/tokens/1/revocar/").status_code == 404


class TestPrograms:
    """Requests with a token and nothing else."""

    def test_it_does_what_its_scopes_say(
        self, program: CheckingClient, token: str, app: Flask, account: int, simulator: Any
    ) -> None:
        assert program.get(TEMPLATES, headers=bearer(token)).get_json() == {"success": True, "plantillas": []}
        created = program.post(CREATE, json=LAURA, headers=bearer(token)).get_json()["cliente"]
        order = {"cliente_ids": [created["id"]], "mensaje": "Hola {nombre}"}
        sent = program.post(SEND, json=order, headers=bearer(token))
        assert sent.status_code == 202
        state = program.get(f"/clientes/campanas/{sent.get_json()['campana_id']}/estado/", headers=bearer(token))
        assert state.get_json()["total_clientes"] == 1
        (campaign,) = stored(app, CampanaSMS)
        assert (campaign.usuario_id, campaign.enviada_por_id) == (account, account)

    def test_it_sees_its_own_account_only(self, program: CheckingClient, token: str, shop: Shop, account: int) -> None:
        shop.add_template(shop.add_admin("otra"), "Ajena")
        shop.add_template(account, "Propia")
        listed = program.get(TEMPLATES, headers=bearer(token)).get_json()["plantillas"]
        assert [template["nombre"] for template in listed] == ["Propia"]

    @pytest.mark.parametrize(
        ("scope", "opens"), [(Alcance.READ, [TEMPLATES]), (Alcance.CLIENTS, [CREATE]), (Alcance.SEND, [SEND])]
    )
    def test_a_wrong_scope_is_refused_and_named(
        self, program: CheckingClient, app: Flask, account: int, scope: Alcance, opens: list[str]
    ) -> None:
        headers = bearer(make_token(app, account, scope))
        for url, needed in ((TEMPLATES, "read"), (CREATE, "clients"), (SEND, "send")):
            answer = program.open(url, method="GET" if url == TEMPLATES else "POST", json={}, headers=headers)
            if url in opens:
                assert answer.status_code in (200, 400)
                continue
            assert answer.status_code == 403
            assert needed in answer.get_json()["error"]
            assert f'scope="{needed}"' in answer.headers["WWW-Authenticate"]

    @pytest.mark.parametrize(
        "sent", ["Bearer", "Bearer ", "Bearer x", "bearer cl_" + "A" * 43, "Bearer a=b", "Bearer ñ"]
    )
    def test_what_is_no_token_is_refused(self, program: CheckingClient, token: str, sent: str) -> None:
        answer = program.get(TEMPLATES, headers={"Authorization": sent})
        assert (answer.status_code, answer.get_json()["success"]) == (401, False)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_the_name_of_the_scheme_may_be_written_anyhow(self, program: CheckingClient, token: str) -> None:
        assert program.get(TEMPLATES, headers={"Authorization": f"bEARER {token}"}).status_code == 200

    def test_the_hash_is_no_token(self, program: CheckingClient, token: str, app: Flask) -> None:
        (row,) = stored(app, TokenDeApi)
        assert program.get(TEMPLATES, headers=bearer(row.clave_hash)).status_code == 401

    def test_a_token_whose_maker_may_not_log_in_is_refused(
        self, program: CheckingClient, token: str, app: Flask, account: int
    ) -> None:
        with app.app_context(), unit_of_work() as session:
            session.get_one(Usuario, account).activo = False
        assert program.get(TEMPLATES, headers=bearer(token)).status_code == 401

    def test_no_page_opens_to_it(self, program: CheckingClient, token: str) -> None:
        for url in ("/", "/clientes/", "/cuenta/entrar/", "/ajustes/tokens/", "/api/docs/", "/static/app.css"):
            answer = program.get(url, headers=bearer(token))
            assert (answer.status_code, answer.is_json) == (403, True), url

    def test_what_is_nowhere_is_said_as_json(self, program: CheckingClient, token: str) -> None:
        assert program.get("/nowhere/", headers=bearer(token)).get_json()["success"] is False
        assert program.get("/nowhere/", headers=bearer("x")).status_code == 401
        assert program.get(CREATE, headers=bearer(token)).status_code == 405

    def test_answers_set_no_cookie_and_are_kept_by_no_cache(self, program: CheckingClient, token: str) -> None:
        for sent, url in ((token, TEMPLATES), (token, "/"), ("x", TEMPLATES), (token, "/nowhere/")):
            answer = program.get(url, headers=bearer(sent))
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"
            assert {"Authorization", "Cookie"} <= set(answer.vary)

    def test_its_use_is_noted_once_a_minute(self, program: CheckingClient, token: str, app: Flask) -> None:
        def used_after_a_request() -> Any:
            program.get(TEMPLATES, headers=bearer(token))
            return stored(app, TokenDeApi)[0].usado

        assert stored(app, TokenDeApi)[0].usado is None
        first = used_after_a_request()
        assert utc_now() - first < timedelta(seconds=30)
        assert used_after_a_request() == first
        with app.app_context(), unit_of_work() as session:
            session.execute(update(TokenDeApi).values(usado=first - timedelta(minutes=2)))
        assert used_after_a_request() >= first

    def test_what_is_refused_does_not_count_as_use(self, program: CheckingClient, app: Flask, account: int) -> None:
        headers = bearer(make_token(app, account, Alcance.READ))
        program.post(CREATE, json=LAURA, headers=headers)
        program.get("/", headers=headers)
        assert stored(app, TokenDeApi)[0].usado is None

    def test_the_audit_names_it(self, program: CheckingClient, token: str, app: Flask, account: int) -> None:
        with app.test_request_context(headers=bearer(token)):
            app.preprocess_request()
            services.create_token(account, "Otro", [Alcance.READ], by=current_actor())
        assert [row.token for row in stored(app, Auditoria)][-1] == "Prueba"

    def test_failures_are_throttled_by_address_and_keep_nobody_else_out(
        self, program: CheckingClient, token: str
    ) -> None:
        def get(sent: str, address: str = "192.0.2.1") -> TestResponse:
            return program.get(TEMPLATES, headers=bearer(sent), environ_base={"REMOTE_ADDR": address})

        assert {get("x").status_code for _ in range(FAILURES.amount)} == {401}
        refused = get("x")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
        assert get(token).status_code == 200
        assert get("x", "192.0.2.2").status_code == 401


class TestBesideASession:
    """A token and a cookie in one request, and what CSRF protection makes of it."""

    def test_the_token_alone_says_who_it_is(self, admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
        other = shop.add_admin("otra")
        shop.add_template(other, "De otra")
        listed = admin.get(TEMPLATES, headers=bearer(make_token(app, other, *ALL))).get_json()["plantillas"]
        assert [template["nombre"] for template in listed] == ["De otra"]
        assert admin.get("/").status_code == 200, "the session goes on"

    def test_the_session_lends_no_right_to_a_token(self, admin: CheckingClient, app: Flask, account: int) -> None:
        headers = bearer(make_token(app, account, Alcance.READ)) | {"X-CSRFToken": admin.token()}
        assert admin.post(CREATE, json=LAURA, headers=headers).status_code == 403
        assert admin.get("/clientes/", headers=headers).status_code == 403
        assert stored(app, Cliente) == []

    @pytest.mark.parametrize("url", POSTS)
    @pytest.mark.parametrize(
        "sent", [None, "Basic YTpi", "Bearer", "Bearer nonsense", "Bearer cl_" + "A" * 43, "cl_x", ""]
    )
    def test_a_cookie_without_a_good_token_never_passes(
        self, admin: CheckingClient, app: Flask, url: str, sent: str | None
    ) -> None:
        headers = {} if sent is None else {"Authorization": sent}
        answer = admin.post(url, json=LAURA, headers=headers)
        assert answer.status_code == (401 if (sent or "").startswith("Bearer") else 400)
        assert stored(app, Cliente) == stored(app, TokenDeApi) == []
        assert admin.get("/").status_code == 200, "still logged in"

    def test_another_scheme_leaves_the_session_as_it_is(self, admin: CheckingClient) -> None:
        headers = {"Authorization": "Basic YTpi"}
        assert admin.get("/", headers=headers).status_code == 200
        assert admin.send_json(CREATE, LAURA, **headers).status_code == 200
