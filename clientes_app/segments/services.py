"""Segments: naming a search, finding it again, deleting it. Who is in one is always asked afresh."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from ..clients.filters import unread_in_words
from ..clients.search import Search
from ..clients.selection import Destination, Said, Selection, Ticked, Unreadable
from ..errors import Conflict, NotFound
from ..extensions import db, unit_of_work
from ..models import Segmento
from ..tenancy import get_owned, lock_owned, owned


def list_segments(account_id: int) -> Sequence[Segmento]:
    """Answer the account's segments by name."""
    return db.session.scalars(owned(Segmento, account_id).order_by(Segmento.nombre)).all()


def get_segment(account_id: int, segment_id: int) -> Segmento:
    """Answer a segment.

    Raises NotFound.
    """
    return get_owned(db.session(), Segmento, account_id, segment_id)


def search_of(segment: Segmento) -> Search:
    """Answer the search that a segment stands for."""
    return Search.from_stored(segment.busqueda)


def selection_of(account_id: int, said: Said) -> Selection:
    """Return the clients that a request says it is for.

    Raises Unreadable where it does not say so, or where what it says leaves nothing to go by.
    """
    problems = said.problems or _problems_of(said)
    if problems:
        raise Unreadable(problems)
    if said.destination is Destination.SEGMENT:
        return _segment_search(account_id, said.segment_id)
    if said.destination is Destination.TICKED:
        return Ticked(said.client_ids)
    return said.search if said.destination is Destination.SEARCH else Search()


def save_segment(account_id: int, user_id: int, name: str, search: Search) -> Segmento:
    """Give a search a name.

    Raises Conflict where another segment has it.
    """
    segment = Segmento(nombre=name, busqueda=search.values(), creado_por_id=user_id, usuario_id=account_id)
    try:
        with unit_of_work() as session:
            session.add(segment)
    except IntegrityError as error:
        raise Conflict(gettext("There is a segment with this name already.")) from error
    return segment


def delete_segment(account_id: int, segment_id: int) -> Segmento:
    """Delete a segment, not its clients, and answer what it was.

    Raises NotFound.
    """
    with unit_of_work() as session:
        segment = lock_owned(session, Segmento, account_id, segment_id)
        session.delete(segment)
    return segment


def _problems_of(said: Said) -> list[str]:
    """Say what is missing from a choice."""
    if said.destination is None:
        return [gettext("Choose who is meant.")]
    missing = {
        Destination.TICKED: not said.client_ids
        and gettext("No client is ticked: choose others, or tick some in the list of clients."),
        Destination.SEARCH: not said.search.values() and gettext("Write what to search for, or choose all clients."),
        Destination.SEGMENT: said.segment_id is None and gettext("Choose a segment, or other clients."),
    }
    problem = missing.get(said.destination)
    return [problem] if problem else []


def _segment_search(account_id: int, segment_id: int | None) -> Search:
    try:
        search = search_of(get_segment(account_id, segment_id or 0))
    except NotFound as error:
        raise Unreadable([gettext("Choose a segment, or other clients.")]) from error
    if search.unread:
        raise Unreadable([gettext("What this segment asks cannot be read any more."), *unread_in_words(search)])
    return search
