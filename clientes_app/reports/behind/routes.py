"""What is behind the figures of reports: the views, each of which is also a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ...campaigns.certificate import Reader
from ...extensions import db, engine_apart
from ...values.ids import read_id
from ...web.access import Access, access
from ...web.actor import current_account, current_actor
from ...web.csv_export import Rows, csv_download
from .. import bp
from ..campaign_report import campaign_of
from ..counted.counting import count_account, count_campaign
from ..forms import as_file, asked_messages, asked_purchases, month_named
from ..month_report import span_of
from . import files, lists
from .lists import Asked


@bp.get("/informes/mensajes/")
@access(Access.STAFF)
def messages() -> ResponseReturnValue:
    """List the messages behind a figure."""
    account = current_account()
    asked = asked_messages(account)
    if asked.campaign_id is None:  # a month's are found by what is counted, as in its report
        count_account(engine_apart(), account.id)
    if as_file():
        campaigns = [(each.id, each.nombre) for each in lists.campaigns_of(db.session(), account.id, asked)]
        return _file(files.messages(engine_apart(), campaigns, asked, _reader()), f"mensajes-{asked.what}", asked)
    page = lists.messages(account.id, asked, read_id(request.args.get("despues", "")))
    campaign = campaign_of(account.id, asked.campaign_id)
    return render_template("reports/messages.html", asked=asked, page=page, campaign=campaign)


@bp.get("/informes/compras/")
@access(Access.STAFF)
def purchases() -> ResponseReturnValue:
    """List the purchases behind a figure."""
    account = current_account()
    asked = asked_purchases(account)
    campaign = campaign_of(account.id, asked.campaign_id)
    if campaign:
        count_campaign(engine_apart(), campaign.id)
    else:
        count_account(engine_apart(), account.id)
    if as_file():
        return _file(files.purchases(engine_apart(), account.id, asked, _reader()), "compras", asked)
    before = lists.place_of(db.session(), account.id, read_id(request.args.get("antes", "")))
    page = lists.purchases(db.session(), account.id, asked, before)
    in_all = lists.sum_of_purchases(account.id, asked)
    return render_template("reports/purchases.html", asked=asked, page=page, campaign=campaign, in_all=in_all)


@bp.get("/informes/bajas/<mes>/")
@access(Access.STAFF)
def opt_outs(mes: str) -> ResponseReturnValue:
    """List the numbers that opted out in a month."""
    account = current_account()
    first = month_named(mes, account)
    span = span_of(first, account)
    if as_file():
        return _file(files.opt_outs(engine_apart(), account.id, span, _reader()), "bajas", Asked(span=span))
    page = lists.opt_outs(db.session(), account.id, span, read_id(request.args.get("antes", "")))
    return render_template("reports/opt_outs.html", page=page, first=first, mes=mes)


def _file(batches: Iterator[Rows], name: str, asked: Asked) -> ResponseReturnValue:
    """Return a file that is named after what it holds; that it is handed out is noted first."""
    month = f"-{asked.span.begins.astimezone(current_account().zone):%Y-%m}" if asked.span else ""
    campaign = f"-campana-{asked.campaign_id}" if asked.campaign_id else ""
    filename = f"{name}{month}{campaign}.csv"
    files.note_handing_out(filename, by=current_actor())
    return csv_download(batches, filename)


def _reader() -> Reader:
    return Reader(current_account().zone, str)
