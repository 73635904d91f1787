"""Which clients a message went out to: marked as its campaign is counted, so that nobody who sends waits for clients.

A trigger marks whoever messages come to in a merge.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, select, update

from ...clients import locks
from ...database.transactions import id_list, write_transaction
from ...models import Cliente, EstadoSMS, SMSLog

_A_BATCH = 2_000


def unmarked_clients(connection: Connection, campaign_id: int) -> list[int]:
    """Find the clients to whom a message of a campaign went out, and who are not marked."""
    sent = SMSLog.campana_id == campaign_id, SMSLog.estado == EstadoSMS.ENVIADO
    found = select(Cliente.id).join(SMSLog, SMSLog.cliente_id == Cliente.id).where(*sent, ~Cliente.escrito)
    return sorted(set(connection.scalars(found)))


def mark(engine: Engine, client_ids: Sequence[int]) -> None:
    """Mark clients as written to, a batch at a time."""
    for first in range(0, len(client_ids), _A_BATCH):
        with write_transaction(engine) as connection:
            listed = id_list(client_ids[first : first + _A_BATCH], connection.dialect.name)
            theirs = Cliente.id.in_(select(listed.c.value))
            locks.lock(connection, theirs)
            connection.execute(update(Cliente).where(theirs, ~Cliente.escrito).values(escrito=True))
