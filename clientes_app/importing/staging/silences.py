"""What a file says of being written to: an opt-out is entered, a client made inactive; a file never takes either back.

An opt-out belongs to a number. Who has none that can get an SMS is made inactive instead, so that it holds for the
number that comes later too. Undoing an import makes clients active again, but leaves what asks for silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select, update

from ...client_files.rows import Row
from ...database.listed import listed_texts
from ...database.transactions import id_list, insert_missing
from ...models import Baja, Cliente, OrigenBaja
from ...models.types import utc_now

Said = tuple[int, Row]
"""A client's id, and the row that is the client's."""


def is_heeded(active: bool, number: str | None, row: Row, opted_out: Iterable[str]) -> bool:  # noqa: FBT001 (it is the value)
    """Return whether what a row says holds already for a client that is active or not and has a number."""
    if row.inactivo and active:
        return False
    if not row.baja:
        return True
    return number in opted_out if number else not active


def opted_out_among(connection: Connection, account_id: int, numbers: Iterable[str | None]) -> set[str]:
    """Return which of these numbers have opted out."""
    known = {number for number in numbers if number}
    listed = Baja.telefono_e164.in_(listed_texts(known, connection))
    found = select(Baja.telefono_e164).where(Baja.usuario_id == account_id, listed)
    return set(connection.scalars(found)) if known else set()


def silence(connection: Connection, account_id: int, said: Sequence[Said]) -> None:
    """Enter the opt-outs and make clients inactive, as their rows say."""
    if not said:
        return
    listed = id_list(sorted({client_id for client_id, _ in said}), connection.dialect.name)
    found = select(Cliente.id, Cliente.telefono_e164).where(
        Cliente.usuario_id == account_id, Cliente.id.in_(select(listed.c.value))
    )
    numbers: dict[int, str | None] = {row.id: row.telefono_e164 for row in connection.execute(found)}
    opted_out = {client_id for client_id, row in said if row.baja}
    enter(connection, account_id, {number for client_id in opted_out if (number := numbers.get(client_id))})
    inactive = {client_id for client_id, row in said if row.inactivo}
    inactive |= {client_id for client_id in opted_out if not numbers.get(client_id)}
    _set_active(connection, account_id, inactive, active=False)


def activate_again(connection: Connection, account_id: int, client_ids: Iterable[int]) -> None:
    """Make clients active that an import had made inactive, when it is undone."""
    _set_active(connection, account_id, set(client_ids), active=True)


def enter(connection: Connection, account_id: int, numbers: Iterable[str]) -> None:
    """Enter numbers that opt out."""
    rows = [
        {"usuario_id": account_id, "telefono_e164": number, "origen": OrigenBaja.ARCHIVO, "creado": utc_now()}
        for number in sorted(numbers)
    ]
    if rows:
        connection.execute(insert_missing(Baja, connection.dialect.name), rows)


def _set_active(connection: Connection, account_id: int, client_ids: set[int], *, active: bool) -> None:
    if not client_ids:
        return
    listed = id_list(sorted(client_ids), connection.dialect.name)
    meant = Cliente.usuario_id == account_id, Cliente.id.in_(select(listed.c.value))
    connection.execute(update(Cliente).where(*meant).values(activo=active))
