"""Clients whose number does not work: the views."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from ...errors import DomainError
from ...values.ids import read_id
from ...web.access import Access, access
from ...web.actor import current_actor
from ...web.formatting import number
from ...web.htmx import done
from .. import bp
from . import services


@bp.get("/numeros-que-no-responden/")
@access(Access.EDIT_CLIENTS)
def show_dead_numbers() -> ResponseReturnValue:
    """List the clients whose number does not work."""
    return render_template("clients/dead_numbers/index.html", **_listed())


@bp.post("/numeros-que-no-responden/no-contactar/")
@access(Access.EDIT_CLIENTS)
def stop_writing_to_dead() -> ResponseReturnValue:
    """Write no more to the numbers of those that are chosen."""
    count = services.stop_writing(current_user.account_id, _chosen(), by=current_actor())
    said = ngettext(
        "%(count)s number is not written to any more. Opt-outs takes it back.",
        "%(count)s numbers are not written to any more. Opt-outs takes that back.",
        count,
        count=number(count),
    )
    return _done(said)


@bp.post("/numeros-que-no-responden/dejar/")
@access(Access.EDIT_CLIENTS)
def leave_dead() -> ResponseReturnValue:
    """Go on writing to those that are chosen, until the next failure."""
    count = services.go_on(current_user.account_id, _chosen())
    said = ngettext(
        "%(count)s client stays as it is, and stands here again after another failure.",
        "%(count)s clients stay as they are, and stand here again after another failure.",
        count,
        count=number(count),
    )
    return _done(said)


def _chosen() -> Sequence[int]:
    """Return the ids of those that a form is for.

    Raises DomainError where nobody is ticked.
    """
    if request.form.get("todos") == "si":
        return services.all_ids(current_user.account_id)
    read = (read_id(text) for text in request.form.getlist("cliente_ids"))
    ids = sorted({client_id for client_id in read if client_id})
    if not ids:
        raise DomainError(gettext("Tick somebody first."))
    return ids


def _done(said: str) -> ResponseReturnValue:
    shown = render_template("clients/dead_numbers/_list_again.html", **_listed())
    return done(said, url_for("clients.show_dead_numbers"), shown)


def _listed() -> dict[str, object]:
    after = read_id(request.args.get("despues", ""))
    return {"page": services.list_page(current_user.account_id, after), "after": after}
