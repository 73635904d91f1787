"""Everything that is kept about one client, for whoever asks what the shop knows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from ..audit_log import Actor, Thing, record
from ..clients.services import find_client
from ..clients.tags.services import tags_of
from ..drafts.personal import drafts_naming
from ..extensions import db, unit_of_work
from ..fields.services import list_fields
from ..fields.showing import typed_value
from ..fields.values import values_of
from ..messaging.personalization import recipient_of
from ..models import (
    Accion,
    Baja,
    Borrador,
    CambioDeCliente,
    CambioImportado,
    CampanaSMS,
    Campo,
    Cliente,
    Distintos,
    Etiqueta,
    Importacion,
    Respuesta,
    SMSLog,
    Venta,
)
from ..models.types import utc_now
from ..tenancy import owned
from ..web.formatting import local_iso


@dataclass(frozen=True)
class PersonalData:
    """A client with every row that tells of it, oldest first."""

    client: Cliente
    fields: Sequence[tuple[Campo, str]]
    """The account's own fields that say something of the client, each with its value as somebody would type it."""
    tags: Sequence[Etiqueta]
    sales: Sequence[Venta]
    messages: Sequence[tuple[SMSLog, str]]
    """Each with the name of its campaign."""
    answers: Sequence[Respuesta]
    opt_outs: Sequence[Baja]
    changes: Sequence[CambioDeCliente]
    imports: Sequence[tuple[Importacion, dict[str, Any] | None]]
    """The import that created the client, and those that changed it, each with the values before."""
    apart: Sequence[int]
    """The clients that are said to be others, by their ids: their names are theirs."""
    drafts: Sequence[Borrador]
    """The drafts of campaigns for which it was ticked."""


def hand_out(account_id: int, client_id: int, *, by: Actor) -> PersonalData:
    """Return all of it, and note in the audit that it was handed out.

    Raises NotFound.
    """
    client = find_client(account_id, client_id)
    with unit_of_work() as session:
        record(session, by, Accion.CLIENT_DATA_EXPORTED, Thing("cliente", client.id))
    return PersonalData(
        client=client,
        fields=_fields(client),
        tags=tags_of(db.session(), account_id, [client.id]).get(client.id, []),
        sales=_sales(client),
        messages=_messages(client),
        answers=_answers(client),
        opt_outs=_opt_outs(client),
        changes=_changes(client),
        imports=_imports(client),
        apart=_apart(client),
        drafts=drafts_naming(db.session(), account_id, client.id),
    )


def as_json(data: PersonalData, zone: ZoneInfo) -> dict[str, Any]:
    """Return it as plain values; moments are the shop's."""
    return {
        "fecha": local_iso(utc_now(), zone),
        "cliente": _client_as_json(data.client, zone),
        "campos": {field.nombre: value for field, value in data.fields},
        "etiquetas": [tag.nombre for tag in data.tags],
        "ventas": [
            {"fecha": local_iso(sale.fecha, zone), "total": f"{sale.total:.2f}", "concepto": sale.concepto}
            | ({"recibo": sale.recibo} if sale.recibo else {})
            for sale in data.sales
        ],
        "mensajes": [_message_as_json(message, campaign, zone) for message, campaign in data.messages],
        "respuestas": [
            {
                "fecha": local_iso(each.recibida, zone),
                "telefono": each.telefono_e164,
                "mensaje": each.mensaje,
                "adjuntos": each.adjuntos,
            }
            for each in data.answers
        ],
        "bajas": [
            {"fecha": local_iso(each.creado, zone), "telefono": each.telefono_e164, "origen": each.origen.value}
            for each in data.opt_outs
        ],
        "cambios": [
            {"fecha": local_iso(change.creado, zone), "tipo": change.tipo.value, "detalle": change.detalle}
            for change in data.changes
        ],
        "importaciones": [
            {"fecha": local_iso(each.creado, zone), "archivo": each.nombre_archivo, "antes": before}
            for each, before in data.imports
        ],
        "distintos": list(data.apart),
        "borradores": [
            {"fecha": local_iso(draft.cambiado, zone), "nombre": draft.resumen, "mensaje": draft.campos["mensaje"]}
            for draft in data.drafts
        ],
    }


def _client_as_json(client: Cliente, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": client.id,
        "nombre": client.nombre,
        "telefono": client.telefono,
        "telefono_e164": client.telefono_e164,
        "documento": client.documento,
        "activo": client.activo,
        "creado": local_iso(client.creado, zone),
        "borrado": client.borrado and local_iso(client.borrado, zone),
        "total_compras": f"{client.total_compras:.2f}",
    }


def _message_as_json(message: SMSLog, campaign: str, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "fecha": local_iso(message.actualizado, zone),
        "campana": campaign,
        "nombre": message.nombre,
        "valores": dict(recipient_of(message.nombre, message.valores).values),
        "telefono": message.telefono_e164 or message.telefono,
        "mensaje": message.mensaje,
        "estado": message.estado.value,
        "recibo": message.recibo and message.recibo.value,
        "motivo": message.error_mensaje,
    }


def _fields(client: Cliente) -> Sequence[tuple[Campo, str]]:
    said = values_of(db.session(), [client.id]).get(client.id, {})
    fields = list_fields(db.session(), client.usuario_id)
    return [(field, typed_value(field.tipo, said[field.id])) for field in fields if field.id in said]


def _sales(client: Cliente) -> Sequence[Venta]:
    made = owned(Venta, client.usuario_id).where(Venta.cliente_id == client.id)
    return db.session.scalars(made.order_by(Venta.fecha, Venta.id)).all()


def _messages(client: Cliente) -> Sequence[tuple[SMSLog, str]]:
    sent = (
        owned(CampanaSMS, client.usuario_id)
        .join(SMSLog, SMSLog.campana_id == CampanaSMS.id)
        .where(SMSLog.cliente_id == client.id)
        .order_by(SMSLog.id)
        .with_only_columns(SMSLog, CampanaSMS.nombre, maintain_column_froms=True)
    )
    return [(message, campaign) for message, campaign in db.session.execute(sent)]


def _answers(client: Cliente) -> Sequence[Respuesta]:
    written = owned(Respuesta, client.usuario_id).where(Respuesta.telefono_e164 == client.telefono_e164)
    return db.session.scalars(written.order_by(Respuesta.id)).all()


def _opt_outs(client: Cliente) -> Sequence[Baja]:
    listed = owned(Baja, client.usuario_id).where(Baja.telefono_e164 == client.telefono_e164)
    return db.session.scalars(listed).all()


def _changes(client: Cliente) -> Sequence[CambioDeCliente]:
    made = (
        owned(Cliente, client.usuario_id)
        .join(CambioDeCliente, CambioDeCliente.cliente_id == Cliente.id)
        .where(Cliente.id == client.id)
        .order_by(CambioDeCliente.id)
        .with_only_columns(CambioDeCliente, maintain_column_froms=True)
    )
    return db.session.scalars(made).all()


def _imports(client: Cliente) -> Sequence[tuple[Importacion, dict[str, Any] | None]]:
    its_change = and_(CambioImportado.importacion_id == Importacion.id, CambioImportado.cliente_id == client.id)
    touched = (
        owned(Importacion, client.usuario_id)
        .outerjoin(CambioImportado, its_change)
        .where(or_(CambioImportado.cliente_id.is_not(None), Importacion.id == client.importacion_id))
        .order_by(Importacion.id)
        .with_only_columns(Importacion, CambioImportado.antes, maintain_column_froms=True)
    )
    fields = {str(field.id): field for field in list_fields(db.session(), client.usuario_id)}
    return [(each, before and _with_field_names(before, fields)) for each, before in db.session.execute(touched)]


def _with_field_names(before: dict[str, Any], fields: Mapping[str, Campo]) -> dict[str, Any]:
    """Return the values from before an import with the account's own fields by their names, but for those deleted."""
    said = before.get("campos", {}).items()
    named = {fields[key].nombre: typed_value(fields[key].tipo, value) for key, value in said if key in fields}
    return {**before, "campos": named} if named else before


def _apart(client: Cliente) -> Sequence[int]:
    said = select(Distintos).where(or_(Distintos.menor_id == client.id, Distintos.mayor_id == client.id))
    pairs = db.session.scalars(said.order_by(Distintos.creado))
    return [pair.mayor_id if pair.menor_id == client.id else pair.menor_id for pair in pairs]
