"""Who may call what: every URL, tried by everybody. A URL that stands in none of these tables fails the test."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from threading import get_ident
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, inspect, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import listing, services
from clientes_app.campaigns.storing import Schedule
from clientes_app.clients.search.selection import Ticked
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import (
    Alcance,
    Baja,
    Borrador,
    Campo,
    ClienteEtiqueta,
    Etiqueta,
    Importacion,
    OrigenBaja,
    Respuesta,
    Segmento,
    Sesion,
    TipoDeCampo,
    TokenDeApi,
    ValorDeCampo,
)
from clientes_app.people import links
from clientes_app.tokens import services as tokens
from clientes_app.web.access import Access, access

from ..support.checking_client import CheckingClient, open_browser
from ..support.shop import Shop
from ..support.tokens import bearer, make_token

ANYONE = {
    "GET static",
    "GET auth.log_in",
    "POST auth.open_session",
    "POST auth.log_out",
    "POST auth.choose_language",
    "POST auth.choose_theme",
    "POST webhooks.status",
    "POST webhooks.inbound",
    "GET people.show_link",
    "POST people.use_link",
    "GET api.openapi",
    "GET api.docs",
    "GET auth.first_run_form",
    "POST auth.create_first_admin",
    "GET health.alive",
    "GET health.ready",
    "GET health.show_metrics",
    "GET offline.worker",
    "GET offline.page",
    "GET way_out.show",
    "POST way_out.press",
    "PUT way_out.refuse",
    "PATCH way_out.refuse",
    "DELETE way_out.refuse",
    "GET second_factor.ask",
    "POST second_factor.check_code",
    "GET second_factor.ask_recovery_code",
    "POST second_factor.check_recovery_code",
    "POST second_factor.second_step_options",
    "POST second_factor.check_passkey",
    "POST second_factor.log_in_options",
    "POST second_factor.log_in_with_passkey",
    "GET second_factor.set_up_first",
    "POST second_factor.confirm_first",
}
NO_TOKEN_NEEDED = {"POST webhooks.status", "POST webhooks.inbound", "POST way_out.press"}
"""A signature stands in for it, or the code of a message."""
OWN_TOKEN = {"GET health.show_metrics"}
"""To these an API token is as good as none: `tests/health` tells what opens them."""
STAFF = {
    "GET reports.index",
    "GET reports.month",
    "GET reports.campaign",
    "GET reports.clients",
    "GET reports.hours",
    "GET reports.messages",
    "GET reports.purchases",
    "GET reports.opt_outs",
    "GET reports.month_for_programs",
    "GET reports.campaign_for_programs",
    "GET reports.clients_for_programs",
    "GET reports.hours_for_programs",
    "GET home.index",
    "GET home.figures",
    "GET phone.index",
    "GET clients.index",
    "GET schedule.calendar",
    "GET clients.show",
    "GET clients.find",
    "GET clients.list_sales",
    "GET opt_outs.index",
    "GET answers.index",
    "GET answers.list_for_programs",
    "POST answers.mark",
    "POST answers.mark_all",
    "GET answers.confirm_opt_out",
    "POST answers.opt_out",
    "POST clients.stop_messages",
    "GET segments.index",
    "GET opt_outs.export",
    "GET templates.index",
    "GET templates.list_active",
    "POST templates.show_preview",
    "GET campaigns.index",
    "GET campaigns.running",
    "GET campaigns.show",
    "GET campaigns.state",
    "GET campaigns.details",
    "GET campaigns.dot",
    "GET campaigns.messages",
    "GET campaigns.progress",
    "GET campaigns.download_certificate",
    "GET campaigns.print_certificate",
    "GET campaigns.waiting",
    "GET campaigns.decided",
    "GET campaigns.actions",
    "GET schedule.countdown",
    "GET own.index",
    "POST own.rename",
    "POST own.change_password",
    "POST own.end_session",
    "POST own.end_others",
    "GET second_factor.show",
    "POST second_factor.begin_app",
    "GET second_factor.set_up_app",
    "POST second_factor.confirm_app",
    "POST second_factor.remove_app",
    "POST second_factor.renew_codes",
    "POST second_factor.passkey_options",
    "POST second_factor.add_passkey",
    "POST second_factor.remove_passkey",
}
ADMIN = {
    "GET clients.edit_sale",
    "POST clients.save_sale",
    "GET clients.confirm_sale_deletion",
    "POST clients.delete_sale",
    "GET clients.confirm_deletion",
    "POST clients.delete",
    "GET opt_outs.new",
    "GET segments.new",
    "POST segments.create",
    "GET segments.confirm_deletion",
    "POST segments.delete",
    "POST opt_outs.create",
    "GET opt_outs.confirm_removal",
    "POST opt_outs.remove",
    "GET templates.new",
    "POST templates.create",
    "GET templates.edit",
    "POST templates.update",
    "GET templates.confirm_deletion",
    "POST templates.delete",
    "POST templates.set_active",
    "GET campaigns.confirm_sending_again",
    "POST campaigns.send_again",
    "GET clients.choose_tags",
    "POST clients.tag_selected",
    "GET clients.choose_activity",
    "POST clients.set_selected_active",
    "GET clients.confirm_bulk_deletion",
    "POST clients.delete_selected",
    "GET clients.choose_export",
    "POST clients.export_selected",
    "GET clients.list_tags",
    "GET clients.edit_tag",
    "POST clients.rename_tag",
    "GET clients.confirm_tag_deletion",
    "POST clients.delete_tag",
    "GET clients.show_doubles",
    "POST clients.set_apart",
    "GET clients.compare",
    "POST clients.merge",
    "GET importing.index",
    "POST importing.upload",
    "GET importing.columns",
    "POST importing.start_review",
    "POST importing.choose_sheet",
    "GET importing.show",
    "GET importing.progress",
    "POST importing.apply",
    "GET importing.confirm_cancellation",
    "POST importing.cancel",
    "GET importing.confirm_undoing",
    "POST importing.undo",
    "GET importing.rows",
    "POST importing.mend",
    "POST importing.answer",
    "POST importing.answer_all",
    "POST importing.keep_existing",
    "GET importing.rejected",
    "GET privacy.show",
    "GET privacy.download",
    "GET privacy.confirm_erasure",
    "POST privacy.erase",
    "POST clients.take_back",
    "GET people.index",
    "GET people.new",
    "POST people.create",
    "GET people.edit",
    "POST people.save",
    "GET people.confirm_deactivation",
    "POST people.deactivate",
    "POST people.activate",
    "GET people.confirm_removal_of_second_step",
    "POST people.remove_second_step",
    "POST people.make_link",
    "GET audit.index",
    "GET audit.export",
    "GET fields.index",
    "GET fields.new",
    "POST fields.create",
    "GET fields.edit",
    "POST fields.save",
    "POST fields.move",
    "GET fields.confirm_deletion",
    "POST fields.delete",
    "GET shop.index",
    "POST shop.save",
    "GET shop.way_out",
    "POST shop.save_way_out",
    "GET advertising.index",
    "POST advertising.save",
    "POST advertising.add_day",
    "POST advertising.remove_day",
    "GET campaigns.confirm_approval",
    "POST campaigns.approve",
    "GET campaigns.confirm_rejection",
    "POST campaigns.reject",
    "GET tokens.index",
    "GET tokens.new",
    "POST tokens.create",
    "GET tokens.confirm_revocation",
    "POST tokens.revoke",
}
SEND = {
    "GET drafts.begin",
    "POST drafts.begin_for_ticked",
    "GET drafts.compose",
    "POST drafts.save",
    "POST drafts.choose",
    "POST drafts.show_preview",
    "POST drafts.keep_for_review",
    "GET drafts.review",
    "POST drafts.send",
    "GET drafts.confirm_excepting",
    "POST drafts.send_excepted",
    "POST drafts.send_at_once",
    "POST drafts.try_first",
    "GET drafts.show_trial",
    "GET own_numbers.show",
    "POST own_numbers.send_code",
    "POST own_numbers.prove",
    "POST own_numbers.forget",
    "GET drafts.index",
    "GET drafts.confirm_deletion",
    "POST drafts.delete",
    "POST drafts.duplicate",
    "GET drafts.confirm_missing",
    "POST drafts.write_to_missing",
    "POST campaigns.send_sms",
    "GET schedule.edit",
    "POST schedule.change",
    "POST campaigns.pause",
    "POST campaigns.resume",
    "GET campaigns.confirm_cancellation",
    "POST campaigns.cancel",
    "POST campaigns.confirm_arrival",
}
SELL = {
    "POST clients.record_sale",
}
EDIT_CLIENTS = {
    "GET clients.show_dead_numbers",
    "POST clients.stop_writing_to_dead",
    "POST clients.leave_dead",
    "GET clients.new",
    "POST clients.create",
    "POST clients.create_by_json",
    "GET clients.edit",
    "POST clients.save",
    "POST clients.set_active",
    "POST clients.tag_client",
    "POST clients.untag_client",
}
JSON = {
    "answers.list_for_programs",
    "reports.month_for_programs",
    "reports.campaign_for_programs",
    "reports.clients_for_programs",
    "reports.hours_for_programs",
    "clients.create_by_json",
    "clients.find",
    "templates.list_active",
    "campaigns.send_sms",
    "campaigns.state",
    "campaigns.details",
    "api.openapi",
    "second_factor.second_step_options",
    "second_factor.log_in_options",
    "second_factor.passkey_options",
}
WORDS = {
    Access.ANYONE: ANYONE,
    Access.STAFF: STAFF,
    Access.SEND: SEND,
    Access.SELL: SELL,
    Access.EDIT_CLIENTS: EDIT_CLIENTS,
    Access.ADMIN: ADMIN,
}
RIGHTS = {
    "anonymous": {Access.ANYONE},
    "bare": {Access.ANYONE, Access.STAFF},
    "trusted": {Access.ANYONE, Access.STAFF, Access.SEND, Access.SELL, Access.EDIT_CLIENTS},
    "admin": set(Access),
}
"""What each caller may do: nobody we know, a vendedor without rights, one with all of them, the admin."""
NEVER_ENDS = {"GET campaigns.progress"}
SECRET = "Nadie-debe-leer-esto"
FORM = {
    "nombre": "Otro",
    "mensaje": "Hola",
    "telefono": "3001112222",
    "activo": "false",
    "total": "1000",
    "destino": "marcados",
    "q": "Nadie",
    "etiqueta": "Otra",
    "etiqueta_nueva": "Otra",
    "etiqueta_id": "1",
    "activar": "false",
    "formato": "csv",
    "columnas": "nombre",
    "usuario": "alguien",
    "alcances": "read",
    "leida": "true",
    "hasta": "1",
    "dia": "2199-12-04",
    "hora": "10:00",
    "tipo": "texto",
    "hacia": "arriba",
}


def form_for(rule: Rule) -> dict[str, Any]:
    """Return what is sent to an address: of a campaign and of a field, `tipo` says different things."""
    is_campaign = rule.endpoint.partition(".")[0] in {"campaigns", "drafts"}
    return FORM | {"tipo": "publicidad"} if is_campaign else FORM


class House:
    """Two accounts; the first has a row of each kind, which all carry the secret."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        self.app = app
        self.client = shop.add_client(account, f"{SECRET} cliente", "3001234567")
        tag = shop.add(Etiqueta(nombre=f"{SECRET} etiqueta", clave="secreta", usuario_id=account))
        assert tag == self.client, "one id stands for both in the addresses of their blueprint"
        with app.app_context(), unit_of_work() as session:
            session.add(ClienteEtiqueta(etiqueta_id=tag, cliente_id=self.client))
        field = Campo(nombre=f"{SECRET} campo", clave="secreto", tipo=TipoDeCampo.TEXTO, lugar=1, posicion=1)
        field.usuario_id = account
        self.field = shop.add(field)
        with app.app_context(), unit_of_work() as session:
            secret = f"{SECRET} valor"
            session.add(ValorDeCampo(campo_id=self.field, cliente_id=self.client, valor=secret, orden=secret.lower()))
        self.sale = shop.add_sale(account, self.client, 1000, concepto=f"{SECRET} venta")
        self.draft = str(uuid4())
        texts = {"mensaje": f"{SECRET} borrador", "nombre": "", "plantilla": "", "propio": ""}
        shop.add(
            Borrador(
                clave=self.draft,
                campos={**texts, "para": [], "clientes": [self.client]},
                resumen=f"{SECRET} borrador",
                huella="0" * 64,
                creado_por_id=account,
                usuario_id=account,
            )
        )
        self.opt_out = shop.add(
            Baja(telefono_e164="+573009998877", origen=OrigenBaja.MENSAJE, usuario_id=account),
        )
        self.answer = shop.add(
            Respuesta(telefono_e164="+573001234567", mensaje=f"{SECRET} respuesta", usuario_id=account)
        )
        self.imported = shop.add(
            Importacion(nombre_archivo=f"{SECRET}.csv", archivo="0", usuario_id=account, subida_por_id=account)
        )
        self.segment = shop.add(
            Segmento(nombre=f"{SECRET} segmento", busqueda={}, creado_por_id=account, usuario_id=account)
        )
        self.session = shop.add(Sesion(clave_hash="0" * 64, dispositivo=f"{SECRET} curl", persona_id=account))
        self.template = shop.add_template(account, f"{SECRET} plantilla", f"{SECRET} texto")
        self.person = shop.add_seller(account, f"{SECRET} persona")
        with app.test_request_context():
            self.link = links.make_link_for(f"{SECRET} persona", by=NOBODY)
        self.token = shop.add(
            TokenDeApi(
                nombre=f"{SECRET} token",
                clave_hash="0" * 64,
                inicio="cl_secre",
                alcances="read",
                creado_por_id=account,
                usuario_id=account,
            )
        )
        with app.test_request_context():
            draft = services.Draft(Ticked((self.client,)), f"{SECRET} mensaje", f"{SECRET} campaña")
            self.campaign = int(services.create_campaign(account, draft, by=NOBODY).id)
            scheduled = replace(draft, schedule=Schedule(datetime(2199, 12, 1, tzinfo=UTC)))
            self.scheduled = int(services.create_campaign(account, scheduled, by=NOBODY).id)
            self.message = listing.message_page(account, self.campaign, None, None).rows[0].id

    def url(self, rule: Rule) -> str:
        ids = {
            "clients": self.client,
            "templates": self.template,
            "campaigns": self.campaign,
            "drafts": self.campaign,
            "schedule": self.scheduled,
            "opt_outs": self.opt_out,
            "answers": self.answer,
            "segments": self.segment,
            "importing": self.imported,
            "privacy": self.client,
            "people": self.person,
            "tokens": self.token,
            "fields": self.field,
            "own": self.session,
        }
        kind = rule.endpoint.partition(".")[0]
        values: dict[str, Any] = {"pk": ids.get(kind, 1), "row": self.message, "sale": self.sale, "filename": "app.css"}
        values |= {
            "secret": self.link,
            "attempt": "0" * 32,
            "trial_id": self.campaign,
            "key": UUID(self.draft),
            "code": "0000000",
            "day": "2199-12-24",
            "mes": "2026-01",
            "place": 0,
        }
        with self.app.test_request_context():
            adapter = self.app.create_url_adapter(None) or self.app.url_map.bind("localhost")
            return str(adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}))

    def rows(self) -> dict[str, list[Any]]:
        """Return everything that is stored, but when somebody was last seen."""
        with self.app.app_context(), db.engine.connect() as connection:
            schema = inspect(connection)
            found = {}
            for name in schema.get_table_names():
                kept = [column["name"] for column in schema.get_columns(name) if column["name"] != "visto"]
                query = text(f"SELECT {', '.join(kept)} FROM {name}")
                found[name] = sorted(map(str, connection.execute(query)))
            return found

    def call(self, client: CheckingClient, what: str, rule: Rule) -> TestResponse:
        if what.startswith("GET"):
            return client.get(self.url(rule), buffered=True)
        if rule.endpoint in JSON:
            payload = {**form_for(rule), "cliente_ids": [self.client]}
            return client.send_json(self.url(rule), payload)
        data = {
            **form_for(rule),
            "cliente_ids": str(self.client),
            "cliente": str(self.client),
            "plantilla": str(self.template),
        }
        return client.send(self.url(rule), data)


@pytest.fixture
def house(app: Flask, shop: Shop, account: int) -> House:
    return House(app, shop, account)


@pytest.fixture
def other(app: Flask, shop: Shop) -> CheckingClient:
    """The browser of another account's admin."""
    shop.add_admin("otra")
    client = open_browser(app)
    client.log_in("otra")
    return client


def calls(app: Flask) -> list[tuple[str, Rule]]:
    found = []
    for rule in app.url_map.iter_rules():
        found += [(f"{method} {rule.endpoint}", rule) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return found


def without_a_rule(app: Flask) -> list[str]:
    """Return what stands in no table, or in another than it declares."""
    declared = {what: getattr(app.view_functions[rule.endpoint], "access", None) for what, rule in calls(app)}
    return [what for what, who in declared.items() if what not in WORDS.get(who, ())]


def test_every_url_is_classified_as_it_declares(app: Flask) -> None:
    assert without_a_rule(app) == []
    assert {what for what, _ in calls(app)} == set().union(*WORDS.values())
    assert {what.split()[1] for what, rule in calls(app) if is_json(app, rule)} == JSON


def test_a_url_without_a_rule_is_found_and_refused(app: Flask, account: int) -> None:
    app.add_url_rule("/olvidada/", "forgotten", lambda: "")
    app.add_url_rule("/sin-tabla/", "untold", access(Access.STAFF)(lambda: ""))
    assert without_a_rule(app) == ["GET forgotten", "GET untold"]
    admin = open_browser(app)
    admin.log_in("ana")
    assert admin.get("/olvidada/").status_code == 403


def is_json(app: Flask, rule: Rule) -> bool:
    return bool(getattr(app.view_functions[rule.endpoint], "speaks_json", False))


@pytest.fixture
def caller(request: pytest.FixtureRequest, app: Flask, shop: Shop, account: int) -> CheckingClient:
    """The browser of one of those whom `RIGHTS` names."""
    name = str(request.param)
    client = open_browser(app)
    if name == "admin":
        client.log_in("ana")
    elif name != "anonymous":
        trusted = name == "trusted"
        rights = ("puede_enviar", "puede_vender", "puede_editar_clientes")
        shop.add_seller(account, name, **dict.fromkeys(rights, trusted))
        client.log_in(name)
    return client


@pytest.mark.parametrize(("name", "caller"), [(name, name) for name in RIGHTS], indirect=["caller"])
def test_everybody_reaches_what_the_rule_gives(app: Flask, house: House, name: str, caller: CheckingClient) -> None:
    may, may_not = split(app, name)
    before = house.rows()
    for what, rule in may_not:
        check_refusal(house, name, what, rule, caller)
    assert house.rows() == before
    for what, rule in may:
        check_reached(house, what, rule, caller)


def split(app: Flask, name: str) -> tuple[list[tuple[str, Rule]], list[tuple[str, Rule]]]:
    """Return what the caller may call, in an order in which nothing spoils what follows, and what not."""
    allowed = set().union(*(WORDS[right] for right in RIGHTS[name]))
    may = [call for call in calls(app) if call[0] in allowed - NEVER_ENDS]
    may_not = [call for call in calls(app) if call[0] not in allowed]
    return sorted(may, key=lambda call: (call[0] in ANYONE, call[0].startswith("POST"))), may_not


def check_refusal(house: House, name: str, what: str, rule: Rule, caller: CheckingClient) -> None:
    response = house.call(caller, what, rule)
    swapped = caller.swap(house.url(rule), method=what.split(maxsplit=1)[0])
    speaks_json = is_json(house.app, rule)
    if name != "anonymous":
        assert (response.status_code, response.is_json) == (403, speaks_json), what
        assert swapped.status_code == 403, what
    elif speaks_json:
        assert (response.status_code, response.get_json()["success"]) == (401, False), what
        assert swapped.status_code == 401, what
    else:
        assert response.status_code == 302, what
        assert response.location.startswith("/cuenta/entrar/"), what
        # A stream that comes back too late ends; its page then looks again, and is led to the log-in.
        ended = swapped.mimetype == "text/event-stream" and "event: end" in swapped.text
        stays = swapped.status_code == 401 and not what.startswith("GET")
        assert ended or stays or swapped.headers["HX-Redirect"] == "/cuenta/entrar/", what
    assert SECRET not in response.text + swapped.text, what


def check_reached(house: House, what: str, rule: Rule, caller: CheckingClient) -> None:
    response = house.call(caller, what, rule)
    if rule.endpoint.startswith("webhooks.") or rule.endpoint == "health.ready":
        return  # a signature decides, or how the server is, and not a person
    assert response.status_code < 500, what
    assert response.status_code not in (401, 403, 405), what
    assert "/cuenta/entrar/?next=" not in response.headers.get("Location", ""), what
    if what.startswith("GET") and "pk" in rule.arguments:
        assert response.status_code in (200, 302, 409), what


def test_another_admin_reads_changes_and_names_nothing(app: Flask, house: House, other: CheckingClient) -> None:
    before = house.rows()
    for what, rule in calls(app):
        if what in ANYONE:
            continue
        response = house.call(other, what, rule)
        # What nobody of the account has written yet is a blank page, under whichever key.
        blank = {"GET drafts.compose": 200}
        if {"pk", "key"} & set(rule.arguments):
            assert response.status_code == blank.get(what, 404), what
        assert response.status_code != 403, what
        assert SECRET not in response.text, what
        swapped = other.swap(house.url(rule), FORM, method=what.split()[0])
        assert SECRET not in swapped.text, what
    assert {name: [row for row in rows if SECRET in row] for name, rows in house.rows().items()} == {
        name: [row for row in rows if SECRET in row] for name, rows in before.items()
    }
    assert house.rows()["sms_log"] == before["sms_log"]
    assert house.rows()["venta"] == before["venta"]
    assert house.rows()["cliente_etiqueta"] == before["cliente_etiqueta"]


# What a program opens with a token, and the scope that it needs for it; the description needs none.
SCOPES = {
    "GET clients.find": Alcance.READ,
    "POST clients.create_by_json": Alcance.CLIENTS,
    "POST clients.record_sale": Alcance.SALES,
    "GET templates.list_active": Alcance.READ,
    "POST campaigns.send_sms": Alcance.SEND,
    "GET campaigns.state": Alcance.READ,
    "GET campaigns.details": Alcance.READ,
    "GET answers.list_for_programs": Alcance.READ,
    "GET reports.month_for_programs": Alcance.READ,
    "GET reports.campaign_for_programs": Alcance.READ,
    "GET reports.clients_for_programs": Alcance.READ,
    "GET reports.hours_for_programs": Alcance.READ,
}
WITHOUT_SCOPE = {"GET api.openapi"}


def call_with(token: str, house: House, what: str, rule: Rule, place: int = 0) -> TestResponse:
    """Call a URL as a program does, each from an address of its own: failures are counted by address."""
    chosen = {"cliente_ids": [house.client]} if rule.endpoint == "campaigns.send_sms" else {}
    return house.app.test_client().open(
        house.url(rule),
        method=what.partition(" ")[0],
        json=None if what.startswith("GET") else form_for(rule) | chosen,
        headers=bearer(token),
        environ_base={"REMOTE_ADDR": f"2001:db8::{place:x}"},
    )


@pytest.mark.parametrize("sent", [None, "Basic YTpi", "Bearer cl_nothing", "Bearer"])
def test_a_session_without_its_csrf_token_changes_nothing(
    app: Flask, house: House, admin: CheckingClient, sent: str | None
) -> None:
    before = house.rows()
    for place, (what, rule) in enumerate(calls(app)):
        if not what.startswith("POST") or what in NO_TOKEN_NEEDED:
            continue
        headers = {} if sent is None else {"Authorization": sent}
        address = {"REMOTE_ADDR": f"2001:db8::{place:x}"}
        response = admin.post(house.url(rule), data=FORM, headers=headers, environ_base=address)
        assert response.status_code == (401 if (sent or "").startswith("Bearer") else 400), what
    assert house.rows() == before
    assert admin.get("/").status_code == 200, "still logged in"


def test_a_revoked_token_opens_nothing(app: Flask, house: House, account: int) -> None:
    secret = make_token(app, account, *Alcance, name="Revocado")
    with app.test_request_context():
        tokens.revoke_token(account, house.token + 1, by=NOBODY)
    before = house.rows()
    for place, (what, rule) in enumerate(calls(app)):
        if what in OWN_TOKEN:
            continue
        response = call_with(secret, house, what, rule, place)
        assert (response.status_code, response.is_json) == (401, True), what
        assert response.headers["WWW-Authenticate"].startswith("Bearer"), what
    assert house.rows() == before


def test_a_token_without_the_scope_is_told_which(app: Flask, house: House, account: int) -> None:
    lacking = {
        scope: make_token(app, account, *(other for other in Alcance if other is not scope)) for scope in Alcance
    }
    before = house.rows()
    for what, rule in calls(app):
        if what not in SCOPES:
            continue
        response = call_with(lacking[SCOPES[what]], house, what, rule)
        assert (response.status_code, response.is_json) == (403, True), what
        assert SCOPES[what].value in response.get_json()["error"], what
    assert house.rows() == before


def test_a_token_opens_what_its_scope_says_and_never_a_page(app: Flask, house: House, account: int) -> None:
    every = make_token(app, account, *Alcance)
    before = house.rows()
    for what, rule in calls(app):
        if what in SCOPES or what in WITHOUT_SCOPE or what in OWN_TOKEN:
            continue
        response = call_with(every, house, what, rule)
        assert (response.status_code, response.is_json) == (403, True), what
    assert house.rows() == before
    open_to_tokens = {what for what, rule in calls(app) if hasattr(app.view_functions[rule.endpoint], "for_programs")}
    assert open_to_tokens == SCOPES.keys() | WITHOUT_SCOPE
    for what, rule in calls(app):
        if what in WITHOUT_SCOPE:
            assert call_with(every, house, what, rule).status_code == 200, what
        elif what in SCOPES:
            secret = make_token(app, account, SCOPES[what])
            assert call_with(secret, house, what, rule).status_code in (200, 202), what


@pytest.mark.both_databases
def test_no_request_holds_two_connections_at_once(app: Flask, house: House, admin: CheckingClient) -> None:
    # Threads that hold one and wait for a second, as many as there are connections, wait for each other.
    held: Counter[int] = Counter()
    most: Counter[str] = Counter()
    asked = ""

    def take(*_: object) -> None:
        held[get_ident()] += 1
        most[asked] = max(most[asked], held[get_ident()])

    def give_back(*_: object) -> None:
        held[get_ident()] -= 1

    with app.app_context():
        event.listen(db.engine, "checkout", take)
        event.listen(db.engine, "checkin", give_back)
    for what, rule in split(app, "admin")[0]:
        held.clear()
        asked = what
        check_reached(house, what, rule, admin)
    assert [what for what, count in most.items() if count > 1] == []
    assert len(most) > 100
