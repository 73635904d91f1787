"""A client's own page, where its sales are recorded: the views."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..htmx import done, form_again
from ..opt_outs.services import opted_out
from ..security import Access, access
from ..settings import current_settings
from . import bp, listing, sales, services
from .forms import SaleForm


@bp.get("/<int:pk>/")
@access(Access.STAFF)
def show(pk: int) -> ResponseReturnValue:
    """Show a client with its messages and sales."""
    return render_template("clients/show.html", **_context(pk, SaleForm(formdata=None)))


@bp.get("/<int:pk>/ventas/")
@access(Access.STAFF)
def list_sales(pk: int) -> ResponseReturnValue:
    """Go to the sales on the client's page."""
    client = services.find_client(current_user.account_id, pk)
    return redirect(url_for("clients.show", pk=client.id, _anchor="sales"))


@bp.post("/<int:pk>/ventas/")
@access(Access.STAFF)
def record_sale(pk: int) -> ResponseReturnValue:
    """Record a sale to a client."""
    form = SaleForm(request.form)
    if not form.validate():
        return form_again("clients/show.html", "clients/_sales.html", **_context(pk, form))
    sales.record_sale(current_user.account_id, pk, form.sale(), current_settings().timezone)
    fragment = render_template("clients/_sales.html", **_context(pk, SaleForm(formdata=None)))
    return done(gettext("The sale is recorded."), url_for("clients.show", pk=pk), fragment)


def _context(pk: int, form: SaleForm) -> dict[str, Any]:
    settings = current_settings()
    client = services.find_client(current_user.account_id, pk)
    return {
        "client": client,
        "opted_out": bool(client.telefono_e164 and opted_out(current_user.account_id, [client.telefono_e164])),
        "phone_problem": listing.phone_problem(client, settings.default_region),
        "messages": services.messages_to(current_user.account_id, pk),
        "sales": sales.sales_to(current_user.account_id, pk),
        "form": form,
        "today": sales.today(settings.timezone),
    }
