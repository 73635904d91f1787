"""Everything about one client, handed out or erased: the views."""

from __future__ import annotations

import json

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..clients.services import find_client
from ..importing.storage.chosen import storage_of
from ..settings import current_settings
from ..web.access import Access, access
from ..web.actor import current_account, current_actor
from ..web.htmx import flash_and_go, page_or_fragment
from . import bp, personal_data, services


@bp.get("/<int:pk>/datos/")
@access(Access.ADMIN)
def show(pk: int) -> ResponseReturnValue:
    """Show everything that is kept about a client."""
    data = personal_data.hand_out(current_user.account_id, pk, by=current_actor())
    return render_template("privacy/show.html", client=data.client, data=data)


@bp.get("/<int:pk>/datos.json")
@access(Access.ADMIN)
def download(pk: int) -> ResponseReturnValue:
    """Download everything that is kept about a client."""
    handed_out = personal_data.hand_out(current_user.account_id, pk, by=current_actor())
    data = personal_data.as_json(handed_out, current_settings().timezone)
    response = Response(json.dumps(data, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="cliente-{pk}.json"'
    return response


@bp.get("/<int:pk>/borrar/")
@access(Access.ADMIN)
def confirm_erasure(pk: int) -> ResponseReturnValue:
    """Say what erasing would take away and what stays, and ask."""
    client = find_client(current_user.account_id, pk)
    extent = services.extent_of(current_user.account_id, client)
    return page_or_fragment("privacy/erase.html", "privacy/_erase.html", client=client, extent=extent)


@bp.post("/<int:pk>/borrar/")
@access(Access.ADMIN)
def erase(pk: int) -> ResponseReturnValue:
    """Erase a client."""
    stays = services.erase(current_account(), pk, storage_of(current_settings()), by=current_actor())
    # The name would come back in what is said.
    said = gettext("The client's data is erased.")
    return flash_and_go(said, url_for("clients.show", pk=pk) if stays else url_for("clients.index"))
