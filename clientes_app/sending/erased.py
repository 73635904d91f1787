"""Numbers that are erased: their pseudonyms, and the opt-outs that outlive them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, update

from ..database.transactions import insert_missing
from ..models import Baja, Privacidad
from ..values.phone_changes import older_spellings
from ..values.pseudonym import pseudonym


def pseudonym_key(connection: Connection) -> bytes:
    """Return the installation's key, made when it is first needed; the transaction may write."""
    row = {"id": 1, "clave": secrets.token_bytes(32)}
    connection.execute(insert_missing(Privacidad, connection.dialect.name).values(row))
    return connection.execute(select(Privacidad.clave)).scalar_one()


def begin_erasing(connection: Connection) -> None:
    """Let nobody give a client a number until the transaction ends, and wait for those who just did.

    Otherwise a number could come back while its opt-out is being hidden, and neither would see the other.
    """
    pseudonym_key(connection)
    connection.execute(select(Privacidad.id).with_for_update())


def hold_off_erasing(connection: Connection) -> None:
    """Let nobody be erased until the transaction ends, and wait for whoever is being erased.

    It comes before the lock of any client: erasing locks in this order.
    """
    pseudonym_key(connection)  # where there is no row yet, there is nothing to lock
    connection.execute(select(Privacidad.id).with_for_update(read=True))


def pseudonyms_of(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    """Return the numbers by their pseudonyms, also by those of their older spellings.

    None where there is no key yet, for then nothing has a pseudonym.
    """
    key = connection.scalar(select(Privacidad.clave))
    if key is None:
        return {}
    return {pseudonym(each, key): number for number in numbers for each in (number, *older_spellings(number))}


def hide_opt_outs(connection: Connection, account_id: int, numbers: Iterable[str]) -> None:
    """Keep the opt-outs of numbers under their pseudonyms only."""
    key = pseudonym_key(connection)
    for number in numbers:
        _rename(connection, account_id, number, pseudonym(number, key))


def wake_opt_outs(connection: Connection, account_id: int, numbers: Iterable[str]) -> None:
    """Enter numbers that clients have again into the list by name, where it holds their pseudonyms."""
    hold_off_erasing(connection)
    known = pseudonyms_of(connection, numbers)
    if not known:
        return
    hidden = select(Baja.telefono_e164).where(Baja.usuario_id == account_id, Baja.telefono_e164.in_(list(known)))
    for found in connection.scalars(hidden).all():
        _rename(connection, account_id, found, known[found])


def _rename(connection: Connection, account_id: int, old: str, new: str) -> None:
    """Let an entry carry another number; where the list has that one already, the old one goes."""
    listed = Baja.usuario_id == account_id, Baja.telefono_e164 == old
    other = select(Baja.id).where(Baja.usuario_id == account_id, Baja.telefono_e164 == new)
    if connection.execute(other).first():
        connection.execute(delete(Baja).where(*listed))
    else:
        connection.execute(update(Baja).where(*listed).values(telefono_e164=new))
