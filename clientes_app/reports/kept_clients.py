"""The report of the clients as it is kept: where it takes long to count, once a day.

The daily sweep counts it again for those who have one; for others the first look of a day does.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, delete, select

from ..database.transactions import insert_missing, write_transaction
from ..extensions import db, engine_apart
from ..models import SinMensajesContados
from ..models.types import utc_now
from ..sending.law.rules import rules_of
from ..tenancy import Account
from .clients_report import ClientsReport, count_clients, months_of, tiles_of
from .counted.unreached import Unreached

KEPT = timedelta(days=1, hours=1)
"""An hour longer than from one sweep to the next."""
LONG_SECONDS = 0.25


def clients_report(account: Account) -> ClientsReport:
    """Return the report of an account's clients: as it was counted today, where that takes long."""
    kept = _kept(account.id)
    if kept is not None:
        return kept
    began = time.perf_counter()
    report = count_clients(account)
    if time.perf_counter() - began >= LONG_SECONDS:
        _keep(engine_apart(), account.id, report)
    return report


def count_kept_again(region: str) -> None:
    """Count again for the accounts for which it takes long; `region` is the country of numbers that do not say."""
    for account_id in db.session.scalars(select(SinMensajesContados.usuario_id)).all():
        # Every account's zone is one of those that have a name.
        zone = cast(ZoneInfo, rules_of(db.session().connection(), account_id).shop_zone)
        report = count_clients(Account(account_id, zone, region))
        _keep(engine_apart(), account_id, report)


def _kept(account_id: int) -> ClientsReport | None:
    fresh = SinMensajesContados.contado > utc_now() - KEPT
    row = db.session.scalar(select(SinMensajesContados).where(SinMensajesContados.usuario_id == account_id, fresh))
    if row is None:
        return None
    tiles = tiles_of(row.grupos, row.dia)
    never_bought = row.activos - sum(map(sum, row.grupos))
    unreached = Unreached(row.inactivos, row.sin_numero, row.de_baja, row.nunca_escritos)
    months = months_of(row.meses, row.dia)
    return ClientsReport(row.dia, row.activos, never_bought, tiles, unreached, months, row.contado)


def _keep(engine: Engine, account_id: int, report: ClientsReport) -> None:
    counts = {
        "inactivos": report.unreached.inactive,
        "sin_numero": report.unreached.without_number,
        "de_baja": report.unreached.opted_out,
        "nunca_escritos": report.unreached.never_written_to,
        "activos": report.active,
        "dia": report.today,
        "grupos": [[tile.clients for tile in row] for row in report.tiles],
        "meses": [[month.new_clients, month.opt_outs] for month in report.months],
    }
    with write_transaction(engine) as connection:
        connection.execute(delete(SinMensajesContados).where(SinMensajesContados.usuario_id == account_id))
        kept = insert_missing(SinMensajesContados, connection.dialect.name)
        connection.execute(kept.values(usuario_id=account_id, contado=utc_now(), **counts))
