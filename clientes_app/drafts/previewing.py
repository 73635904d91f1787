"""What a campaign that is being written would look like to those whom it is for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, false

from ..campaigns.forms import ComposeForm
from ..clients.search.choice import selection_of
from ..clients.search.selection import Unreadable, selected
from ..extensions import db
from ..message_templates.preview import preview
from ..message_templates.previewed import Candidates
from ..messaging.way_out import ending
from ..models import Borrador, Cliente, TipoDeCampana
from ..shop.ways_out import foot_for, lacks_address, way_out_of
from ..tenancy import owned
from .services import Writer, content_of, find_among


def preview_of(account_id: int, form: ComposeForm, ticked: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return what the preview shows, and for whom; `ticked` are the clients that the draft keeps for its page."""
    ticked = form.said.client_ids or ticked
    clients = _chosen(account_id, form, ticked)
    is_advertising = form.kind is TipoDeCampana.PUBLICIDAD
    foot = foot_for(db.session(), account_id, form.kind)
    template = form.template.ended_with(ending(foot)) if form.mensaje.data else form.template
    candidates = Candidates(clients, form.filling, template)
    previewed = candidates.choose(form.client_id or next(iter(ticked), None), form.step)
    return {
        "recipient": previewed,
        "preview": preview(template, previewed.recipient, candidates.audience()),
        "foot": foot,
        "end": ending(foot).strip(),
        "lacks_address": is_advertising and lacks_address(db.session(), account_id),
        "is_without_way_out": is_advertising and not way_out_of(db.session(), account_id).con_salida,
    }


def ticked_of(writer: Writer, form: ComposeForm) -> tuple[int, ...]:
    """Return the clients who were ticked for a draft: no page of it carries them.

    Raises NotFound where the draft is somebody else's.
    """
    draft = find_among(owned(Borrador, writer.account_id), db.session(), writer, form.clave.data or "")
    return () if draft is None else content_of(draft).client_ids


def _chosen(account_id: int, form: ComposeForm, ticked: tuple[int, ...]) -> Select[Cliente]:
    """Select the active clients whom a form is for: nobody while it does not say whom."""
    said = replace(form.said, destination=form.recipients, client_ids=ticked)
    try:
        audience = selection_of(account_id, said)
    except Unreadable:
        return owned(Cliente, account_id).where(false())
    return selected(db.session(), account_id, audience).where(Cliente.activo.is_(True))
