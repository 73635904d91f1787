"""Editing and deleting a sale, from its client's page: the views."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ...models import Venta
from ...web.access import Access, access
from ...web.actor import current_account, current_actor
from ...web.htmx import flash_and_go, form_again, page_or_fragment
from .. import bp
from ..services import find_client
from . import services
from .forms import EditSaleForm, read_edition, today
from .services import Shown

_EDIT = ("clients/sales/edit.html", "clients/sales/_edit.html")


@bp.get("/<int:pk>/ventas/<int:sale>/editar/")
@access(Access.ADMIN)
def edit_sale(pk: int, sale: int) -> ResponseReturnValue:
    """Show the form of a sale."""
    found = services.get_sale(current_user.account_id, pk, sale)
    return page_or_fragment(*_EDIT, sale=found, form=EditSaleForm.of(found), today=today())


@bp.post("/<int:pk>/ventas/<int:sale>/editar/")
@access(Access.ADMIN)
def save_sale(pk: int, sale: int) -> ResponseReturnValue:
    """Change a sale, as of the edition that the page showed."""
    found = services.get_sale(current_user.account_id, pk, sale)
    form = EditSaleForm(request.form)
    if not form.validate():
        return form_again(*_EDIT, sale=found, form=form, today=today())
    shown = Shown(pk, sale, form.edition)
    services.edit_sale(current_account(), shown, form.changes(found), by=current_actor())
    return flash_and_go(gettext("The sale is changed."), _back(found))


@bp.get("/<int:pk>/ventas/<int:sale>/eliminar/")
@access(Access.ADMIN)
def confirm_sale_deletion(pk: int, sale: int) -> ResponseReturnValue:
    """Ask before deleting a sale."""
    found = services.get_sale(current_user.account_id, pk, sale)
    client = find_client(current_user.account_id, pk)
    return page_or_fragment("clients/sales/delete.html", "clients/sales/_delete.html", sale=found, client=client)


@bp.post("/<int:pk>/ventas/<int:sale>/eliminar/")
@access(Access.ADMIN)
def delete_sale(pk: int, sale: int) -> ResponseReturnValue:
    """Delete a sale, as of the edition that the page showed."""
    found = services.get_sale(current_user.account_id, pk, sale)
    shown = Shown(pk, sale, read_edition(request.form.get("ediciones", "")))
    services.delete_sale(current_account(), shown, by=current_actor())
    return flash_and_go(gettext("The sale is deleted."), _back(found))


def _back(sale: Venta) -> str:
    return url_for("clients.show", pk=sale.cliente_id)
