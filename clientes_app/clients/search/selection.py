"""Which clients an act is for, as a request says it: nobody is meant by default, and what cannot be read is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ...database.transactions import id_list
from ...errors import DomainError
from ...models import Cliente
from ...tenancy import owned
from ...values.ids import read_id
from ...web.filters import quoted
from .chips import unread_in_words
from .criteria import Search, is_filter
from .query import matching

_TELLS = 5
"""How many things that are wrong are said at most."""


class Destination(StrEnum):
    """What `destino` says: where the clients come from."""

    ALL = "todos"
    """The active ones."""
    SEARCH = "busqueda"
    TICKED = "marcados"
    SEGMENT = "segmento"


_WHO = frozenset({"destino", "cliente_ids", "segmento"})
"""Beside those of filters the names by which a request says whom it is for."""

_BESIDE = frozenset({"csrf_token"})
"""What every form may send."""


@dataclass(frozen=True)
class Ticked:
    """Chosen one by one; an id given twice counts once, the first given comes first."""

    client_ids: tuple[int, ...]


Selection = Ticked | Search


class Unreadable(DomainError):
    """A request does not say readably whom it is for."""

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__(" ".join(list(problems)[:_TELLS]))


@dataclass(frozen=True)
class Said:
    """Whom a request is for: `destination` says which of the others counts, and all of them are read.

    There is one way from here to clients, `choice.selection_of`, which refuses where there are problems.
    """

    destination: Destination | None
    client_ids: tuple[int, ...]
    search: Search
    segment_id: int | None
    problems: tuple[str, ...]
    """What of it cannot be read, in sentences."""
    given: tuple[tuple[str, str], ...]
    """All that was given, as it was."""

    @classmethod
    def from_values(cls, values: MultiDict[str, str]) -> Said:
        """Read what a page sends, which has every choice that it shows; ticked clients alone need no `destino`."""
        client_ids, wrong = _read_ids(_given(values, "cliente_ids"))
        destinations, segments = _given(values, "destino"), _given(values, "segmento")
        search = Search.from_values(values)
        destination = _destination(destinations)
        segment_id = _segment_id(segments)
        problems = [
            *([_unread("destino", destinations)] if destinations and destination is None else []),
            *([_unread("cliente_ids", wrong)] if wrong else []),
            *([_unread("segmento", segments)] if segments and segment_id is None else []),
            *unread_in_words(search),
        ]
        if not destinations and client_ids:
            destination = Destination.TICKED
        given = tuple((name, text) for name, text in values.items(multi=True) if says_who(name))
        return cls(destination, client_ids, search, segment_id, tuple(problems), given)

    @classmethod
    def in_act(cls, values: MultiDict[str, str], own: Collection[str], several: Collection[str] = ()) -> Said:
        """Read what an act is sent: `own` are the names that it takes beside, `several` those it takes repeatedly.

        Raises Unreadable where anything that is given cannot be read, `destino` is not said, or everybody is meant
        and others as well.
        """
        said = cls.from_values(values)
        problems = [*_unsaid(values), *said.problems, *_unknown(values, own), *_repeated(values, {*own} - {*several})]
        if said.destination is Destination.ALL and said.client_ids:
            problems.append(_everybody_alone())
        if problems:
            raise Unreadable(problems)
        return said.alone()

    def alone(self) -> Said:
        """Return the same, which is for everybody only where no search and no segment stand beside.

        Raises Unreadable.
        """
        if self.destination is Destination.ALL and (self.search.values() or self.segment_id):
            raise Unreadable([_everybody_alone()])
        return self

    def values(self) -> list[tuple[str, str]]:
        """Return the values by which an act is told the choice that counts, and no other."""
        told = {
            Destination.TICKED: [("cliente_ids", str(client_id)) for client_id in self.client_ids],
            Destination.SEARCH: self.search.pairs(),
            Destination.SEGMENT: [("segmento", str(self.segment_id))],
        }
        return [("destino", str(self.destination)), *told.get(self.destination or Destination.ALL, [])]


def says_who(name: str) -> bool:
    """Return whether a request says by this name whom it is for."""
    return name in _WHO or is_filter(name)


def selected(session: Session, account_id: int, selection: Selection) -> Select[Cliente]:
    """Select those of the selection that are the account's."""
    return selected_in_order(session, account_id, selection)[0]


def selected_in_order(
    session: Session, account_id: int, selection: Selection
) -> tuple[Select[Cliente], ColumnElement[int]]:
    """Select as `selected` does, and return the column that tells their order: as ticked, or by age."""
    if isinstance(selection, Search):
        return matching(account_id, selection), Cliente.id.expression
    dialect = session.get_bind().dialect.name
    listed = id_list(list(dict.fromkeys(selection.client_ids)), dialect)
    return owned(Cliente, account_id).join(listed, listed.c.value == Cliente.id), listed.c.key


def _given(values: MultiDict[str, str], name: str) -> list[str]:
    """List what is given by a name; a form sends what is empty too."""
    return [text for text in values.getlist(name) if text.strip()]


def _read_ids(texts: Iterable[str]) -> tuple[tuple[int, ...], list[str]]:
    """Return the ids among the texts, each once and in their order, and the texts that are none."""
    read = {text: read_id(text) or None for text in texts}
    ids = dict.fromkeys(client_id for client_id in read.values() if client_id is not None)
    return tuple(ids), [text for text, client_id in read.items() if client_id is None]


def _destination(texts: list[str]) -> Destination | None:
    return Destination(texts[0]) if len(texts) == 1 and texts[0] in set(Destination) else None


def _segment_id(texts: list[str]) -> int | None:
    return (read_id(texts[0]) or None) if len(texts) == 1 else None


def _unread(name: str, texts: list[str]) -> str:
    given = ", ".join(map(quoted, texts[:_TELLS]))
    return str(gettext("%(name)s: “%(given)s” cannot be read.", name=name, given=given))


def _everybody_alone() -> str:
    return str(gettext("Everybody is meant (destino=todos) where nothing else is said about who."))


def _unsaid(values: MultiDict[str, str]) -> list[str]:
    if _given(values, "destino"):
        return []
    return [gettext("Say who is meant: destino is one of %(choices)s.", choices=", ".join(Destination))]


def _unknown(values: MultiDict[str, str], own: Collection[str]) -> list[str]:
    unknown = [name for name in values if not says_who(name) and name not in {*own} | _BESIDE]
    return (
        [gettext("This is not known here: %(names)s.", names=", ".join(map(quoted, unknown[:_TELLS])))]
        if unknown
        else []
    )


def _repeated(values: MultiDict[str, str], single: Collection[str]) -> list[str]:
    repeated = [name for name in single if len(values.getlist(name)) > 1]
    return [gettext("This is given more than once: %(names)s.", names=", ".join(sorted(repeated)))] if repeated else []
