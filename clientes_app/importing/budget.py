"""How much may wait to be imported: a count and bytes of each account, and bytes of the installation."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from sqlalchemy import Select
from sqlalchemy.orm import Session

from ..errors import Conflict
from ..models import OPEN_IMPORTS, Importacion
from ..tenancy import owned
from ..web.formatting import ago
from .jobs import Surroundings
from .storage.local_files import LocalFiles


class NoRoom(Conflict):
    """As much waits as may; the message says what waits, and what helps."""


def require_room(
    session: Session, account_id: int, place: Surroundings, size: int, coming: LocalFiles | None = None
) -> None:
    """Make sure that another file may wait, of `size` bytes; as far as it is here, it is `coming` in.

    Raises NoRoom.
    """
    waiting = session.scalars(_open_imports(account_id)).all()
    on, storage = session.connection(), place.storage
    theirs = sum(storage.of(on, each.id, each.archivo).size for each in waiting)
    budget = place.budget
    if len(waiting) >= budget.imports:
        raise NoRoom(_with_way_out(gettext("As many lists wait to be imported as there may be."), waiting))
    if theirs + size > budget.account_bytes:
        most = budget.account_bytes >> 20
        said = gettext("The lists that wait to be imported would have more than %(most)s MB with this one.", most=most)
        raise NoRoom(_with_way_out(said, waiting))
    if storage.size(on, besides=coming) + size > budget.bytes:
        said = gettext("The server has no more room for lists: try again tomorrow, or tell whoever runs it.")
        raise NoRoom(_with_way_out(said, waiting))


def _open_imports(account_id: int) -> Select[Importacion]:
    return owned(Importacion, account_id).where(Importacion.estado.in_(OPEN_IMPORTS)).order_by(Importacion.id)


def _with_way_out(said: str, waiting: Sequence[Importacion]) -> str:
    """Add how many lists wait and which the longest, and that importing or cancelling one makes room."""
    if not waiting:
        return said
    oldest = waiting[0]
    way_out = gettext(
        "Waiting: %(count)s. Import or cancel one of them first, such as %(name)s, uploaded %(ago)s.",
        count=len(waiting),
        name=oldest.nombre_archivo,
        ago=ago(oldest.creado),
    )
    return f"{said} {way_out}"
