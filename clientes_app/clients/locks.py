"""The locks of clients: whoever takes several takes them in the order of their ids, and those of messages after them.

In the order of the table, or of a list, two who change the same clients would wait for each other.
SQLite has one writer and needs no lock.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, select

from ..models import Cliente, SMSLog


def lock(connection: Connection, clients: ColumnElement[bool]) -> None:
    """Let nobody change or delete clients, or their tags, until the transaction ends."""
    if connection.dialect.name != "sqlite":
        connection.execute(_in_order(clients).with_for_update(key_share=True))


def lock_for_deletion(connection: Connection, clients: ColumnElement[bool]) -> None:
    """Let nothing begin to refer to clients until the transaction ends, and nobody change their messages.

    These lose their client with it; whoever sends them locks them in the order of their ids as well.
    """
    if connection.dialect.name == "sqlite":
        return
    connection.execute(_in_order(clients).with_for_update())
    theirs = select(SMSLog.id).where(SMSLog.cliente_id.in_(select(Cliente.id).where(clients)))
    connection.execute(theirs.order_by(SMSLog.id).with_for_update(key_share=True))


def _in_order(clients: ColumnElement[bool]) -> Select[int]:
    return select(Cliente.id).where(clients).order_by(Cliente.id)
