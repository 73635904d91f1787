"""Reports: the pages, each of which is also a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ..clients.search.lost import LAST_ONES
from ..web.access import Access, access
from ..web.actor import current_account
from ..web.csv_export import csv_download
from . import bp, report_words, tables
from .behind.lists import What
from .campaign_report import campaign_report
from .clients_report import FREQUENCY, RECENCY, clients_report, searches
from .ends import WORDS
from .forms import as_file, month_named
from .good_hours import good_hours
from .hours_report import hours_report
from .month_report import month_report, present_month
from .tables import Table


@bp.get("/informes/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """Go to the report of the present month."""
    return redirect(url_for("reports.month", mes=report_words.month_in_address(present_month(current_account()))))


@bp.get("/informes/mes/<mes>/")
@access(Access.STAFF)
def month(mes: str) -> ResponseReturnValue:
    """Show what a month came to."""
    account = current_account()
    report = month_report(account, month_named(mes, account))
    if as_file():
        return _file(tables.of_month(report), f"informe-{report_words.month_in_address(report.first)}.csv")
    mes = report_words.month_in_address(report.first)
    return render_template("reports/month.html", report=report, mes=mes, ends=WORDS)


@bp.get("/informes/campana/<int:pk>/")
@access(Access.STAFF)
def campaign(pk: int) -> ResponseReturnValue:
    """Show what a campaign came to."""
    report = campaign_report(current_account(), pk)
    if as_file():
        return _file(tables.of_campaign(report, current_account().zone), f"informe-campana-{pk}.csv")
    return render_template(
        "reports/campaign.html",
        report=report,
        campaign=report.campaign,
        ends=WORDS,
        unconfirmed=What.UNCONFIRMED,
        share=report_words.share_in_words,
    )


@bp.get("/informes/clientes/")
@access(Access.STAFF)
def clients() -> ResponseReturnValue:
    """Show who buys, who sleeps and who never gets a message."""
    report = clients_report(current_account())
    if as_file():
        return _file(tables.of_clients(report), "informe-clientes.csv")
    return render_template(
        "reports/clients.html",
        report=report,
        last_ones=LAST_ONES,
        searches={name: search.values() for name, search in searches().items()},
        recency=[report_words.recency_in_words(place) for place in range(len(RECENCY) + 1)],
        frequency=[report_words.often_in_words(place) for place in range(len(FREQUENCY))],
    )


@bp.get("/informes/cuando/")
@access(Access.STAFF)
def hours() -> ResponseReturnValue:
    """Show when people buy."""
    account = current_account()
    report = hours_report(account)
    if as_file():
        return _file(tables.of_hours(report), "informe-cuando.csv")
    return render_template("reports/hours.html", report=report, good=good_hours(account, report), words=report_words)


def _file(found: Sequence[Table], name: str) -> ResponseReturnValue:
    return csv_download(tables.as_rows(found), name)
