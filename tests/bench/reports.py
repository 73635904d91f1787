"""Reports of a large shop: how long the first look takes, and how long the next ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import Connection, insert, text

from clientes_app.database.planner import look_anew
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, Cliente, CompraDespues, EstadoCampana, SMSLog, Venta
from clientes_app.models.types import utc_now
from clientes_app.reports.campaign_report import campaign_report
from clientes_app.reports.counted.counting import count_everything
from clientes_app.reports.hours_report import fold_all_sales, hours_report
from clientes_app.reports.kept_clients import clients_report, count_kept_again
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


def measure_reports(name: str, app: Flask, clients: int) -> None:
    """Fill a shop with clients, as many sales and twice as many messages, and look at its reports."""
    account = Account(Shop(app).add_admin(), ZoneInfo("America/Bogota"), "CO")
    now = utc_now()
    say(f"{name}: {clients:,} clients and sales, {2 * clients:,} messages", "seconds")
    with app.app_context():
        _timed("  filled", lambda: _fill(account.id, clients, now))
        look_anew(db.engine, Cliente, SMSLog, Venta, CompraDespues)
        _timed("  counted by the daily sweep", lambda: count_everything(db.engine, lambda: False))
        _timed("  sales folded by the daily sweep", lambda: fold_all_sales(db.engine))
        campaign_id = db.session.scalar(db.select(db.func.max(CampanaSMS.id))) or 0
        month = present_month(account)
        reports: dict[str, Callable[[], Any]] = {
            "a month": lambda: month_report(account, month),
            "the month before": lambda: month_report(account, _before(month)),
            "a campaign": lambda: campaign_report(account, campaign_id),
            "the clients": lambda: clients_report(account),
            "when people buy": lambda: hours_report(account),
        }
        for title, look in reports.items():
            _timed(f"  {title}, the first look", look)
            _timed(f"  {title}, again", look, AGAIN)
        _timed("  the clients counted by the daily sweep", lambda: count_kept_again(account.region))
        _timed("  the clients, the first look after it", reports["the clients"])
        with write_transaction(db.engine) as connection:
            connection.execute(db.update(CampanaSMS).filter_by(id=campaign_id).values(actualizado=utc_now()))
        _timed("  a month whose last campaign has just changed", reports["a month"])


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
    with write_transaction(db.engine) as connection:
        for first in range(0, clients, 10_000):
            created = now - timedelta(days=DAYS * (1 - first / clients))
            values = {"many": min(10_000, clients - first), "first": first, "account": account_id}
            connection.execute(_CLIENTS, {**values, "moment": _stored(connection, created)})
        lowest = connection.scalar(db.select(db.func.min(Cliente.id))) or 0
        for place in range(CAMPAIGNS):
            began = now - timedelta(days=DAYS * (1 - place / CAMPAIGNS))
            _send(
                connection, _campaign(connection, account_id, 2 * clients // CAMPAIGNS, began), lowest, clients, began
            )
    hours = DAYS * HOURS_A_DAY
    for place in range(hours):
        with write_transaction(db.engine) as connection:
            day, hour = divmod(place, HOURS_A_DAY)
            moment = now - timedelta(days=DAYS - day, hours=-hour, minutes=-place % 60)
            values = {"many": clients // hours, "first": place * 37, "lowest": lowest, "clients": clients}
            connection.execute(_SALES, {**values, "account": account_id, "moment": _stored(connection, moment)})
    with write_transaction(db.engine) as connection:
        connection.execute(_CARRIED_OVER)


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
