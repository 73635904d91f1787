"""The opt-out list: the views."""

from __future__ import annotations

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..database.paging import Page
from ..extensions import engine_apart
from ..values.ids import read_id
from ..values.text import clean_line
from ..web.access import Access, access
from ..web.csv_export import csv_download
from ..web.filters import cannot_be_read, once, read_filters
from ..web.formatting import phone_number
from ..web.htmx import form_again, go_to, page_or_fragment
from ..web.i18n import account_zone
from . import bp, services
from .forms import NumberForm

LONGEST_SEARCH = 40
_NOTHING: Page[services.Entry] = Page([], None)


@bp.get("/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """List the numbers, newest first."""
    read, before = read_filters(request.args, {"q": once(_text)}), read_id(request.args.get("antes", ""))
    searched = read.values.get("q", "")
    page = _NOTHING if read.unread else services.list_page(current_user.account_id, searched, before)
    how = gettext("Write some digits, at most %(longest)s characters.", longest=LONGEST_SEARCH)
    shown = {
        "page": page,
        "searched": read.unread[0].given[0] if read.unread else searched,
        "problems": [cannot_be_read(gettext("Search"), given, how) for _name, given in read.unread],
    }
    return page_or_fragment("opt_outs/index.html", "opt_outs/_list.html", **shown)


@bp.get("/exportar/")
@access(Access.STAFF)
def export() -> ResponseReturnValue:
    """Download the list."""
    services.note_export()
    zone, erased = account_zone(), gettext("erased number")
    batches = services.export_batches(engine_apart(), current_user.account_id, zone, erased)
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
    services.add(current_user.account_id, form.number)
    flash(gettext("%(number)s gets no more messages.", number=phone_number(form.number)), "success")
    return go_to(url_for("opt_outs.index"))


@bp.get("/<int:pk>/quitar/")
@access(Access.ADMIN)
def confirm_removal(pk: int) -> ResponseReturnValue:
    """Warn before a number is taken out."""
    opt_out = services.get_opt_out(current_user.account_id, pk)
    return page_or_fragment("opt_outs/remove.html", "opt_outs/_remove.html", opt_out=opt_out)


@bp.post("/<int:pk>/quitar/")
@access(Access.ADMIN)
def remove(pk: int) -> ResponseReturnValue:
    """Take a number out."""
    opt_out = services.remove(current_user.account_id, pk)
    flash(gettext("%(number)s may get messages again.", number=phone_number(opt_out.telefono_e164)), "success")
    return go_to(url_for("opt_outs.index"))


def _text(text: str) -> str | None:
    """Read a text to look for; None for one that is longer than any entry."""
    return clean_line(text) if len(text) <= LONGEST_SEARCH else None
