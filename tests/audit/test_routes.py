"""The audit: what each act leaves in it, and how an admin reads it."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.audit import entries as audit_entries
from clientes_app.audit import sentences
from clientes_app.extensions import db
from clientes_app.models import Accion, Auditoria, Baja

from ..support.campaigns import Campaigns
from ..support.checking_client import CheckingClient, open_browser
from ..support.imports import Imports
from ..support.shop import Shop

NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
LOG_INS = (Accion.LOGGED_IN, Accion.LOG_IN_FAILED)


@pytest.fixture
def imports(app: Flask, account: int) -> Imports:
    return Imports(app, account)


def entries(app: Flask) -> list[Auditoria]:
    """Return all that was noted beside log-ins, oldest first."""
    with app.app_context():
        found = db.session.scalars(select(Auditoria).order_by(Auditoria.id)).all()
        return [entry for entry in found if entry.accion not in LOG_INS]


def told(app: Flask) -> list[tuple[Accion, dict[str, Any]]]:
    return [(entry.accion, entry.detalle) for entry in entries(app)]


def note(shop: Shop, account: int, action: Accion = Accion.LOGGED_OUT, **fields: Any) -> int:
    values = {"persona": "ana", "persona_id": account, "usuario_id": account, "creado": NOON, **fields}
    return shop.add(Auditoria(accion=action, **values))


def shown(html: str) -> list[int]:
    """Return the ids of the entries on a page."""
    return [int(found) for found in re.findall(r'id="entry-(\d+)"', html)]


def english(client: CheckingClient, url: str = "/auditoria/") -> str:
    return client.get(url, headers={"Accept-Language": "en"}).text


class TestWhatIsNoted:
    """Each act stands in the audit with who did it and from where, and without a client's name or number."""

    @pytest.mark.both_databases
    def test_deleted_clients(self, app: Flask, shop: Shop, account: int, admin: CheckingClient) -> None:
        first = shop.add_client(account, "Laura Secreta", "3001234567")
        rest = shop.add_clients(account, ["3001234568", "3001234569"])
        admin.send(f"/clientes/eliminar/{first}/")
        admin.send("/clientes/seleccion/eliminar/", {"destino": "marcados", "cliente_ids": rest})
        assert told(app) == [(Accion.CLIENTS_DELETED, {"cuantos": 1}), (Accion.CLIENTS_DELETED, {"cuantos": 2})]
        one = entries(app)[0]
        assert (one.persona, one.persona_id, one.usuario_id) == ("ana", account, account)
        assert (one.direccion, one.cosa, one.cosa_id) == ("127.0.0.1", "cliente", first)
        assert not [entry for entry in entries(app) if "Secreta" in str(vars(entry)) or "300123" in str(vars(entry))]

    def test_what_is_refused_is_not_noted(self, app: Flask, shop: Shop, account: int, admin: CheckingClient) -> None:
        buyer = shop.add_client(account)
        shop.add_sale(account, buyer, 1000)
        admin.send(f"/clientes/eliminar/{buyer}/")
        admin.send("/clientes/seleccion/eliminar/", {"destino": "marcados", "cliente_ids": [buyer]})
        assert admin.send("/clientes/campanas/1/pausar/").status_code == 404
        assert entries(app) == []

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_exported_clients(self, app: Flask, shop: Shop, account: int, admin: CheckingClient, kind: str) -> None:
        ids = shop.add_clients(account, ["3001234568", "3001234569"])
        fields = {"destino": "marcados", "cliente_ids": ids, "formato": kind, "columnas": ["telefono", "nombre"]}
        assert admin.send("/clientes/seleccion/exportar/", fields).status_code == 200
        details = {"cuantos": 2, "formato": kind, "columnas": ["nombre", "telefono"]}
        assert told(app) == [(Accion.CLIENTS_EXPORTED, details)]

    def test_exported_opt_outs(self, app: Flask, seller: CheckingClient) -> None:
        assert seller.get("/clientes/bajas/exportar/").status_code == 200
        assert told(app) == [(Accion.CLIENTS_EXPORTED, {"columnas": ["telefono", "cliente", "origen", "fecha"]})]
        assert entries(app)[0].persona == "vero"

    def test_a_downloaded_certificate(self, app: Flask, shop: Shop, account: int, seller: CheckingClient) -> None:
        payload = {"cliente_ids": [shop.add_client(account)], "mensaje": "Hola", "nombre_campana": "Noviembre"}
        pk = seller.send_json("/clientes/enviar-sms/", payload).get_json()["campana_id"]
        assert seller.get(f"/clientes/campanas/{pk}/certificado/").status_code == 200
        entry = entries(app)[-1]
        assert (entry.accion, entry.cosa_nombre, entry.detalle) == (
            Accion.CLIENTS_EXPORTED,
            "Noviembre",
            {"cuantos": 1},
        )

    def test_imports(self, app: Flask, admin: CheckingClient, imports: Imports) -> None:
        import_id = imports.review("nombre,celular\nLaura,3001234567\nPedro,3001234568\n")
        admin.send(f"/clientes/importar/{import_id}/aplicar/")
        admin.send(f"/clientes/importar/{import_id}/aplicar/")
        imports.work()
        admin.send(f"/clientes/importar/{import_id}/deshacer/")
        assert told(app) == [(Accion.IMPORT_APPLIED, {"filas": 2}), (Accion.IMPORT_UNDONE, {})]
        assert {(entry.cosa, entry.cosa_id, entry.cosa_nombre) for entry in entries(app)} == {
            ("importacion", import_id, "clientes.csv")
        }

    def test_an_import_by_the_command_line_is_the_account_s(self, app: Flask, account: int, imports: Imports) -> None:
        imports.run("nombre,celular\nLaura,3001234567\n")
        (entry,) = entries(app)
        assert (entry.persona, entry.usuario_id) == ("", account)

    def test_campaigns(self, app: Flask, shop: Shop, account: int, seller: CheckingClient) -> None:
        client_id = shop.add_client(account)
        payload = {"cliente_ids": [client_id], "mensaje": "Hola", "nombre_campana": "Noviembre"}
        sent = seller.send_json("/clientes/enviar-sms/", payload, Idempotency_Key="una")
        seller.send_json("/clientes/enviar-sms/", payload, Idempotency_Key="una")
        pk = sent.get_json()["campana_id"]
        for act in ("pausar", "pausar", "reanudar", "cancelar"):
            seller.send(f"/clientes/campanas/{pk}/{act}/")
        assert told(app) == [
            (Accion.CAMPAIGN_SENT, {"mensajes": 1}),
            (Accion.CAMPAIGN_PAUSED, {}),
            (Accion.CAMPAIGN_RESUMED, {}),
            (Accion.CAMPAIGN_CANCELLED, {}),
        ]
        assert {(entry.persona, entry.cosa_id, entry.cosa_nombre) for entry in entries(app)} == {
            ("vero", pk, "Noviembre")
        }

    def test_opt_outs_by_hand(self, app: Flask, admin: CheckingClient) -> None:
        for _ in range(2):
            admin.send("/clientes/bajas/nueva/", {"telefono": "3001234567"})
        with app.app_context():
            opt_out = db.session.execute(select(Baja)).scalar_one()
        admin.send(f"/clientes/bajas/{opt_out.id}/quitar/")
        assert told(app) == [(Accion.OPT_OUT_ADDED, {}), (Accion.OPT_OUT_REMOVED, {})]
        assert not [entry for entry in entries(app) if "300123" in str(vars(entry))]


class TestReading:
    """The page and the file."""

    @pytest.mark.both_databases
    def test_every_act_is_told_in_a_sentence(self, shop: Shop, account: int, admin: CheckingClient) -> None:
        for action in Accion:
            note(shop, account, action, cosa="cuenta", cosa_nombre="Tienda", detalle={"cambios": {"x": [1, 2]}})
        page = english(admin)
        assert set(sentences.ACTS) == set(Accion)
        for action in Accion:
            assert action.value not in re.sub(r"<option[^>]*>", "", page)
        assert "paused a campaign: <bdi>Tienda</bdi>" in re.sub(r"\s+", " ", page)
        assert "1 → 2" in page

    def test_newest_first_a_page_at_a_time(self, shop: Shop, account: int, admin: CheckingClient) -> None:
        ids = [note(shop, account) for _ in range(audit_entries.PAGE_SIZE + 3)]
        page = admin.get("/auditoria/?accion=salida")
        assert shown(page.text) == ids[::-1][: audit_entries.PAGE_SIZE]
        older = re.search(r'href="(/auditoria/\?antes=[^"]*)"', page.text)
        assert older
        assert shown(admin.get(older.group(1).replace("&amp;", "&")).text) == ids[2::-1]

    @pytest.mark.both_databases
    def test_the_filters_of_the_url(
        self, shop: Shop, account: int, admin: CheckingClient, seller: CheckingClient
    ) -> None:
        other = int(shop.add_seller(account, "eva"))
        mine = note(shop, account, Accion.TOKEN_CREATED)
        hers = note(shop, account, Accion.TOKEN_REVOKED, persona="eva", persona_id=other)
        old = note(shop, account, Accion.TOKEN_REVOKED, creado=NOON - timedelta(days=10))
        found = {
            f"persona={other}": [hers],
            f"persona={account}&accion=token_revocado": [old],
            "accion=token_creado": [mine],
            "desde=2026-11-22&hasta=2026-11-22&accion=token_revocado": [hers],
            "hasta=2026-11-21": [old],
            "persona=0": [],
        }
        for query, ids in found.items():
            assert shown(admin.get(f"/auditoria/?{query}").text) == ids, query
        everything = shown(admin.get("/auditoria/").text)
        assert everything == shown(admin.get("/auditoria/?persona=&accion=&desde=&hasta=&antes=x&otra=x").text)

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("persona=x", "Persona (persona): “x” no se puede leer. Elige uno de la lista."),
            ("accion=x", "Qué se hizo (accion): “x” no se puede leer."),
            ("desde=29/11/2026", "Un día se escribe así: 2026-11-29."),
            ("hasta=9999-12-31&accion=token_creado", "Hasta el día (hasta): “9999-12-31” no se puede leer."),
            ("desde=2026-11-21&desde=2026-11-22", "Viene más de una vez."),
        ],
    )
    def test_what_cannot_be_read_finds_nothing_and_is_not_handed_out(
        self, shop: Shop, account: int, admin: CheckingClient, query: str, said: str
    ) -> None:
        note(shop, account, Accion.TOKEN_CREATED)
        page = admin.get(f"/auditoria/?{query}").text
        assert said in page
        assert shown(page) == []
        refused = admin.get(f"/auditoria/exportar/?{query}")
        assert refused.status_code == 400
        assert said in refused.text

    def test_a_day_is_the_shop_s(self, shop: Shop, account: int, admin: CheckingClient) -> None:
        evening = note(shop, account, Accion.TOKEN_CREATED, creado=datetime(2026, 11, 22, 4, 59, tzinfo=UTC))
        query = "accion=token_creado&desde={0}&hasta={0}"
        assert shown(admin.get(f"/auditoria/?{query.format('2026-11-21')}").text) == [evening]
        assert shown(admin.get(f"/auditoria/?{query.format('2026-11-22')}").text) == []

    @pytest.mark.both_databases
    def test_the_thing_is_linked_where_it_still_exists(
        self, shop: Shop, account: int, admin: CheckingClient, campaigns: Campaigns
    ) -> None:
        campaign = campaigns.start(1)
        client_id = shop.add_client(account)
        theirs = shop.add_client(shop.add_admin("otra"))
        kept = {"campana_sms": campaign, "cliente": client_id, "usuario": account}
        for kind, row_id in kept.items():
            note(shop, account, Accion.CAMPAIGN_PAUSED, cosa=kind, cosa_id=row_id, cosa_nombre="La cosa")
        note(shop, account, Accion.CLIENTS_DELETED, cosa="cliente", cosa_id=theirs)
        page = admin.get("/auditoria/").text
        for address in (f"/clientes/campanas/{campaign}/", f"/clientes/{client_id}/", f"/personas/#person-{account}"):
            assert f'href="{address}"' in page
        assert f'href="/clientes/{theirs}/"' not in page

    def test_another_account_sees_nothing_of_it(
        self, app: Flask, shop: Shop, account: int, admin: CheckingClient
    ) -> None:
        entry = note(shop, account, Accion.TOKEN_CREATED, cosa_nombre="El secreto")
        shop.add_admin("otra")
        other = open_browser(app)
        other.log_in("otra")
        for url in ("/auditoria/", f"/auditoria/?persona={account}", f"/auditoria/?antes={entry + 1}"):
            assert entry not in shown(other.get(url).text)
        assert "El secreto" not in other.get("/auditoria/exportar/").text
        assert "El secreto" in admin.get("/auditoria/exportar/").text

    def test_what_nobody_owns_is_shown_to_nobody(self, shop: Shop, admin: CheckingClient) -> None:
        lost = shop.add(Auditoria(accion=Accion.LOG_IN_FAILED, creado=NOON))
        assert lost not in shown(admin.get("/auditoria/").text)

    def test_the_file_holds_what_the_filter_finds(self, shop: Shop, account: int, admin: CheckingClient) -> None:
        note(shop, account, Accion.TOKEN_CREATED, cosa="token_de_api", cosa_nombre="=2+3", direccion="10.0.0.1")
        note(shop, account, Accion.TOKEN_REVOKED)
        answer = admin.get("/auditoria/exportar/?accion=token_creado", headers={"Accept-Language": "en"})
        assert answer.mimetype == "text/csv"
        (row,) = csv.DictReader(StringIO(answer.text.removeprefix("\ufeff")))
        assert row["fecha"] == "2026-11-22T12:00:00-05:00"
        assert (row["persona"], row["direccion"], row["accion"]) == ("ana", "10.0.0.1", "token_creado")
        assert row["cosa_nombre"] == "'=2+3"
        assert row["frase"] == "ana created an API token: =2+3"

    def test_a_long_file_is_whole(
        self, shop: Shop, account: int, admin: CheckingClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_entries, "_EXPORT_BATCH", 2)
        ids = [note(shop, account, Accion.TOKEN_CREATED, cosa_id=place) for place in range(5)]
        lines = admin.get("/auditoria/exportar/?accion=token_creado").text.strip().split("\n")
        assert len(lines) == 1 + len(ids)
