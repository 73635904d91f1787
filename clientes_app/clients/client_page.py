"""A client's own page, where its sales are recorded: the views."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from ..client_files.meaning.tag_lists import join_tags
from ..extensions import db
from ..fields.services import list_fields
from ..fields.showing import shown_value
from ..fields.values import values_of
from ..models.types import utc_now
from ..opt_outs import services as opt_outs
from ..settings import current_settings
from ..values.days import day_of
from ..values.ids import read_id
from ..web.access import Access, access, form_and_program_view
from ..web.actor import acts_by_token, current_account, current_actor
from ..web.formatting import local_iso
from ..web.forms import form_from_json, json_object, validated
from ..web.htmx import done, form_again, page_or_fragment
from ..web.i18n import account_zone
from ..web.idempotency import sent_key
from . import bp, notices, services, story_picture, timeline
from .list_view import list_left
from .many.forms import ClientTagForm
from .sales import services as sales
from .sales.forms import SaleForm, SaleRequestForm, today
from .sales.keys import SaleKey
from .search.lost import LAST_ONES, are_last_ones_lost
from .tags import tagging
from .tags.services import list_tags, tags_of

_TAGS = "clients/tags/_of_client.html"


@bp.get("/<int:pk>/")
@access(Access.STAFF)
def show(pk: int) -> ResponseReturnValue:
    """Show a client with its sales and its story; to htmx, the part of the story that it asks for."""
    context = _context(pk, SaleForm(formdata=None))
    return page_or_fragment("clients/show.html", "clients/_timeline_entries.html", **context)


@bp.get("/<int:pk>/ventas/")
@access(Access.STAFF)
def list_sales(pk: int) -> ResponseReturnValue:
    """Go to the sales on the client's page."""
    client = services.find_client(current_user.account_id, pk)
    return redirect(url_for("clients.show", pk=client.id, _anchor="sales"))


@bp.post("/<int:pk>/ventas/")
@form_and_program_view
@access(Access.SELL)
def record_sale(pk: int) -> ResponseReturnValue:
    """Record a sale to a client; a program sends it as JSON."""
    if request.is_json or acts_by_token():
        return _record_for_program(pk)
    form = SaleForm(request.form)
    if not form.validate():
        return form_again("clients/show.html", "clients/sales/_sales.html", **_context(pk, form))
    sales.record_sale(current_account(), pk, form.sale())
    fragment = render_template("clients/sales/_recorded.html", **_context(pk, SaleForm(formdata=None)))
    return done(gettext("The sale is recorded."), url_for("clients.show", pk=pk), fragment)


@bp.post("/<int:pk>/etiquetas/")
@access(Access.EDIT_CLIENTS)
def tag_client(pk: int) -> ResponseReturnValue:
    """Give a client tags."""
    form = ClientTagForm(request.form)
    if not form.validate():
        return form_again("clients/show.html", _TAGS, **_context(pk, SaleForm(formdata=None), form))
    tagging.tag_client(current_user.account_id, pk, form.names, by=current_actor())
    names = join_tags(form.names)
    said = ngettext("The tag %(names)s is added.", "The tags %(names)s are added.", len(form.names), names=names)
    return _tags_changed(pk, said)


@bp.post("/<int:pk>/etiquetas/quitar/")
@access(Access.EDIT_CLIENTS)
def untag_client(pk: int) -> ResponseReturnValue:
    """Take a tag from a client."""
    tagging.untag_client(
        current_user.account_id, pk, read_id(request.form.get("etiqueta_id", "")) or 0, by=current_actor()
    )
    return _tags_changed(pk, gettext("The tag is taken away."))


@bp.post("/<int:pk>/no-contactar/")
@access(Access.STAFF)
def stop_messages(pk: int) -> ResponseReturnValue:
    """Let a client get no more messages."""
    services.stop_messages(current_user.account_id, pk, by=current_actor())
    fragment = render_template("clients/_messages_changed.html", **_context(pk, SaleForm(formdata=None)))
    return done(gettext("This client gets no more messages."), url_for("clients.show", pk=pk), fragment)


def _record_for_program(pk: int) -> ResponseReturnValue:
    text = sent_key()
    key = None if text is None else SaleKey.of(text, current_user.id, pk, request.get_data())
    sale = sales.earlier_sale(current_user.account_id, key)
    if sale is None:
        form = validated(form_from_json(SaleRequestForm, json_object()))
        sale = sales.record_sale(current_account(), pk, form.sale(), key)
    told = {
        "id": sale.id,
        "cliente_id": sale.cliente_id,
        "total": f"{sale.total:.2f}",
        "concepto": sale.concepto,
        "fecha": local_iso(sale.fecha, account_zone()),
    }
    return {"success": True, "venta": told}


def _tags_changed(pk: int, said: str) -> ResponseReturnValue:
    fragment = render_template(_TAGS, **_context(pk, SaleForm(formdata=None)))
    return done(said, url_for("clients.show", pk=pk), fragment)


def _own_values(pk: int) -> list[tuple[str, str]]:
    """Return what the account's own fields say of a client, in words."""
    values = values_of(db.session(), [pk]).get(pk, {})
    fields = list_fields(db.session(), current_user.account_id)
    return [(field.nombre, shown_value(field.tipo, values[field.id])) for field in fields if field.id in values]


def _context(pk: int, form: SaleForm, tag_form: ClientTagForm | None = None) -> dict[str, Any]:
    settings = current_settings()
    client = services.find_client(current_user.account_id, pk)
    before = timeline.Place.from_text(request.args.get("antes", ""))
    story, zone = timeline.story_of(client, before), account_zone()
    return {
        "client": client,
        "list_left": list_left(),
        "opted_out": opt_outs.find_opt_out(current_user.account_id, client.telefono_e164),
        "phone_problem": notices.why_no_sms(client, settings.default_region),
        "lost": LAST_ONES if are_last_ones_lost(db.session(), client.id) else 0,
        "tags": tags_of(db.session(), current_user.account_id, [pk]).get(pk, []),
        "known_tags": [join_tags([tag.nombre]) for tag in list_tags(db.session(), current_user.account_id)],
        "own_values": _own_values(pk),
        "tag_form": tag_form or ClientTagForm(formdata=None),
        "before": before,
        "story": story,
        "picture": story_picture.picture_of(story.entries, utc_now(), zone),
        "width": story_picture.WIDTH,
        "days_since": client.ultima_compra
        and (day_of(utc_now(), zone).date - day_of(client.ultima_compra, zone).date).days,
        "sales": sales.sales_to(current_user.account_id, pk),
        "form": form,
        "today": today(),
    }
