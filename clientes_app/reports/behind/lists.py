"""What is behind a figure: the messages that it counts, the purchases, or the opt-outs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from ...database.paging import Page, newest_first, page_of
from ...extensions import db
from ...models import (
    NOT_DELIVERED,
    Baja,
    CampanaSMS,
    Cliente,
    CompraDespues,
    EstadoSMS,
    MensajesContados,
    SMSLog,
    Venta,
)
from ...opt_outs.search_text import SearchText
from ...opt_outs.services import Entry, entries_of
from ...tenancy import get_owned
from ..counted.counting import DELIVERED
from ..counted.purchases import Purchases, counted, days_of, made_in, sum_of
from ..counted.quarters import Span

A_PAGE = 50

Place = tuple[datetime, int]
"""When a purchase was made, and which sale it is."""


class What(StrEnum):
    """Which messages a figure counts."""

    SENT = "enviados"
    DELIVERED = "entregados"
    FAILED = "fallidos"
    NOT_DELIVERED = "no_entregados"
    NOT_ARRIVED = "no_llegaron"
    """Both: those that were refused, and those that were not delivered."""
    SKIPPED = "omitidos"
    UNCONFIRMED = "sin_confirmar"
    """Sent, and no receipt says what became of them."""
    CANCELLED = "cancelados"
    UNCERTAIN = "inciertos"
    WAITING = "por_salir"


_CONDITIONS: dict[What, list[ColumnElement[bool]]] = {
    What.SENT: [SMSLog.estado == EstadoSMS.ENVIADO],
    What.DELIVERED: [SMSLog.estado == EstadoSMS.ENVIADO, SMSLog.recibo.in_(DELIVERED)],
    What.FAILED: [SMSLog.estado == EstadoSMS.FALLIDO],
    What.NOT_DELIVERED: [SMSLog.estado == EstadoSMS.ENVIADO, SMSLog.recibo.in_(NOT_DELIVERED)],
    What.NOT_ARRIVED: [
        or_(
            SMSLog.estado == EstadoSMS.FALLIDO,
            and_(SMSLog.estado == EstadoSMS.ENVIADO, SMSLog.recibo.in_(NOT_DELIVERED)),
        )
    ],
    What.SKIPPED: [SMSLog.estado == EstadoSMS.OMITIDO],
    What.UNCONFIRMED: [
        SMSLog.estado == EstadoSMS.ENVIADO,
        or_(SMSLog.recibo.is_(None), SMSLog.recibo.not_in((*DELIVERED, *NOT_DELIVERED))),
    ],
    What.CANCELLED: [SMSLog.estado == EstadoSMS.CANCELADO],
    What.UNCERTAIN: [SMSLog.estado == EstadoSMS.INCIERTO],
    What.WAITING: [SMSLog.estado.in_((EstadoSMS.PENDIENTE, EstadoSMS.ENVIANDO))],
}


@dataclass(frozen=True)
class Asked:
    """Which messages or purchases somebody wants to see: those of a campaign, or of some time."""

    what: What = What.SENT
    campaign_id: int | None = None
    span: Span | None = None
    code: int | None = None
    """Twilio's code; None: whatever the code."""
    sentence: str | None = None
    """The reason of those without a code."""


@dataclass(frozen=True)
class Purchase:
    """A sale, and the message that it came after."""

    id: int
    when: datetime
    pesos: Decimal
    concept: str
    client_id: int
    client_name: str
    campaign_id: int
    campaign_name: str
    sent: datetime

    @property
    def place(self) -> Place:
        """Return where it stands in the list."""
        return self.when, self.id


def messages(account_id: int, asked: Asked, after: int | None) -> Page[tuple[SMSLog, CampanaSMS]]:
    """List a page of messages, campaign by campaign, the newest campaign first; those after the message `after`.

    Raises NotFound where the campaign is not the account's.
    """
    session = db.session()
    campaigns = campaigns_of(session, account_id, asked)
    place = session.get(SMSLog, after) if after else None
    if place is not None:
        campaigns = [campaign for campaign in campaigns if campaign.id <= place.campana_id]
    found: list[tuple[SMSLog, CampanaSMS]] = []
    for campaign in campaigns:
        rows = select(SMSLog).where(SMSLog.campana_id == campaign.id, *of_messages(asked)).order_by(SMSLog.id)
        if place is not None and campaign.id == place.campana_id:
            rows = rows.where(SMSLog.id > place.id)
        found += [(row, campaign) for row in session.scalars(rows.limit(A_PAGE + 1 - len(found)))]
        if len(found) > A_PAGE:
            break
    shown = found[:A_PAGE]
    return Page(shown, shown[-1][0].id if len(found) > A_PAGE else None)


def purchases(
    session: Session, account_id: int, asked: Asked, before: Place | None, size: int = A_PAGE
) -> Page[Purchase]:
    """List a page of purchases, the last that were made first: those before a place."""
    which = _of_purchases(session, account_id, asked)
    if before is not None:
        when, sale_id = before
        place = tuple_(literal(when, CompraDespues.fecha.type), literal(sale_id))
        which.append(tuple_(CompraDespues.fecha, CompraDespues.venta_id) < place)
    found = (
        select(
            CompraDespues.venta_id,
            CompraDespues.fecha,
            CompraDespues.total,
            Venta.concepto,
            Cliente.id,
            Cliente.nombre,
            CampanaSMS.id,
            CampanaSMS.nombre,
            CompraDespues.enviado,
        )
        .join(Venta, Venta.id == CompraDespues.venta_id)
        .join(Cliente, Cliente.id == CompraDespues.cliente_id)
        .join(CampanaSMS, CampanaSMS.id == CompraDespues.campana_id)
        .where(*which)
    )
    newest = found.order_by(CompraDespues.fecha.desc(), CompraDespues.venta_id.desc())
    return page_of([Purchase(*row) for row in session.execute(newest.limit(size + 1))], size)


def place_of(session: Session, account_id: int, sale_id: int | None) -> Place | None:
    """Return where a sale stands in the list; None where it is not in it any more."""
    place = select(CompraDespues.fecha, CompraDespues.venta_id).where(
        CompraDespues.usuario_id == account_id, CompraDespues.venta_id == sale_id
    )
    row = session.execute(place).one_or_none()
    return None if row is None else (row.fecha, row.venta_id)


def sum_of_purchases(account_id: int, asked: Asked) -> Purchases:
    """Sum up the purchases of all pages."""
    session = db.session()
    return sum_of(session, _of_purchases(session, account_id, asked))


def opt_outs(session: Session, account_id: int, span: Span, before: int | None, size: int = A_PAGE) -> Page[Entry]:
    """List a page of the numbers that came into the list in some time, the newest first: those before `before`."""
    entered = entries_of(account_id, SearchText()).where(Baja.creado >= span.begins, Baja.creado < span.ends)
    newest = newest_first(entered, Baja.id, before, size)
    return page_of([Entry(*row) for row in session.execute(newest)], size)


def campaigns_of(session: Session, account_id: int, asked: Asked) -> list[CampanaSMS]:
    """Return the campaigns whose messages are asked for, the newest first.

    Raises NotFound where the campaign is not the account's.
    """
    if asked.campaign_id is not None:
        return [get_owned(session, CampanaSMS, account_id, asked.campaign_id)]
    if asked.span is None:
        return []
    counted_then = select(MensajesContados.campana_id).where(
        MensajesContados.usuario_id == account_id,
        MensajesContados.cuarto >= asked.span.first,
        MensajesContados.cuarto < asked.span.end,
    )
    newest = select(CampanaSMS).where(CampanaSMS.id.in_(counted_then)).order_by(CampanaSMS.id.desc())
    return list(session.scalars(newest))


def _of_purchases(session: Session, account_id: int, asked: Asked) -> list[ColumnElement[bool]]:
    which = counted(account_id, days_of(session, account_id))
    if asked.campaign_id is not None:
        which.append(CompraDespues.campana_id == asked.campaign_id)
    return which if asked.span is None else [*which, *made_in(asked.span)]


def of_messages(asked: Asked) -> Iterable[Any]:
    """Return which messages of a campaign are asked for."""
    yield from _CONDITIONS[asked.what]
    if asked.span is not None:
        yield SMSLog.actualizado >= asked.span.begins
        yield SMSLog.actualizado < asked.span.ends
    if asked.code is not None:
        yield func.coalesce(SMSLog.error_codigo, SMSLog.recibo_codigo) == asked.code
    if asked.sentence is not None:
        yield SMSLog.error_codigo.is_(None)
        yield func.coalesce(SMSLog.error_mensaje, "") == asked.sentence
