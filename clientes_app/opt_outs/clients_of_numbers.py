"""Numbers that stand in lists of their own, and the clients who have them: which to show, and finding them by name."""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ..models import Cliente
from ..values.pseudonym import MARK
from ..web.search_text import SearchText


def first_client(account_id: int, number: InstrumentedAttribute[str], search: SearchText) -> ScalarSelect[int]:
    """Select the id of the first of the account's clients who has the number, and a name that holds the words."""
    other = aliased(Cliente)
    holds = (other.nombre_orden.contains(word, autoescape=True) for word in search.words)
    first = select(func.min(other.id)).where(other.usuario_id == account_id, other.telefono_e164 == number, *holds)
    return first.correlate(number.class_).scalar_subquery()


def found_by(search: SearchText, number: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    """Return the conditions of a search; `Cliente` is the client that `first_client` selects."""
    if search.unread:
        return [false()]
    if search.words:
        return [Cliente.id.is_not(None)]
    if search.digits:
        # A pseudonym has digits that are nobody's.
        return [~number.startswith(MARK), number.contains(search.digits)]
    return []
