"""Reports for programs: the views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from ..web.access import Access, access, program_view
from ..web.actor import current_account
from ..web.csv_export import csv_download
from ..web.filters import chosen_of
from . import as_json, bp, tables
from .campaign_report import campaign_report
from .clients_report import clients_report
from .forms import month_named
from .hours_report import hours_report
from .month_report import month_report
from .tables import Table

_JSON, _CSV = "json", "csv"


@bp.get("/api/informes/mes/<mes>/")
@program_view
@access(Access.STAFF)
def month_for_programs(mes: str) -> ResponseReturnValue:
    """Return what a month came to."""
    account = current_account()
    report = month_report(account, month_named(mes, account))
    return _answer(as_json.of_month(report), lambda: tables.of_month(report), f"informe-{mes}.csv")


@bp.get("/api/informes/campana/<int:pk>/")
@program_view
@access(Access.STAFF)
def campaign_for_programs(pk: int) -> ResponseReturnValue:
    """Return what a campaign came to."""
    account = current_account()
    report, zone = campaign_report(account, pk), account.zone
    said = as_json.of_campaign(report, zone)
    return _answer(said, lambda: tables.of_campaign(report, zone), f"informe-campana-{pk}.csv")


@bp.get("/api/informes/clientes/")
@program_view
@access(Access.STAFF)
def clients_for_programs() -> ResponseReturnValue:
    """Return who buys, who sleeps and who never gets a message."""
    report = clients_report(current_account())
    return _answer(as_json.of_clients(report), lambda: tables.of_clients(report), "informe-clientes.csv")


@bp.get("/api/informes/cuando/")
@program_view
@access(Access.STAFF)
def hours_for_programs() -> ResponseReturnValue:
    """Return when people buy."""
    report = hours_report(current_account())
    return _answer(as_json.of_hours(report), lambda: tables.of_hours(report), "informe-cuando.csv")


def _answer(said: dict[str, Any], found: Callable[[], Sequence[Table]], name: str) -> ResponseReturnValue:
    if chosen_of(request.args, "formato", {_JSON, _CSV}, _JSON) == _CSV:
        return csv_download(tables.as_rows(found()), name)
    return {"success": True, **said}
