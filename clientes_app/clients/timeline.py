"""A client's story: what was done to it, sent to it, answered by it and sold to it, in one stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from ..extensions import db
from ..models import (
    Baja,
    CambioDeCliente,
    CampanaSMS,
    Cliente,
    Importacion,
    Respuesta,
    SMSLog,
    TipoDeCambio,
    Usuario,
    Venta,
)
from ..tenancy import owned
from ..values.ids import MAX_ID

Columns = TypeVarTuple("Columns")

PAGE_SIZE = 30


class Source(IntEnum):
    """Where entries come from; of one moment, the later source is told first."""

    CREATION = 0
    CHANGE = 1
    OPT_OUT = 2
    PURCHASE = 3
    MESSAGE = 4
    ANSWER = 5


class Kind(StrEnum):
    """What an entry tells of."""

    CREATED = "created"
    IMPORTED = "imported"
    EDITED = "edited"
    MERGED = "merged"
    SALE_EDITED = "sale-edited"
    SALE_DELETED = "sale-deleted"
    OPT_OUT = "opt-out"
    PURCHASE = "purchase"
    MESSAGE = "message"
    ANSWER = "answer"


_KINDS = {
    TipoDeCambio.CREADO: Kind.CREATED,
    TipoDeCambio.EDITADO: Kind.EDITED,
    TipoDeCambio.UNIDO: Kind.MERGED,
}


_KINDS_OF_SALES = {"venta": Kind.SALE_EDITED, "venta_eliminada": Kind.SALE_DELETED}


@dataclass(frozen=True, order=True)
class Place:
    """Where an entry stands in the story: no two share one, though many things share a moment."""

    moment: datetime
    source: int
    id: int

    @classmethod
    def from_text(cls, text: str) -> Place | None:
        """Read what `str` of a place wrote; None for anything else."""
        try:
            moment, source, number = text.split("_")
            place = cls(datetime.fromisoformat(moment).astimezone(UTC), Source(int(source)), int(number))
        except (ValueError, OverflowError):
            return None
        return place if 0 <= place.id <= MAX_ID else None

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}_{self.source:d}_{self.id}"


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    place: Place
    kind: Kind
    what: CambioDeCliente | Importacion | Baja | Venta | SMSLog | Respuesta | None
    """The row that tells of it; None for a creation that nobody noted."""
    name: str | None = None
    """Who did it, or the campaign that a message belongs to."""
    source_file: str | None = None
    """The file whose import did it."""

    @property
    def sale(self) -> dict[str, list[Decimal | datetime | str]]:
        """Return what is told of a sale that was edited or deleted: by its columns, what each was, and then is."""
        details = self.what.detalle if isinstance(self.what, CambioDeCliente) else {}
        told: dict[str, Any] = next((details[key] for key in _KINDS_OF_SALES if key in details), {})
        return {name: [_read(name, value) for value in _as_list(values)] for name, values in told.items()}


@dataclass(frozen=True)
class Story:
    """Entries, newest first, and the place that leads to older ones."""

    entries: list[Entry]
    older_than: Place | None


def _kind(change: CambioDeCliente) -> Kind:
    return next((kind for key, kind in _KINDS_OF_SALES.items() if key in change.detalle), _KINDS[change.tipo])


def _as_list(values: Any) -> list[str]:
    return values if isinstance(values, list) else [values]


def _read(name: str, written: str) -> Decimal | datetime | str:
    """Read what a story keeps of a sale's column."""
    if name == "total":
        return Decimal(written)
    return datetime.fromisoformat(written) if name == "fecha" else written


def story_of(client: Cliente, before: Place | None = None) -> Story:
    """Return what happened to a client before a place, or the latest."""
    sources = (_creation, _changes, _opt_outs, _purchases, _messages, _answers)
    found = [entry for source in sources for entry in source(client, before)]
    found.sort(key=lambda entry: entry.place, reverse=True)
    shown = found[:PAGE_SIZE]
    return Story(shown, shown[-1].place if len(found) > PAGE_SIZE else None)


def _creation(client: Cliente, before: Place | None) -> list[Entry]:
    """Return the creation where no change tells of it: of clients from a file, or from before changes were noted."""
    place = Place(client.creado, Source.CREATION, client.id)
    if before is not None and place >= before:
        return []
    creations = _changes_of(client).where(CambioDeCliente.tipo == TipoDeCambio.CREADO)
    # A creation with details is that of a client merged into this one.
    noted = any(not change.detalle for change, *_ in db.session.execute(creations))
    return [] if noted else [_from_file(client, place) or Entry(place, Kind.CREATED, None)]


def _from_file(client: Cliente, place: Place) -> Entry | None:
    if client.importacion_id is None:
        return None
    imports = owned(Importacion, client.usuario_id).where(Importacion.id == client.importacion_id)
    return Entry(place, Kind.IMPORTED, db.session.scalar(imports))


def _changes(client: Cliente, before: Place | None) -> list[Entry]:
    moment, number = CambioDeCliente.creado, CambioDeCliente.id
    return [
        Entry(Place(change.creado, Source.CHANGE, change.id), _kind(change), change, who, file)
        for change, who, file in _latest(_changes_of(client), Source.CHANGE, moment, number, before)
    ]


def _opt_outs(client: Cliente, before: Place | None) -> list[Entry]:
    listed = owned(Baja, client.usuario_id).where(Baja.telefono_e164 == client.telefono_e164)
    return [
        Entry(Place(opt_out.creado, Source.OPT_OUT, opt_out.id), Kind.OPT_OUT, opt_out)
        for (opt_out,) in _latest(listed, Source.OPT_OUT, Baja.creado, Baja.id, before)
    ]


def _purchases(client: Cliente, before: Place | None) -> list[Entry]:
    made = owned(Venta, client.usuario_id).where(Venta.cliente_id == client.id)
    return [
        Entry(Place(sale.fecha, Source.PURCHASE, sale.id), Kind.PURCHASE, sale)
        for (sale,) in _latest(made, Source.PURCHASE, Venta.fecha, Venta.id, before)
    ]


def _messages(client: Cliente, before: Place | None) -> list[Entry]:
    sent = (
        owned(CampanaSMS, client.usuario_id)
        .join(SMSLog, SMSLog.campana_id == CampanaSMS.id)
        .where(SMSLog.cliente_id == client.id)
        .with_only_columns(SMSLog, CampanaSMS.nombre, maintain_column_froms=True)
    )
    return [
        Entry(Place(message.actualizado, Source.MESSAGE, message.id), Kind.MESSAGE, message, campaign)
        for message, campaign in _latest(sent, Source.MESSAGE, SMSLog.actualizado, SMSLog.id, before)
    ]


def _answers(client: Cliente, before: Place | None) -> list[Entry]:
    written = owned(Respuesta, client.usuario_id).where(Respuesta.telefono_e164 == client.telefono_e164)
    return [
        Entry(Place(answer.recibida, Source.ANSWER, answer.id), Kind.ANSWER, answer)
        for (answer,) in _latest(written, Source.ANSWER, Respuesta.recibida, Respuesta.id, before)
    ]


def _changes_of(client: Cliente) -> Select[CambioDeCliente, str, str]:
    return (
        owned(Cliente, client.usuario_id)
        .join(CambioDeCliente, CambioDeCliente.cliente_id == Cliente.id)
        .outerjoin(Usuario, Usuario.id == CambioDeCliente.hecho_por_id)
        .outerjoin(Importacion, Importacion.id == CambioDeCliente.importacion_id)
        .where(Cliente.id == client.id)
        .with_only_columns(CambioDeCliente, Usuario.usuario, Importacion.nombre_archivo, maintain_column_froms=True)
    )


def _latest(
    found: Select[*Columns],
    source: Source,
    moment: InstrumentedAttribute[datetime],
    number: InstrumentedAttribute[int],
    before: Place | None,
) -> Sequence[Row[*Columns]]:
    """Return the latest of one source: one more than a page, which tells whether another page follows."""
    if before is not None:
        found = found.where(_stands_before(before, source, moment, number))
    return db.session.execute(found.order_by(moment.desc(), number.desc()).limit(PAGE_SIZE + 1)).all()


def _stands_before(
    place: Place, source: Source, moment: InstrumentedAttribute[datetime], number: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    if source != place.source:
        return moment <= place.moment if source < place.source else moment < place.moment
    return or_(moment < place.moment, and_(moment == place.moment, number < place.id))
