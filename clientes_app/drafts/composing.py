"""The page on which a campaign is written: its form, filled from a draft, and what stands around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

from ..campaigns import services as campaigns
from ..campaigns.forms import ComposeForm
from ..campaigns.storing import Schedule
from ..clients.search import listing as client_listing
from ..clients.search.chips import chips_of
from ..clients.search.choice import selection_of
from ..clients.search.criteria import Search
from ..clients.search.known import known_to
from ..clients.search.selection import Said, Selection, Unreadable
from ..clients.segments import services as segments
from ..message_templates import services as template_services
from ..models import Borrador
from .previewing import preview_of
from .services import content_of
from .typed import Content

_CARRIED = ("pagina", "orden", "cliente", "paso", "abaratar")
"""What a page sends beside its content, and shows again."""


def form_of(draft: Borrador, beside: MultiDict[str, str]) -> ComposeForm:
    """Return the form of a draft; `beside` is what the page that asks for it carries along."""
    carried = [(name, beside[name]) for name in _CARRIED if beside.get(name)]
    form = ComposeForm(MultiDict([*content_of(draft).values().items(multi=True), *carried]))
    return known_as(form, draft.clave)


def known_as(form: ComposeForm, key: str) -> ComposeForm:
    """Return the form as the page of a draft shows it: with its key, and the mark of what is shown."""
    form.clave.data = key
    form.visto.data = Content.of_form(form).typed_mark
    return form


def checked(account_id: int, form: ComposeForm, said: Callable[[], Said]) -> Selection | None:
    """Return whom the form is for where all of it is right; None where it is not, and the form says why."""
    valid = form.validate()
    try:
        audience = selection_of(account_id, said())
    except Unreadable as refusal:
        form.destino.errors = [refusal.message]
        return None
    return audience if valid else None


def campaign_of(form: ComposeForm, audience: Selection, continues_id: int | None = None) -> campaigns.Draft:
    """Return the campaign that a form which is right asks for."""
    text, name = form.mensaje.data or "", form.nombre.data or ""
    return campaigns.Draft(
        audience,
        text,
        name,
        form.template_id,
        continues_id,
        schedule_of(form),
        form.kind,
        form.reason_of_service,
    )


def schedule_of(form: ComposeForm) -> Schedule | None:
    """Return when a form that is right asks for its campaign to be sent; None: at once."""
    if not form.asks_hour or form.settled is None:
        return None
    said = tuple(form.said_for_review().values()) if form.asks_who_then else None
    return Schedule(form.settled.moment, said)


def take_template(account_id: int, form: ComposeForm) -> str:
    """Put the chosen template's text in place of what was written, which "my own text" brings back.

    Return what has no place any more: what was made of the template before it, while a text of one's own waits.
    Raises NotFound.
    """
    templates = {template.mensaje for template in template_services.list_active(account_id)}
    written, waiting = form.mensaje.data or "", form.propio.data or ""
    typed = "" if written in templates else written
    own = waiting or typed
    if form.template_id is not None:
        form.mensaje.data, form.propio.data = template_services.get_template(account_id, form.template_id).mensaje, own
    elif own:
        # It waits no longer: what is typed from now on is the text of one's own.
        form.mensaje.data, form.propio.data = own, ""
    return typed if waiting and typed != waiting else ""


def context_of(account_id: int, form: ComposeForm) -> dict[str, Any]:
    """Return what the page shows around the form."""
    listed = segments.list_segments(account_id)
    chosen = next((segments.search_of(each) for each in listed if each.id == form.said.segment_id), None)
    return {
        "form": form,
        "templates": template_services.list_active(account_id),
        "segments": listed,
        "chips": chips_of(form.said.search, known_to(account_id)),
        "all_count": client_listing.count(account_id, Search()),
        "found_count": client_listing.count(account_id, form.said.search),
        "segment_count": chosen and client_listing.count(account_id, chosen),
        **preview_of(account_id, form),
    }
