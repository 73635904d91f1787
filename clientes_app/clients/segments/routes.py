"""Segments: the views."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from ...errors import Conflict
from ...models import Segmento
from ...web.access import Access, access
from ...web.actor import current_actor
from ...web.htmx import flash_and_go, form_again, page_or_fragment
from ..search import listing
from ..search.chips import describe
from ..search.choice import selection_of
from ..search.criteria import Search
from ..search.known import known_to
from ..search.selection import Destination, Said, Unreadable
from . import bp, services
from .forms import SegmentForm


@dataclass(frozen=True)
class _Shown:
    """A segment as the list shows it."""

    segment: Segmento
    search: Search
    description: str
    count: listing.Count


@bp.get("/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """List the segments, each with how many clients are in it now."""
    known = known_to(current_user.account_id)
    shown = []
    for segment in services.list_segments(current_user.account_id):
        search = services.search_of(segment)
        count = listing.count(current_user.account_id, search)
        shown.append(_Shown(segment, search, describe(search, known), count))
    return page_or_fragment("segments/index.html", "segments/_list.html", shown=shown)


@bp.get("/nuevo/")
@access(Access.ADMIN)
def new() -> ResponseReturnValue:
    """Ask for the name of a search."""
    form = SegmentForm(formdata=None)
    return page_or_fragment(
        "segments/new.html", "segments/_new.html", **_context(form, Search.from_values(request.args))
    )


@bp.post("/nuevo/")
@access(Access.ADMIN)
def create() -> ResponseReturnValue:
    """Give the search a name."""
    form = SegmentForm(request.form)
    search = _asked(form)
    if not form.validate():
        return form_again("segments/new.html", "segments/_new.html", **_context(form, search))
    try:
        segment = services.save_segment(current_user.account_id, form.nombre.data or "", search, by=current_actor())
    except Conflict as refusal:
        form.nombre.errors = [refusal.message]
        return form_again("segments/new.html", "segments/_new.html", **_context(form, search))
    return flash_and_go(gettext("The segment %(name)s is saved.", name=segment.nombre), url_for("segments.index"))


@bp.get("/<int:pk>/eliminar/")
@access(Access.ADMIN)
def confirm_deletion(pk: int) -> ResponseReturnValue:
    """Ask before deleting a segment."""
    segment = services.get_segment(current_user.account_id, pk)
    return page_or_fragment("segments/delete.html", "segments/_delete.html", segment=segment)


@bp.post("/<int:pk>/eliminar/")
@access(Access.ADMIN)
def delete(pk: int) -> ResponseReturnValue:
    """Delete a segment."""
    segment = services.delete_segment(current_user.account_id, pk)
    said = gettext("The segment %(name)s is deleted; its clients stay.", name=segment.nombre)
    return flash_and_go(said, url_for("segments.index"))


def _asked(form: SegmentForm) -> Search:
    """Return the search that is to have a name; a segment is always one, so `destino` need not say it.

    Raises Unreadable where it asks nothing, or something that cannot be read.
    """
    values = MultiDict(request.values)
    values.setdefault("destino", Destination.SEARCH)
    said = Said.in_act(values, form.data)
    selection_of(current_user.account_id, said)
    if said.destination is not Destination.SEARCH or said.client_ids or said.segment_id:
        raise Unreadable([gettext("A segment is a search: say what it asks, and nothing else.")])
    return said.search


def _context(form: SegmentForm, search: Search) -> dict[str, object]:
    known = known_to(current_user.account_id)
    return {"form": form, "search": search, "description": describe(search, known)}
