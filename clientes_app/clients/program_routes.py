"""Clients for programs: finding whom a filter means. The views."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..errors import DomainError
from ..values.ids import read_id
from ..web.access import Access, access, program_view
from ..web.filters import quoted
from . import bp
from .search import listing
from .search.choice import understood
from .search.criteria import Search, is_filter

_PLACE = "despues"


@bp.get("/buscar/")
@program_view
@access(Access.STAFF)
def find() -> ResponseReturnValue:
    """Return the clients whom the filters find, a thousand at a time; what cannot be read is refused."""
    search, after = _asked()
    page = listing.find_found(current_user.account_id, search, after)
    answer: dict[str, Any] = {
        "success": True,
        "clientes": [{"id": row.id, "nombre": row.nombre, "activo": row.activo} for row in page.rows],
    }
    if page.next is None:
        return answer
    asked: dict[str, Any] = {**search.values(), _PLACE: page.next}
    return answer | {"clientes_url": url_for("clients.find", **asked)}


def _asked() -> tuple[Search, int]:
    """Return what is asked, and the client after whom the page begins.

    Raises DomainError: a program may send to whom it finds, so nothing that it says is passed over.
    """
    unknown = [name for name in request.args if not is_filter(name) and name != _PLACE]
    if unknown:
        raise DomainError(gettext("This is not known here: %(names)s.", names=", ".join(map(quoted, unknown[:5]))))
    places = request.args.getlist(_PLACE) or ["0"]
    after = read_id(places[0]) if len(places) == 1 else None
    if after is None:
        raise DomainError(gettext("despues is the id of a client."))
    return understood(current_user.account_id, Search.from_values(request.args)), after
