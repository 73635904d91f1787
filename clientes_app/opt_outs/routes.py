"""The opt-out list: the views."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..extensions import engine_apart
from ..values.ids import read_id
from ..web.access import Access, access
from ..web.actor import current_account, current_actor
from ..web.csv_export import csv_download
from ..web.formatting import phone_number
from ..web.htmx import flash_and_go, form_again, page_or_fragment
from . import bp, services
from .forms import NumberForm
from .search_text import SearchText


@bp.get("/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """List the numbers, newest first."""
    search = SearchText.from_text(request.args.get("q", ""), current_account().region)
    page = services.list_page(current_user.account_id, search, read_id(request.args.get("antes", "")))
    return page_or_fragment("opt_outs/index.html", "opt_outs/_list.html", page=page, search=search)


@bp.get("/exportar/")
@access(Access.STAFF)
def export() -> ResponseReturnValue:
    """Download the list."""
    services.note_export(by=current_actor())
    batches = services.export_batches(engine_apart(), current_account(), gettext("erased number"))
    return csv_download(batches, "bajas.csv")


@bp.get("/nueva/")
@access(Access.ADMIN)
def new() -> ResponseReturnValue:
    """Show the form of a number to enter."""
    return page_or_fragment("opt_outs/new.html", "opt_outs/_new.html", form=NumberForm(formdata=None))


@bp.post("/nueva/")
@access(Access.ADMIN)
def create() -> ResponseReturnValue:
    """Enter a number."""
    form = NumberForm(request.form)
    if not form.validate():
        return form_again("opt_outs/new.html", "opt_outs/_new.html", form=form)
    services.add(current_user.account_id, form.number, by=current_actor())
    said = gettext("%(number)s gets no more messages.", number=phone_number(form.number))
    return flash_and_go(said, url_for("opt_outs.index"))


@bp.get("/<int:pk>/quitar/")
@access(Access.ADMIN)
def confirm_removal(pk: int) -> ResponseReturnValue:
    """Warn before a number is taken out."""
    opt_out = services.get_opt_out(current_user.account_id, pk)
    asked_from = read_id(request.args.get("cliente", ""))
    return page_or_fragment("opt_outs/remove.html", "opt_outs/_remove.html", opt_out=opt_out, client_id=asked_from)


@bp.post("/<int:pk>/quitar/")
@access(Access.ADMIN)
def remove(pk: int) -> ResponseReturnValue:
    """Take a number out."""
    opt_out = services.remove(current_user.account_id, pk, by=current_actor())
    said = gettext("%(number)s may get messages again.", number=phone_number(opt_out.telefono_e164))
    asked_from = read_id(request.args.get("cliente", ""))
    return flash_and_go(said, url_for("clients.show", pk=asked_from) if asked_from else url_for("opt_outs.index"))
