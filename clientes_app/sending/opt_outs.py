"""Entering numbers into accounts' opt-out lists, and taking them out."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, union
from sqlalchemy.dialects import postgresql, sqlite

from ..models import Baja, CampanaSMS, Cliente, OrigenBaja, SMSLog
from ..models.types import utc_now


def accounts_concerned(connection: Connection, number: str) -> list[int]:
    """List the accounts that have sent to a number or have it as a client's."""
    sent = select(CampanaSMS.usuario_id).join(SMSLog).where(SMSLog.telefono_e164 == number)
    known = select(Cliente.usuario_id).where(Cliente.telefono_e164 == number)
    return list(connection.scalars(union(sent, known)))


def add_opt_outs(connection: Connection, account_ids: Iterable[int], number: str, origin: OrigenBaja) -> int:
    """Enter a number into accounts' lists, where it does not stand yet; answer into how many."""
    rows = [
        {"usuario_id": account_id, "telefono_e164": number, "origen": origin, "creado": utc_now()}
        for account_id in account_ids
    ]
    if not rows:
        return 0
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return connection.execute(insert(Baja).values(rows).on_conflict_do_nothing()).rowcount


def remove_opt_outs(connection: Connection, account_ids: Iterable[int], number: str) -> int:
    """Take a number out of accounts' lists; answer out of how many."""
    gone = delete(Baja).where(Baja.usuario_id.in_(list(account_ids)), Baja.telefono_e164 == number)
    return connection.execute(gone).rowcount
