"""The opt-out list: who stands in it, entering a number, taking one out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Select
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..database.paging import Page, newest_first, page_of, read_in_batches
from ..extensions import db, unit_of_work
from ..models import Accion, Baja, Cliente, OrigenBaja
from ..sending.erased import lift_stop
from ..sending.opt_outs import add_opt_outs
from ..tenancy import Account, get_owned, lock_owned, owned
from ..values.pseudonym import is_pseudonym
from ..web.csv_export import Rows
from ..web.formatting import local_iso
from .clients_of_numbers import first_client, found_by
from .search_text import SearchText

PAGE_SIZE = 50
_COLUMNS = ("telefono", "cliente", "origen", "fecha")


@dataclass(frozen=True)
class Entry:
    """A number in the list, with the first client who has it, where there is one."""

    id: int
    number: str
    origin: OrigenBaja
    since: datetime
    client_id: int | None
    client_name: str | None


def list_page(account_id: int, search: SearchText, before: int | None) -> Page[Entry]:
    """Return the entries that a search finds, newest first: those older than `before`."""
    found = newest_first(entries_of(account_id, search), Baja.id, before, PAGE_SIZE)
    return page_of([Entry(*row) for row in db.session.execute(found)], PAGE_SIZE)


def get_opt_out(account_id: int, opt_out_id: int) -> Baja:
    """Return an entry.

    Raises NotFound.
    """
    return get_owned(db.session(), Baja, account_id, opt_out_id)


def find_opt_out(account_id: int, number: str | None) -> Baja | None:
    """Return the entry of a number, where it has one."""
    return db.session.scalar(owned(Baja, account_id).where(Baja.telefono_e164 == number)) if number else None


def add(account_id: int, number: str, *, by: Actor) -> None:
    """Enter a number by hand; one that stands there already stays as it is."""
    with unit_of_work() as session:
        enter(session, account_id, number, by=by)


def enter(session: Session, account_id: int, number: str, *, by: Actor) -> None:
    """Do the same in a transaction that does more."""
    if add_opt_outs(session.connection(), [account_id], number, OrigenBaja.MANUAL):
        record(session, by, Accion.OPT_OUT_ADDED)


def remove(account_id: int, opt_out_id: int, *, by: Actor) -> Baja:
    """Take a number out, and return what its entry was; only a STOP from now on enters it again by itself.

    Raises NotFound.
    """
    with unit_of_work() as session:
        opt_out = lock_owned(session, Baja, account_id, opt_out_id)
        lift_stop(session.connection(), account_id, opt_out.telefono_e164)
        session.delete(opt_out)
        record(session, by, Accion.OPT_OUT_REMOVED)
    return opt_out


def opted_out(account_id: int, numbers: Collection[str]) -> set[str]:
    """Return which of the numbers stand in the list."""
    found = owned(Baja, account_id).where(Baja.telefono_e164.in_(numbers)).with_only_columns(Baja.telefono_e164)
    return set(db.session.scalars(found)) if numbers else set()


def note_export(*, by: Actor) -> None:
    """Note in the audit that the list is handed out: before its first byte, so that none goes unnoted."""
    with unit_of_work() as session:
        record(session, by, Accion.CLIENTS_EXPORTED, Thing("baja"), columnas=list(_COLUMNS))


def export_batches(engine: Engine, account: Account, erased: str) -> Iterator[Rows]:
    """Return the list with its titles, oldest first, a batch at a time; `erased` stands for numbers that are."""
    yield [_COLUMNS]
    for rows in read_in_batches(engine, entries_of(account.id, SearchText())):
        yield [_exported(Entry(*row), account.zone, erased) for row in rows]


def _exported(entry: Entry, zone: ZoneInfo, erased: str) -> tuple[str, str | None, str, str]:
    number = erased if is_pseudonym(entry.number) else entry.number
    return number, entry.client_name, entry.origin, local_iso(entry.since, zone)


def entries_of(account_id: int, search: SearchText) -> Select[int, str, OrigenBaja, datetime, int, str]:
    """Select what `Entry` takes of the entries that a search finds."""
    return (
        owned(Baja, account_id)
        .outerjoin(Cliente, Cliente.id == first_client(account_id, Baja.telefono_e164, search))
        .where(*found_by(search, Baja.telefono_e164))
        .with_only_columns(
            Baja.id,
            Baja.telefono_e164,
            Baja.origen,
            Baja.creado,
            Cliente.id,
            Cliente.nombre,
            maintain_column_froms=True,
        )
    )
