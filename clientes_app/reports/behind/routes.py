"""What is behind the figures of reports: the views."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..values.ids import read_id
from ..web.access import Access, access
from ..web.actor import current_account
from . import behind, bp
from .campaign_report import campaign_of
from .forms import asked_messages, asked_purchases, month_named
from .month_report import span_of


@bp.get("/informes/mensajes/")
@access(Access.STAFF)
def messages() -> ResponseReturnValue:
    """List the messages behind a figure."""
    asked = asked_messages(current_account())
    page = behind.messages(current_user.account_id, asked, read_id(request.args.get("despues", "")))
    return render_template(
        "reports/messages.html",
        asked=asked,
        page=page,
        campaign=campaign_of(current_user.account_id, asked.campaign_id),
    )


@bp.get("/informes/compras/")
@access(Access.STAFF)
def purchases() -> ResponseReturnValue:
    """List the purchases behind a figure."""
    asked = asked_purchases(current_account())
    campaign = campaign_of(current_user.account_id, asked.campaign_id)
    page = behind.purchases(current_user.account_id, asked, read_id(request.args.get("antes", "")))
    in_all = behind.sum_of_purchases(current_user.account_id, asked)
    return render_template("reports/purchases.html", asked=asked, page=page, campaign=campaign, in_all=in_all)


@bp.get("/informes/bajas/<mes>/")
@access(Access.STAFF)
def opt_outs(mes: str) -> ResponseReturnValue:
    """List the numbers that opted out in a month."""
    account = current_account()
    first = month_named(mes, account)
    page = behind.opt_outs(account.id, span_of(first, account), read_id(request.args.get("antes", "")))
    return render_template("reports/opt_outs.html", page=page, first=first, mes=mes)
