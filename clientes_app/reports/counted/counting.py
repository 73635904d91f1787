"""Counting campaigns: each is counted again when somebody looks at a report and it has changed since.

A campaign has changed where its counters or the moment of its last change are others than when it was counted, or where
receipts have left a mark. What is counted is read first, at one moment, and stored afterwards: no sender waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, case, delete, func, insert, select, update

from ...database.transactions import id_list, insert_missing, read_transaction, write_transaction
from ...models import (
    COUNTERS,
    CampanaContada,
    CampanaSMS,
    EntregasContadas,
    EstadoCampana,
    EstadoSMS,
    MensajesContados,
    Recibo,
    ReciboAnotado,
    SMSLog,
)
from ...models.types import utc_now
from . import linking, written_to
from .quarters import quarter_in

DELIVERED = (Recibo.DELIVERED, Recibo.READ)

SETTLING = timedelta(minutes=1)
"""So long after its last change a campaign is counted once more: a sale of that moment may not have been stored yet."""

_NOT_BEGUN = (EstadoCampana.POR_APROBAR, EstadoCampana.PROGRAMADO)
_WITHOUT_CODE = (EstadoSMS.FALLIDO, EstadoSMS.OMITIDO)


@dataclass(frozen=True)
class _Changed:
    """A campaign that is to be counted."""

    id: int
    account_id: int
    mark: str
    messages_too: bool
    """Whether more than its receipts has changed."""


@dataclass(frozen=True)
class _Count:
    """What a campaign's messages come to at one moment."""

    times: int
    began: datetime
    messages: Sequence[Row[*tuple[Any, ...]]]
    deliveries: Sequence[Row[*tuple[Any, ...]]]
    marks: list[int]
    sales: list[int]
    """Those that are to be linked anew."""
    unmarked: list[int]
    """Clients that are to be marked as written to."""


def is_behind(engine: Engine, account_id: int) -> bool:
    """Return whether a campaign of an account has changed since it was counted."""
    return bool(_changed(engine, CampanaSMS.usuario_id == account_id))


def count_account(engine: Engine, account_id: int) -> None:
    """Count those campaigns of an account that have changed since they were counted."""
    _count_all(engine, CampanaSMS.usuario_id == account_id)


def count_campaign(engine: Engine, campaign_id: int) -> None:
    """Count a campaign, where it has changed since it was counted."""
    _count_all(engine, CampanaSMS.id == campaign_id)


def count_everything(engine: Engine, stopping: Callable[[], bool]) -> None:
    """Count the campaigns of all accounts that have changed, until told to stop: who looks next finds less to do."""
    _count_all(engine, CampanaSMS.id > 0, stopping)


def _count_all(engine: Engine, which: ColumnElement[bool], stopping: Callable[[], bool] = lambda: False) -> None:
    for campaign in _changed(engine, which):
        if stopping():
            return
        count = _read(engine, campaign)
        linking.link(engine, count.sales)
        written_to.mark(engine, count.unmarked)
        with write_transaction(engine) as connection:
            _store(connection, campaign, count)


def _changed(engine: Engine, which: ColumnElement[bool]) -> list[_Changed]:
    marked = select(ReciboAnotado.id).where(ReciboAnotado.campana_id == CampanaSMS.id).exists()
    found: Select[*tuple[Any, ...]] = (
        select(
            CampanaSMS.id,
            CampanaSMS.usuario_id,
            CampanaSMS.actualizado,
            *COUNTERS.values(),
            CampanaContada.huella,
            CampanaContada.contada,
            marked.label("marked"),
        )
        .outerjoin(CampanaContada, CampanaContada.campana_id == CampanaSMS.id)
        .where(which, ~CampanaSMS.es_prueba, CampanaSMS.total_clientes > 0, CampanaSMS.estado.not_in(_NOT_BEGUN))
        .order_by(CampanaSMS.id)
    )
    with engine.connect() as connection:
        rows = connection.execute(found).all()
    return [changed for row in rows if (changed := _as_changed(row))]


def _as_changed(row: Row[*tuple[Any, ...]]) -> _Changed | None:
    counters = [str(getattr(row, counter.key)) for counter in COUNTERS.values()]
    mark = " ".join([row.actualizado.isoformat() if row.actualizado else "-", *counters])
    settled = row.contada and (row.actualizado is None or row.contada >= row.actualizado + SETTLING)
    same = settled and row.huella == mark
    return None if same and not row.marked else _Changed(row.id, row.usuario_id, mark, not same)


def _read(engine: Engine, campaign: _Changed) -> _Count:
    # The mark was read before this: what changes in between is counted now, and again when somebody looks.
    began = utc_now()
    with read_transaction(engine) as connection:
        times = connection.scalar(select(CampanaContada.vez).where(CampanaContada.campana_id == campaign.id))
        marks = select(ReciboAnotado.id).where(ReciboAnotado.campana_id == campaign.id)
        return _Count(
            times or 0,
            began,
            connection.execute(_messages(campaign.id, connection.dialect.name)).all(),
            connection.execute(_deliveries(campaign.id, connection.dialect.name)).all(),
            list(connection.scalars(marks)),
            _sales_to_link(connection, campaign),
            written_to.unmarked_clients(connection, campaign.id) if campaign.messages_too else [],
        )


def _sales_to_link(connection: Connection, campaign: _Changed) -> list[int]:
    wrongly = linking.wrongly_linked_sales(connection, campaign.id)
    return sorted({*wrongly, *linking.unlinked_sales(connection, campaign.id)}) if campaign.messages_too else wrongly


def _store(connection: Connection, campaign: _Changed, count: _Count) -> None:
    connection.execute(insert_missing(CampanaContada, connection.dialect.name).values(campana_id=campaign.id))
    counted = (
        update(CampanaContada)
        .where(CampanaContada.campana_id == campaign.id, CampanaContada.vez == count.times)
        .values(vez=count.times + 1, huella=campaign.mark, contada=count.began)
    )
    if connection.execute(counted).rowcount != 1:
        return  # somebody else has counted meanwhile: what they have not seen is still marked
    whose = {"campana_id": campaign.id, "usuario_id": campaign.account_id}
    _replace(connection, MensajesContados, campaign.id, [{**row._mapping, **whose} for row in count.messages])
    ours = {"campana_id": campaign.id}
    _replace(connection, EntregasContadas, campaign.id, [{**row._mapping, **ours} for row in count.deliveries])
    listed = id_list(count.marks, connection.dialect.name)
    connection.execute(delete(ReciboAnotado).where(ReciboAnotado.id.in_(select(listed.c.value))))


def _replace(
    connection: Connection,
    model: type[MensajesContados | EntregasContadas],
    campaign_id: int,
    rows: Iterable[dict[str, Any]],
) -> None:
    connection.execute(delete(model).where(model.campana_id == campaign_id))
    if stored := list(rows):
        connection.execute(insert(model), stored)


def _messages(campaign_id: int, dialect: str) -> Select[*tuple[Any, ...]]:
    # What Twilio said in its own words may be blanked one day; the sentences that come without a code are ours.
    wordless = and_(SMSLog.error_codigo.is_(None), SMSLog.estado.in_(_WITHOUT_CODE))
    parts = (
        quarter_in(SMSLog.actualizado.expression, dialect).label("cuarto"),
        SMSLog.estado.label("estado"),
        SMSLog.recibo.label("recibo"),
        func.coalesce(SMSLog.error_codigo, SMSLog.recibo_codigo).label("codigo"),
        case((wordless, func.coalesce(SMSLog.error_mensaje, "")), else_="").label("motivo"),
    )
    rows = select(*parts, SMSLog.partes.label("partes_cada_uno")).where(SMSLog.campana_id == campaign_id).subquery()
    keys = [rows.c[part.name] for part in parts]
    sums = func.count().label("mensajes"), func.sum(rows.c.partes_cada_uno).label("partes")
    return select(*keys, *sums).group_by(*keys)


def _deliveries(campaign_id: int, dialect: str) -> Select[*tuple[Any, ...]]:
    quarter = quarter_in(SMSLog.recibido.expression, dialect).label("cuarto")
    delivered = SMSLog.campana_id == campaign_id, SMSLog.recibo.in_(DELIVERED), SMSLog.recibido.is_not(None)
    rows = select(quarter).where(*delivered).subquery()
    return select(rows.c.cuarto, func.count().label("mensajes")).group_by(rows.c.cuarto)
