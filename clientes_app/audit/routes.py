"""The audit: the views."""

from __future__ import annotations

from flask import request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..errors import DomainError
from ..extensions import engine_apart
from ..models import Accion, Auditoria
from ..people import services as people
from ..values.ids import read_id
from ..web.access import Access, access
from ..web.actor import current_account
from ..web.csv_export import csv_download
from ..web.filters import A_DAY, cannot_be_read, one_is_enough
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
        "problems": _problems(wanted),
        "addresses": {entry.id: _address(entry, present) for entry in page.rows},
        "people": people.names_of(account.id),
        "actions": sorted(((each.value, sentences.act_name(each)) for each in Accion), key=lambda pair: pair[1]),
        "told": sentences,
    }
    return page_or_fragment("audit/index.html", "audit/_list.html", **context)


@bp.get("/exportar/")
@access(Access.ADMIN)
def export() -> ResponseReturnValue:
    """Download what the filter finds; handing out is an act, so what cannot be read is refused."""
    wanted = Filter.from_values(request.args)
    if wanted.unread:
        raise DomainError(" ".join(_problems(wanted)))
    batches = entries.export_batches(engine_apart(), current_account(), wanted)
    # Sentences are in the language of this request, which goes on until the last of them.
    return csv_download(stream_with_context(batches), "auditoria.csv")  # type: ignore[type-var]


def _problems(wanted: Filter) -> list[str]:
    """Say which filters cannot be read, and how each is written."""
    known = {
        "persona": (gettext("Person"), gettext("Choose one of the list.")),
        "accion": (gettext("What was done"), gettext("Choose one of the list.")),
        "desde": (gettext("From the day"), A_DAY),
        "hasta": (gettext("Up to the day"), A_DAY),
    }
    return [
        cannot_be_read(f"{known[name][0]} ({name})", given, one_is_enough() if len(given) > 1 else str(known[name][1]))
        for name, given in wanted.unread
    ]


def _address(entry: Auditoria, present: set[Seen]) -> str | None:
    """Return where the thing can be looked at; None where it is gone or has no page."""
    if entry.cosa == "usuario":
        return url_for("people.index", _anchor=f"person-{entry.cosa_id}")
    if (entry.cosa, entry.cosa_id) in present:
        return url_for(_PAGES[entry.cosa], pk=entry.cosa_id)
    return None
