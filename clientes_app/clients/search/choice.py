"""The one way from what a request says to the clients whom it is for; where that is not clear, it is refused."""

from __future__ import annotations

from flask_babel import gettext

from ...errors import NotFound
from ...extensions import db
from ...models import Segmento
from ...tenancy import get_owned
from .chips import problems_in_words
from .criteria import Search
from .known import Known, known_to
from .selection import Destination, Said, Selection, Ticked, Unreadable


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
    return understood(account_id, said.search) if said.destination is Destination.SEARCH else Search()


def understood(account_id: int, search: Search) -> Search:
    """Return a search that can be understood.

    Raises Unreadable where it cannot be read, asks for those without a tag that is gone, or for a field that is.
    """
    if problems := problems_in_words(search, known_to(account_id) if search.tag_ids or search.questions else Known()):
        raise Unreadable(problems)
    return search


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
        stored = get_owned(db.session(), Segmento, account_id, segment_id or 0)
    except NotFound as error:
        raise Unreadable([gettext("Choose a segment, or other clients.")]) from error
    search = Search.from_stored(stored.busqueda)
    try:
        return understood(account_id, search)
    except Unreadable as problem:
        raise Unreadable([gettext("What this segment asks cannot be read any more."), problem.message]) from problem
