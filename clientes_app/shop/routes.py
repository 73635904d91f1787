"""The settings of a shop: the views."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..extensions import db
from ..web.access import Access, access
from ..web.actor import current_actor
from ..web.htmx import done, form_again, page_or_fragment
from . import bp, services
from .forms import ShopForm

_PAGES = ("shop/index.html", "shop/_form.html")


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
