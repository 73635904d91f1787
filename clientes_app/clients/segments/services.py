"""Segments: naming a search, finding it again, deleting it. Who is in one is always asked afresh."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...audit_log import Actor
from ...errors import Conflict
from ...extensions import db, unit_of_work
from ...models import Segmento
from ...tenancy import delete_owned, get_owned, owned
from ..search.criteria import Search


def list_segments(account_id: int) -> Sequence[Segmento]:
    """Return the account's segments by name."""
    return db.session.scalars(owned(Segmento, account_id).order_by(Segmento.nombre)).all()


def get_segment(account_id: int, segment_id: int) -> Segmento:
    """Return a segment.

    Raises NotFound.
    """
    return get_owned(db.session(), Segmento, account_id, segment_id)


def find_segment(session: Session, account_id: int, segment_id: int | None) -> Segmento | None:
    """Return a segment; None where there is none of this id."""
    return session.scalar(owned(Segmento, account_id).where(Segmento.id == segment_id))


def search_of(segment: Segmento) -> Search:
    """Return the search that a segment stands for."""
    return Search.from_stored(segment.busqueda)


def save_segment(account_id: int, name: str, search: Search, *, by: Actor) -> Segmento:
    """Give a search a name.

    Raises Conflict where another segment has it.
    """
    segment = Segmento(nombre=name, busqueda=search.values(), creado_por_id=by.person_id, usuario_id=account_id)
    try:
        with unit_of_work() as session:
            session.add(segment)
    except IntegrityError as error:
        raise Conflict(gettext("There is a segment with this name already.")) from error
    return segment


def delete_segment(account_id: int, segment_id: int) -> Segmento:
    """Delete a segment, not its clients, and return what it was.

    Raises NotFound.
    """
    with unit_of_work() as session:
        return delete_owned(session, Segmento, account_id, segment_id)
