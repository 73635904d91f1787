"""The opt-out list: who stands in it, entering a number, taking one out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import aliased

from ..audit_log import Thing, record
from ..database.paging import Page, page_of
from ..extensions import db, unit_of_work
from ..models import Accion, Baja, Cliente, OrigenBaja
from ..sending.opt_outs import add_opt_outs
from ..tenancy import get_owned, lock_owned, owned
from ..values.client_keys import digits_of, sought_digits
from ..values.pseudonym import MARK, is_pseudonym
from ..web.csv_export import Rows
from ..web.formatting import local_iso

PAGE_SIZE = 50
_EXPORT_BATCH = 1_000
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


def list_page(account_id: int, searched: str, before: int | None, region: str) -> Page[Entry]:
    """Return the entries whose number holds the digits that are looked for, newest first: those older than `before`.

    A number without a country code is one of `region`.
    """
    found = _entries(account_id).order_by(Baja.id.desc())
    if before is not None:
        found = found.where(Baja.id < before)
    if searched:
        sought = sought_digits(searched, region) or digits_of(searched) or searched
        # A pseudonym has digits that are nobody's.
        found = found.where(~Baja.telefono_e164.startswith(MARK))
        found = found.where(Baja.telefono_e164.contains(sought, autoescape=True))
    return page_of([Entry(*row) for row in db.session.execute(found.limit(PAGE_SIZE + 1))], PAGE_SIZE)


def get_opt_out(account_id: int, opt_out_id: int) -> Baja:
    """Return an entry.

    Raises NotFound.
    """
    return get_owned(db.session(), Baja, account_id, opt_out_id)


def add(account_id: int, number: str) -> None:
    """Enter a number by hand; one that stands there already stays as it is."""
    with unit_of_work() as session:
        if add_opt_outs(session.connection(), [account_id], number, OrigenBaja.MANUAL):
            record(session, Accion.OPT_OUT_ADDED)


def remove(account_id: int, opt_out_id: int) -> Baja:
    """Take a number out, and return what its entry was.

    Raises NotFound.
    """
    with unit_of_work() as session:
        opt_out = lock_owned(session, Baja, account_id, opt_out_id)
        session.delete(opt_out)
        record(session, Accion.OPT_OUT_REMOVED)
    return opt_out


def opted_out(account_id: int, numbers: Collection[str]) -> set[str]:
    """Return which of the numbers stand in the list."""
    found = owned(Baja, account_id).where(Baja.telefono_e164.in_(numbers)).with_only_columns(Baja.telefono_e164)
    return set(db.session.scalars(found)) if numbers else set()


def note_export() -> None:
    """Note in the audit that the list is handed out: before its first byte, so that none goes unnoted."""
    with unit_of_work() as session:
        record(session, Accion.CLIENTS_EXPORTED, Thing("baja"), columnas=list(_COLUMNS))


def export_batches(engine: Engine, account_id: int, zone: ZoneInfo, erased: str) -> Iterator[Rows]:
    """Return the list with its titles, oldest first, a batch at a time; `erased` stands for numbers that are."""
    yield [_COLUMNS]
    last = 0
    while entries := _export_batch(engine, account_id, last):
        yield [_exported(entry, zone, erased) for entry in entries]
        last = entries[-1].id


def _exported(entry: Entry, zone: ZoneInfo, erased: str) -> tuple[str, str | None, str, str]:
    number = erased if is_pseudonym(entry.number) else entry.number
    return number, entry.client_name, entry.origin, local_iso(entry.since, zone)


def _export_batch(engine: Engine, account_id: int, after: int) -> list[Entry]:
    batch = _entries(account_id).where(Baja.id > after).order_by(Baja.id).limit(_EXPORT_BATCH)
    with engine.connect() as connection:
        return [Entry(*row) for row in connection.execute(batch)]


def _entries(account_id: int) -> Select[int, str, OrigenBaja, datetime, int, str]:
    other = aliased(Cliente)
    first_client = (
        select(func.min(other.id))
        .where(other.usuario_id == account_id, other.telefono_e164 == Baja.telefono_e164)
        .correlate(Baja)
        .scalar_subquery()
    )
    return (
        owned(Baja, account_id)
        .outerjoin(Cliente, Cliente.id == first_client)
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
