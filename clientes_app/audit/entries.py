"""Reading an account's audit: newest first, filtered, a page at a time, or all of it as CSV."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Select, false

from ..database.paging import Page, newest_first, page_of, read_in_batches
from ..extensions import db
from ..models import Accion, Auditoria, CampanaSMS, Cliente, Importacion
from ..tenancy import Account, Row, owned
from ..values.days import read_day, start_of
from ..values.ids import read_id
from ..web.csv_export import Rows
from ..web.filters import Reader, Unread, once, one_of, read_filters
from ..web.formatting import local_iso
from .sentences import details, sentence

PAGE_SIZE = 50
_EXPORT_BATCH = 500
_COLUMNS = ("fecha", "persona", "token", "direccion", "accion", "cosa", "cosa_id", "cosa_nombre", "frase", "detalle")

_FILTERS: Mapping[str, tuple[str, Reader]] = {
    "persona": ("person_id", once(read_id)),
    "accion": ("action", one_of(Accion)),
    "desde": ("since", once(read_day)),
    "hasta": ("until", once(read_day)),
}
"""What can be asked, by its name in a URL: the field of `Filter` that it fills, and how it is read."""

Seen = tuple[str, int]
"""A thing: the name of its table, and its id."""


@dataclass(frozen=True)
class Filter:
    """Which entries are asked for."""

    person_id: int | None = None
    action: Accion | None = None
    since: date | None = None
    until: date | None = None
    """The last day."""
    unread: tuple[Unread, ...] = ()
    """What was asked and cannot be read: with any of it nothing is found."""

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Filter:
        """Read the values of a URL."""
        read = read_filters(values, {name: reader for name, (_field, reader) in _FILTERS.items()})
        return cls(**{_FILTERS[name][0]: value for name, value in read.values.items()}, unread=read.unread)

    def values(self) -> dict[str, str]:
        """Return the values that `from_values` reads as this filter; what could not be read stays so."""
        values = {name: getattr(self, field) for name, (field, _reader) in _FILTERS.items()}
        read = {name: str(value) for name, value in values.items() if value is not None}
        return read | {name: ", ".join(given) for name, given in self.unread}


def list_page(account: Account, wanted: Filter, before: int | None) -> Page[Auditoria]:
    """Return the entries, newest first: those older than the one with the id `before`."""
    shown = newest_first(_matching(account, wanted), Auditoria.id, before, PAGE_SIZE)
    return page_of(db.session.scalars(shown).all(), PAGE_SIZE)


def still_there(account_id: int, entries: Collection[Auditoria]) -> set[Seen]:
    """Return which of the things that the entries name can still be looked at."""
    return (
        _present(CampanaSMS, account_id, entries)
        | _present(Cliente, account_id, entries)
        | _present(Importacion, account_id, entries)
    )


def export_batches(engine: Engine, account: Account, wanted: Filter) -> Iterator[Rows]:
    """Return the entries with their titles, oldest first, a batch at a time."""
    yield [_COLUMNS]
    found = _matching(account, wanted).with_only_columns(Auditoria.id, Auditoria)
    for rows in read_in_batches(engine, found, _EXPORT_BATCH):
        yield [_cells(entry, account.zone) for _, entry in rows]


def _present(model: type[Row], account_id: int, entries: Collection[Auditoria]) -> set[Seen]:
    kind = model.__tablename__
    ids = {entry.cosa_id for entry in entries if entry.cosa == kind}
    present = owned(model, account_id).where(model.id.in_(ids)).with_only_columns(model.id)
    return {(kind, each) for each in db.session.scalars(present)} if ids else set()


def _cells(entry: Auditoria, zone: ZoneInfo) -> list[object]:
    return [
        local_iso(entry.creado, zone),
        entry.persona,
        entry.token,
        entry.direccion,
        entry.accion.value,
        entry.cosa,
        entry.cosa_id,
        entry.cosa_nombre,
        sentence(entry),
        details(entry),
    ]


def _matching(account: Account, wanted: Filter) -> Select[Auditoria]:
    found = owned(Auditoria, account.id)
    if wanted.unread:
        return found.where(false())
    if wanted.person_id is not None:
        found = found.where(Auditoria.persona_id == wanted.person_id)
    if wanted.action is not None:
        found = found.where(Auditoria.accion == wanted.action)
    if wanted.since is not None:
        found = found.where(Auditoria.creado >= start_of(wanted.since, account.zone))
    if wanted.until is not None:
        found = found.where(Auditoria.creado < start_of(wanted.until + timedelta(days=1), account.zone))
    return found
