"""Who may call what: every URL, tried by everybody. A URL that stands in none of these tables fails the test."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from clientes_app.campaigns import services
from clientes_app.clients.selection import Ticked
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Baja, ClienteEtiqueta, Etiqueta, Importacion, OrigenBaja, Segmento
from clientes_app.security import Access

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

ANYONE = {
    "GET static",
    "GET auth.log_in",
    "POST auth.open_session",
    "POST auth.log_out",
    "POST auth.choose_language",
    "POST auth.choose_theme",
    "POST webhooks.status",
    "POST webhooks.inbound",
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
STAFF = {
    "GET home.index",
    "GET phone.index",
    "GET clients.index",
    "GET clients.show",
    "GET clients.list_sales",
    "GET opt_outs.index",
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
    "GET campaigns.messages",
    "GET campaigns.progress",
    "GET campaigns.certificate",
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
    "GET importing.rejected",
}
SEND = {
    "GET campaigns.compose",
    "POST campaigns.compose_for_ticked",
    "POST campaigns.review",
    "POST campaigns.send",
    "POST campaigns.send_sms",
    "POST campaigns.pause",
    "POST campaigns.resume",
    "GET campaigns.confirm_cancellation",
    "POST campaigns.cancel",
    "GET campaigns.actions",
    "POST campaigns.confirm_arrival",
    "GET campaigns.retry_failed",
}
SELL = {
    "POST clients.record_sale",
}
EDIT_CLIENTS = {
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
    "clients.create_by_json",
    "templates.list_active",
    "campaigns.send_sms",
    "campaigns.state",
    "campaigns.details",
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
# What the specification lets a vendedor do, and what it does not.
USUAL = STAFF | SEND | SELL
UNUSUAL = EDIT_CLIENTS | ADMIN
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
}


class House:
    """Two accounts; the first has a row of each kind, which all carry the secret."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        self.app = app
        self.client = shop.add_client(account, f"{SECRET} cliente", "3001234567")
        tag = shop.add(Etiqueta(nombre=f"{SECRET} etiqueta", clave="secreta", usuario_id=account))
        assert tag == self.client, "one id stands for both in the addresses of their blueprint"
        with app.app_context(), unit_of_work() as session:
            session.add(ClienteEtiqueta(etiqueta_id=tag, cliente_id=self.client))
        self.opt_out = shop.add(
            Baja(telefono_e164="+573009998877", origen=OrigenBaja.MENSAJE, usuario_id=account),
        )
        self.imported = shop.add(
            Importacion(nombre_archivo=f"{SECRET}.csv", archivo="0", usuario_id=account, subida_por_id=account)
        )
        self.segment = shop.add(
            Segmento(nombre=f"{SECRET} segmento", busqueda={}, creado_por_id=account, usuario_id=account)
        )
        self.template = shop.add_template(account, f"{SECRET} plantilla", f"{SECRET} texto")
        with app.test_request_context():
            draft = services.Draft(Ticked((self.client,)), f"{SECRET} mensaje", f"{SECRET} campaña")
            self.campaign = int(services.create_campaign(account, account, draft).id)
            self.message = services.messages(account, self.campaign, None, None, 1)[0].id

    def url(self, rule: Rule) -> str:
        ids = {
            "clients": self.client,
            "templates": self.template,
            "campaigns": self.campaign,
            "opt_outs": self.opt_out,
            "segments": self.segment,
            "importing": self.imported,
        }
        kind = rule.endpoint.partition(".")[0]
        values: dict[str, Any] = {"pk": ids.get(kind, 1), "row": self.message, "filename": "app.css"}
        with self.app.test_request_context():
            adapter = self.app.create_url_adapter(None) or self.app.url_map.bind("localhost")
            return str(adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}))

    def rows(self) -> dict[str, list[Any]]:
        """Answer everything that is stored."""
        with self.app.app_context(), db.engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            return {name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")))) for name in tables}

    def call(self, client: CheckingClient, what: str, rule: Rule) -> TestResponse:
        if what.startswith("GET"):
            return client.get(self.url(rule), buffered=True)
        if rule.endpoint in JSON:
            payload = {**FORM, "cliente_ids": [self.client]}
            return client.send_json(self.url(rule), payload)
        data = {**FORM, "cliente_ids": str(self.client), "cliente": str(self.client), "plantilla": str(self.template)}
        return client.send(self.url(rule), data)


@pytest.fixture
def house(app: Flask, shop: Shop, account: int) -> House:
    return House(app, shop, account)


@pytest.fixture
def other(app: Flask, shop: Shop) -> CheckingClient:
    """The browser of another account's admin."""
    shop.add_admin("otra")
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    client.log_in("otra")
    return client


def calls(app: Flask) -> list[tuple[str, Rule]]:
    found = []
    for rule in app.url_map.iter_rules():
        found += [(f"{method} {rule.endpoint}", rule) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return found


def test_every_url_is_classified_as_it_declares(app: Flask) -> None:
    for what, rule in calls(app):
        declared = getattr(app.view_functions[rule.endpoint], "access", None)
        assert declared is not None, f"{what} declares no access"
        assert what in WORDS[declared], f"{what} is not classified as {declared}"
    assert {what for what, _ in calls(app)} == set().union(*WORDS.values())
    assert {what.split()[1] for what, rule in calls(app) if is_json(app, rule)} == JSON


def is_json(app: Flask, rule: Rule) -> bool:
    return bool(getattr(app.view_functions[rule.endpoint], "speaks_json", False))


def test_an_anonymous_caller_reaches_nothing(app: Flask, house: House, browser: CheckingClient) -> None:
    before = house.rows()
    for what, rule in calls(app):
        if what in ANYONE:
            continue
        response = house.call(browser, what, rule)
        if is_json(app, rule):
            assert (response.status_code, response.get_json()["success"]) == (401, False), what
        else:
            assert response.status_code == 302, what
            assert response.location.startswith("/cuenta/entrar/"), what
        assert SECRET not in response.text, what
    assert house.rows() == before


def test_a_vendedor_does_no_admins_work(app: Flask, house: House, seller: CheckingClient) -> None:
    before = house.rows()
    for what, rule in calls(app):
        if what not in UNUSUAL:
            continue
        response = house.call(seller, what, rule)
        assert response.status_code == 403, what
        assert response.is_json == is_json(app, rule), what
        swapped = seller.swap(house.url(rule), method=what.split()[0])
        assert swapped.status_code == 403, what
    assert house.rows() == before


def test_a_vendedor_may_do_the_rest(app: Flask, house: House, seller: CheckingClient) -> None:
    for what, rule in calls(app):
        if what in USUAL and what not in {"GET campaigns.progress"}:
            assert house.call(seller, what, rule).status_code in (200, 202, 302, 409), what


def test_another_admin_reads_changes_and_names_nothing(app: Flask, house: House, other: CheckingClient) -> None:
    before = house.rows()
    for what, rule in calls(app):
        if what in ANYONE:
            continue
        response = house.call(other, what, rule)
        if "pk" in rule.arguments:
            assert response.status_code == 404, what
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
