"""Which clients an action is for: those ticked one by one, or all that a search finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ..database import id_list
from ..models import Cliente
from ..models.types import MAX_ID
from ..tenancy import owned
from .finding import matching
from .search import Search

WHOLE_SEARCH = "busqueda"
"""What `destino` says where all that the search finds is meant, whatever is ticked."""


@dataclass(frozen=True)
class Ticked:
    """Chosen one by one; an id given twice counts once, the first given comes first."""

    client_ids: tuple[int, ...]


Selection = Ticked | Search


def selection_from(values: MultiDict[str, str]) -> Selection:
    """Read `destino`, `cliente_ids` and a search's own values; nobody is chosen where nothing is said."""
    if values.get("destino") == WHOLE_SEARCH:
        return Search.from_values(values)
    return Ticked(ids_from(values.getlist("cliente_ids")))


def selection_values(selection: Selection) -> list[tuple[str, str]]:
    """Answer the values of a form that `selection_from` reads as this selection."""
    if isinstance(selection, Search):
        return [("destino", WHOLE_SEARCH), *selection.values().items()]
    return [("cliente_ids", str(client_id)) for client_id in selection.client_ids]


def selected(session: Session, account_id: int, selection: Selection) -> Select[Cliente]:
    """Select those of the selection that are the account's."""
    return selected_in_order(session, account_id, selection)[0]


def selected_in_order(
    session: Session, account_id: int, selection: Selection
) -> tuple[Select[Cliente], ColumnElement[int]]:
    """Select as `selected` does, and answer the column that tells their order: as ticked, or by age."""
    if isinstance(selection, Search):
        return matching(account_id, selection), Cliente.id.expression
    dialect = session.get_bind().dialect.name
    listed = id_list(list(dict.fromkeys(selection.client_ids)), dialect)
    return owned(Cliente, account_id).join(listed, listed.c.value == Cliente.id), listed.c.key


def ids_from(texts: Iterable[str]) -> tuple[int, ...]:
    """Answer the ids among the texts, each once, in their order."""
    numbers = (int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_ID)))
    return tuple(dict.fromkeys(number for number in numbers if 0 < number <= MAX_ID))
