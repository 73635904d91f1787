"""Which message a sale came after: the last one that its client had got before it.

A message that is known not to have arrived was not got. Triggers keep `compra_despues` when a sale changes or its
client becomes another. When a message has gone out later than a sale that came after it was stored, or a receipt says
later that it did not arrive, counting its campaign finds that.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, Select, and_, delete, insert, or_, select

from ...clients import locks
from ...database.transactions import id_list, write_transaction
from ...models import NOT_DELIVERED, CampanaSMS, Cliente, CompraDespues, EstadoSMS, SMSLog, Venta
from .quarters import seconds_in

LONGEST_AFTER = 60 * 86_400
"""So many seconds after a message a sale is still linked to it; an account may count fewer days."""

_A_BATCH = 1_000

_GOT = and_(SMSLog.estado == EstadoSMS.ENVIADO, or_(SMSLog.recibo.is_(None), SMSLog.recibo.not_in(NOT_DELIVERED)))
"""Whether a message went out and is not known to have failed."""


def unlinked_sales(connection: Connection, campaign_id: int) -> list[int]:
    """Find the sales that came after messages of a campaign, and are linked to an earlier message, or to none."""
    dialect = connection.dialect.name
    after = seconds_in(Venta.fecha.expression, dialect) - seconds_in(SMSLog.actualizado.expression, dialect)
    same_moment = and_(CompraDespues.enviado == SMSLog.actualizado, CompraDespues.sms_log_id < SMSLog.id)
    earlier = or_(CompraDespues.venta_id.is_(None), CompraDespues.enviado < SMSLog.actualizado, same_moment)
    found = (
        select(Venta.id)
        .select_from(SMSLog)
        .join(Venta, and_(Venta.cliente_id == SMSLog.cliente_id, Venta.fecha >= SMSLog.actualizado))
        .outerjoin(CompraDespues, CompraDespues.venta_id == Venta.id)
        .where(SMSLog.campana_id == campaign_id, _GOT, after <= LONGEST_AFTER, earlier)
    )
    return sorted(set(connection.scalars(found)))


def wrongly_linked_sales(connection: Connection, campaign_id: int) -> list[int]:
    """Find the sales that are linked to messages of a campaign that did not arrive after all."""
    found = (
        select(CompraDespues.venta_id)
        .join(SMSLog, SMSLog.id == CompraDespues.sms_log_id)
        .where(CompraDespues.campana_id == campaign_id, ~_GOT)
    )
    return sorted(connection.scalars(found))


def link(engine: Engine, sale_ids: Sequence[int]) -> None:
    """Link sales to the last message before each, a batch at a time."""
    for first in range(0, len(sale_ids), _A_BATCH):
        with write_transaction(engine) as connection:
            _link(connection, sale_ids[first : first + _A_BATCH])


def _link(connection: Connection, sale_ids: Sequence[int]) -> None:
    listed = id_list(sale_ids, connection.dialect.name)
    ids = select(listed.c.value)
    # Whoever changes sales, or merges clients, has their clients' locks.
    locks.lock(connection, Cliente.id.in_(select(Venta.cliente_id).where(Venta.id.in_(ids))))
    connection.execute(delete(CompraDespues).where(CompraDespues.venta_id.in_(ids)))
    found = _links(connection.dialect.name).where(Venta.id.in_(ids))
    connection.execute(insert(CompraDespues).from_select([column.name for column in found.selected_columns], found))


def _links(dialect: str) -> Select[*tuple[int, ...]]:
    last = (
        select(SMSLog.id)
        .join(CampanaSMS, CampanaSMS.id == SMSLog.campana_id)
        .where(
            SMSLog.cliente_id == Venta.cliente_id,
            _GOT,
            SMSLog.actualizado <= Venta.fecha,
            ~CampanaSMS.es_prueba,
        )
        .order_by(SMSLog.actualizado.desc(), SMSLog.id.desc())
        .limit(1)
        .correlate(Venta)
        .scalar_subquery()
    )
    message = SMSLog.__table__.alias("message")
    after = seconds_in(Venta.fecha.expression, dialect) - seconds_in(message.c.actualizado, dialect)
    return (
        select(
            Venta.id.label("venta_id"),
            message.c.id.label("sms_log_id"),
            message.c.campana_id.label("campana_id"),
            Venta.cliente_id.label("cliente_id"),
            Venta.usuario_id.label("usuario_id"),
            message.c.actualizado.label("enviado"),
            Venta.fecha.label("fecha"),
            after.label("segundos"),
            Venta.total.label("total"),
        )
        .join(message, message.c.id == last)
        .where(after <= LONGEST_AFTER)
    )
