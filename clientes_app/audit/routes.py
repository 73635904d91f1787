"""The audit: the views."""

from __future__ import annotations

from flask import request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from ..extensions import engine_apart
from ..models import Accion, Auditoria
from ..people import services as people
from ..values.ids import read_id
from ..web.access import Access, access
from ..web.actor import current_account
from ..web.csv_export import csv_download
from ..web.htmx import page_or_fragment
from . import bp, entries, sentences
from .entries import Filter, Seen

_PAGES = {"campana_sms": "campaigns.show", "cliente": "clients.show", "importacion": "importing.show"}


@bp.get("/")
@access(Access.ADMIN)
def index() -> ResponseReturnValue:
    """Show what was done, newest first."""
    account = current_account()
    wanted = Filter.from_values(request.args)
    before = read_id(request.args.get("antes", ""))
    page = entries.list_page(account, wanted, before)
    present = entries.still_there(account.id, page.rows)
    context = {
        "page": page,
        "wanted": wanted,
        "addresses": {entry.id: _address(entry, present) for entry in page.rows},
        "people": people.names_of(account.id),
        "actions": sorted(((each.value, sentences.act_name(each)) for each in Accion), key=lambda pair: pair[1]),
        "told": sentences,
    }
    return page_or_fragment("audit/index.html", "audit/_list.html", **context)


@bp.get("/exportar/")
@access(Access.ADMIN)
def export() -> ResponseReturnValue:
    """Download what the filter finds."""
    batches = entries.export_batches(engine_apart(), current_account(), Filter.from_values(request.args))
    # Sentences are in the language of this request, which goes on until the last of them.
    return csv_download(stream_with_context(batches), "auditoria.csv")  # type: ignore[type-var]


def _address(entry: Auditoria, present: set[Seen]) -> str | None:
    """Return where the thing can be looked at; None where it is gone or has no page."""
    if entry.cosa == "usuario":
        return url_for("people.index", _anchor=f"person-{entry.cosa_id}")
    if (entry.cosa, entry.cosa_id) in present:
        return url_for(_PAGES[entry.cosa], pk=entry.cosa_id)
    return None
