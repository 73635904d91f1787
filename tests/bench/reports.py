"""Reports of a large shop: how long the first look takes, and how long the next ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import Connection, insert, text

from clientes_app.audit_log import NOBODY
from clientes_app.clients.sales.services import NewSale, Shown, delete_sale, edit_sale, record_sale
from clientes_app.database.planner import look_anew
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db
from clientes_app.models import (
    Anotado,
    CampanaSMS,
    Cliente,
    CompraDespues,
    Contado,
    EstadoCampana,
    MensajesContados,
    SMSLog,
    Venta,
)
from clientes_app.models.types import utc_now
from clientes_app.reports.campaign_report import campaign_report
from clientes_app.reports.clients_report import clients_report
from clientes_app.reports.counted.counting import count_everything
from clientes_app.reports.counted.tallies import fold_everything
from clientes_app.reports.hours_report import hours_report
from clientes_app.reports.kept_months import kept_months
from clientes_app.reports.month_report import month_report, present_month
from clientes_app.tenancy import Account

from ..support.shop import Shop
from .printing import say

CAMPAIGNS = 100
DAYS = 360
HOURS_A_DAY = 12
AGAIN = 5

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :many)"
_CLIENTS = text(
    "INSERT INTO cliente (nombre, telefono, telefono_e164, activo, creado, usuario_id)"
    f" {_NUMBERS} SELECT 'Cliente', '', '+57' || (3000000000 + :first + i), i % 20 <> 0, :moment, :account FROM n"
)
_MESSAGES = text(
    "INSERT INTO sms_log (campana_id, cliente_id, nombre, telefono_e164, partes, estado, twilio_sid, recibo, recibido,"
    f" recibo_codigo, creado, actualizado) {_NUMBERS} SELECT :campaign, c.id, 'Cliente', c.telefono_e164, 1, 'enviado',"
    " 'SM' || :campaign || '-' || c.id, CASE WHEN i % 10 = 0 THEN 'undelivered' ELSE 'delivered' END, :moment,"
    " CASE WHEN i % 10 = 0 THEN 30003 END, :moment, :moment FROM n JOIN cliente c ON c.id = :lowest + :first + i"
)
_SALES = text(
    "INSERT INTO venta (cliente_id, total, concepto, fecha, usuario_id)"
    f" {_NUMBERS} SELECT :lowest + (:first + i * 7919) % :clients, 1000 + i * 10, '', :moment, :account FROM n"
)
_CARRIED_OVER = text(
    "UPDATE cliente SET ultima_compra = (SELECT max(fecha) FROM venta WHERE cliente_id = cliente.id),"
    " total_compras = (SELECT sum(total) FROM venta WHERE cliente_id = cliente.id) WHERE numero_compras > 0"
)
_OPT_OUTS = text(
    "INSERT INTO baja (telefono_e164, origen, creado, usuario_id)"
    " SELECT telefono_e164, 'mensaje', :moment, :account FROM cliente WHERE id % 50 = 0"
)


def measure_reports(name: str, app: Flask, clients: int) -> None:
    """Fill a shop with clients, as many sales and twice as many messages, and look at its reports."""
    account = Account(Shop(app).add_admin(), ZoneInfo("America/Bogota"), "CO")
    say(f"{name}: {clients:,} clients and sales, {2 * clients:,} messages", "seconds")
    with app.app_context():
        _timed("  filled", lambda: _fill(account.id, clients, utc_now()))
        look_anew(db.engine, Cliente, SMSLog, Venta, CompraDespues, Anotado)
        _timed("  counted by the daily sweep", lambda: count_everything(db.engine, lambda: False))
        _timed("  folded by the daily sweep", lambda: fold_everything(db.engine))
        look_anew(db.engine, Contado, MensajesContados)
        for occasion, happens in _occasions(account, clients).items():
            _timed(f"  {occasion}", happens)
            _look(account)


def _look(account: Account) -> None:
    """Look at each report, once and then again."""
    month = present_month(account)
    reports: dict[str, Callable[[], Any]] = {
        "the clients": lambda: clients_report(account),
        "a month": lambda: month_report(account, month),
        "the month before": lambda: month_report(account, _before(month)),
        "a campaign": lambda: campaign_report(account, _last_campaign()),
        "when people buy": lambda: hours_report(account),
        "Home": lambda: kept_months(account),
    }
    for title, look in reports.items():
        _timed(f"    {title}, the first look", look)
        _timed(f"    {title}, again", look, AGAIN)


def _occasions(account: Account, clients: int) -> dict[str, Callable[[], Any]]:
    """Return what happens before each look."""
    lowest = _lowest_client()
    sold: list[Venta] = []

    def shown() -> Shown:
        return Shown(lowest, sold[0].id, sold[0].ediciones)

    return {
        "nothing": lambda: None,
        "a sale is added": lambda: sold.append(record_sale(account, lowest, NewSale(Decimal(1_000)))),
        "it is edited": lambda: edit_sale(account, shown(), NewSale(Decimal(2_000)), by=NOBODY),
        "it is deleted": lambda: delete_sale(account, shown(), by=NOBODY),
        "a client is added": lambda: _add_clients(account.id, 1, clients, utc_now()),
        "the last campaign changes": _change_campaign,
        "a tenth as many sales are imported": lambda: _import_sales(account.id, lowest, clients),
        "a tenth as many clients are imported": lambda: _add_clients(account.id, clients // 10, 2 * clients, utc_now()),
    }


def _last_campaign() -> int:
    return db.session.scalar(db.select(db.func.max(CampanaSMS.id))) or 0


def _change_campaign() -> None:
    with write_transaction(db.engine) as connection:
        connection.execute(db.update(CampanaSMS).filter_by(id=_last_campaign()).values(actualizado=utc_now()))


def _import_sales(account_id: int, lowest: int, clients: int) -> None:
    """Store sales of the last hundred days, a batch for each."""
    for day in range(100):
        with write_transaction(db.engine) as connection:
            values = {"many": clients // 1_000, "first": day * 4_001, "lowest": lowest, "clients": clients}
            moment = _stored(connection, utc_now() - timedelta(days=day))
            connection.execute(_SALES, {**values, "account": account_id, "moment": moment})
            last = "UPDATE cliente SET ultima_compra = :moment WHERE ultima_compra < :moment AND id IN"
            theirs = "(SELECT cliente_id FROM venta WHERE usuario_id = :account AND fecha = :moment)"
            connection.execute(text(f"{last} {theirs}"), {"moment": moment, "account": account_id})


def _add_clients(account_id: int, many: int, first: int, created: datetime) -> None:
    for place in range(first, first + many, 10_000):
        with write_transaction(db.engine) as connection:
            values = {"many": min(10_000, first + many - place), "first": place, "account": account_id}
            connection.execute(_CLIENTS, {**values, "moment": _stored(connection, created)})


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _timed(title: str, act: Callable[[], Any], times: int = 1) -> None:
    took = []
    for _ in range(times):
        db.session.rollback()
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    say(title, f"{sorted(took)[times // 2]:.3f}")


def _fill(account_id: int, clients: int, now: datetime) -> None:
    for first in range(0, clients, 10_000):
        created = now - timedelta(days=DAYS * (1 - first / clients))
        _add_clients(account_id, min(10_000, clients - first), first, created)
    lowest = _lowest_client()
    size = 2 * clients // CAMPAIGNS
    for place in range(CAMPAIGNS):
        began = now - timedelta(days=DAYS * (1 - place / CAMPAIGNS))
        with write_transaction(db.engine) as connection:
            _send(connection, _campaign(connection, account_id, size, began), lowest, clients, began)
    look_anew(db.engine, Cliente, SMSLog)
    hours = DAYS * HOURS_A_DAY
    for place in range(hours):
        with write_transaction(db.engine) as connection:
            day, hour = divmod(place, HOURS_A_DAY)
            moment = now - timedelta(days=DAYS - day, hours=-hour, minutes=-place % 60)
            values = {"many": clients // hours, "first": place * 37, "lowest": lowest, "clients": clients}
            connection.execute(_SALES, {**values, "account": account_id, "moment": _stored(connection, moment)})
    with write_transaction(db.engine) as connection:
        connection.execute(_CARRIED_OVER)
        connection.execute(_OPT_OUTS, {"moment": _stored(connection, now), "account": account_id})


def _lowest_client() -> int:
    lowest = db.session.scalar(db.select(db.func.min(Cliente.id))) or 0
    db.session.rollback()  # who reads on keeps SQLite's log from being emptied, and PostgreSQL from cleaning up
    return lowest


def _campaign(connection: Connection, account_id: int, size: int, began: datetime) -> int:
    campaign = {"nombre": "Campaña", "mensaje": "Hola", "enviada_por_id": account_id, "usuario_id": account_id}
    ended = {"estado": EstadoCampana.COMPLETADO, "completado": began, "actualizado": began, "creado": began}
    counts = {"total_clientes": size, "enviados_exitosos": size, "destinatarios": size, "costo": size * 25}
    return connection.scalar(insert(CampanaSMS).values(campaign | ended | counts).returning(CampanaSMS.id)) or 0


def _send(connection: Connection, campaign_id: int, lowest: int, clients: int, began: datetime) -> None:
    size = 2 * clients // CAMPAIGNS
    for first in range(0, size, 1_000):
        values = {"many": min(1_000, size - first), "campaign": campaign_id, "lowest": lowest}
        values["first"] = (campaign_id * size + first) % clients
        then = _stored(connection, began + timedelta(seconds=first / 100))
        connection.execute(_MESSAGES, {**values, "moment": then})


def _stored(connection: Connection, moment: datetime) -> Any:
    """Return a moment as a statement that is written by hand takes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if connection.dialect.name == "sqlite" else moment
