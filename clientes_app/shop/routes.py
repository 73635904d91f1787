"""The settings of a shop: the views."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..errors import Conflict
from ..extensions import db
from ..web.access import Access, access
from ..web.actor import current_actor
from ..web.htmx import done, form_again, page_or_fragment
from . import bp, services, ways_out
from .forms import ShopForm, WayOutForm

_PAGES = ("shop/index.html", "shop/_form.html")
_WAY_OUT = ("shop/way_out.html", "shop/_way_out.html")


@bp.get("/")
@access(Access.ADMIN)
def index() -> ResponseReturnValue:
    """Show what the shop has settled for itself."""
    form = ShopForm.of(services.shop_settings(db.session(), current_user.account_id))
    return page_or_fragment(*_PAGES, form=form, added=False)


@bp.post("/")
@access(Access.ADMIN)
def save() -> ResponseReturnValue:
    """Store what is named of it; a button that adds or takes out a country shows the form again and stores nothing."""
    form = ShopForm.of(services.shop_settings(db.session(), current_user.account_id), request.form)
    if form.change_rows(request.form) or not form.validate():
        added = "agregar" in request.form
        return form_again(*_PAGES, form=form, added=added)
    services.save_settings(current_user.account_id, form.settings(), by=current_actor())
    return done(gettext("The settings are saved."), url_for("shop.index"))


@bp.get("/salida/")
@access(Access.ADMIN)
def way_out() -> ResponseReturnValue:
    """Show what advertisements end with."""
    settled = ways_out.way_out_of(db.session(), current_user.account_id)
    return page_or_fragment(*_WAY_OUT, form=WayOutForm.of(settled), **_beside_way_out(settled))


@bp.post("/salida/")
@access(Access.ADMIN)
def save_way_out() -> ResponseReturnValue:
    """Store what advertisements end with."""
    settled = ways_out.way_out_of(db.session(), current_user.account_id)
    form = WayOutForm.of(settled, request.form)
    if not form.validate():
        return form_again(*_WAY_OUT, form=form, **_beside_way_out(settled))
    try:
        ways_out.save_way_out(current_user.account_id, form.wanted, by=current_actor())
    except Conflict as refusal:
        form.con_salida.errors = [refusal.message]
        return form_again(*_WAY_OUT, form=form, **_beside_way_out(settled))
    if not form.wanted.con_salida:
        said = gettext(
            "The settings are saved. Advertising goes out with no way to opt out; Ley 2300 de 2023 asks for one."
        )
        return done(said, url_for("shop.way_out"), level="warning")
    return done(gettext("The settings are saved."), url_for("shop.way_out"))


def _beside_way_out(settled: ways_out.WayOut) -> dict[str, object]:
    """Return what stands around the form: whether the shop must have it, what it gives, and what is missing for it."""
    account_id = current_user.account_id
    return {
        "settled": settled,
        "end": ways_out.sample_of(settled),
        "lacks_address": ways_out.lacks_address(db.session(), account_id),
    }
