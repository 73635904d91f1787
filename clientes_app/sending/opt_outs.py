"""Entering numbers into accounts' opt-out lists, and taking them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, union, update

from ..database.transactions import insert_missing
from ..models import Baja, CampanaSMS, Cliente, OrigenBaja, SMSLog
from ..models.types import utc_now
from ..values.pseudonym import is_pseudonym
from .erased import begin_erasing, forget_stop, pseudonyms_of, remember_stop, unhide_opt_out

HAS_OPTED_OUT = (
    select(Baja.id)
    .where(Baja.usuario_id == bindparam("account_id"), Baja.telefono_e164 == SMSLog.telefono_e164)
    .correlate(SMSLog)
    .exists()
)
"""Whether the number of a message of the account `account_id` has opted out."""


OF_THE_SHOP = (OrigenBaja.MANUAL, OrigenBaja.ARCHIVO)
"""Origins of what somebody of the shop entered."""


def accounts_concerned(connection: Connection, number: str) -> list[int]:
    """List the accounts that have sent to a number or have it as a client's."""
    sent = select(CampanaSMS.usuario_id).join(SMSLog).where(SMSLog.telefono_e164 == number)
    known = select(Cliente.usuario_id).where(Cliente.telefono_e164 == number)
    erased = list(pseudonyms_of(connection, [number]))
    sent_once = select(CampanaSMS.usuario_id).join(SMSLog).where(SMSLog.telefono_e164.in_(erased))
    opted_out_once = select(Baja.usuario_id).where(Baja.telefono_e164.in_(erased))
    return list(connection.scalars(union(sent, known, sent_once, opted_out_once)))


def add_opt_outs(connection: Connection, account_ids: Iterable[int], number: str, origin: OrigenBaja) -> int:
    """Enter a number into accounts' lists, where it does not stand yet; return into how many.

    What somebody of the shop enters is not undone by a message's link from then on.
    """
    rows: list[dict[str, Any]] = [
        {"usuario_id": account_id, "telefono_e164": number, "origen": origin, "creado": utc_now()}
        for account_id in account_ids
    ]
    if not rows:
        return 0
    for row in rows if not is_pseudonym(number) else ():
        unhide_opt_out(connection, row["usuario_id"], number)
    if origin in OF_THE_SHOP:
        listed = Baja.telefono_e164 == number, Baja.usuario_id.in_([row["usuario_id"] for row in rows])
        connection.execute(update(Baja).where(*listed, Baja.origen == OrigenBaja.ENLACE).values(origen=origin))
    # psycopg does not count the rows of such a statement: those that it returns are counted.
    entered = insert_missing(Baja, connection.dialect.name).values(rows).returning(Baja.id)
    return len(connection.scalars(entered).all())


def enter_stop(connection: Connection, number: str) -> None:
    """Let every account that has to do with a number write to it no more, and any that comes to have it later."""
    begin_erasing(connection)
    remember_stop(connection, number)
    add_opt_outs(connection, accounts_concerned(connection, number), number, OrigenBaja.MENSAJE)
    # Who asked for it by a link may undo it there; what the phone itself says since then is not undone by a link.
    by_link = Baja.telefono_e164 == number, Baja.origen == OrigenBaja.ENLACE
    connection.execute(update(Baja).where(*by_link).values(origen=OrigenBaja.MENSAJE))


def take_back_stop(connection: Connection, number: str) -> set[int]:
    """Let accounts write again to somebody who takes a STOP back; return those from whose lists the number went.

    What somebody of a shop entered stays, by hand or in a file: it was not this phone that asked for it.
    """
    begin_erasing(connection)
    names = [number, *pseudonyms_of(connection, [number])]
    forget_stop(connection, number)
    gone = delete(Baja).where(Baja.telefono_e164.in_(names), Baja.origen.not_in(OF_THE_SHOP))
    return set(connection.scalars(gone.returning(Baja.usuario_id)))
