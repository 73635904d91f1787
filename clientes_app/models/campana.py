"""Campaigns and their messages: the outbox, which `sending.states` alone changes; and drafts, which are none yet."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Money, PrimaryKey, UtcDateTime, only_where, state_column, utc_now


class EstadoCampana(StrEnum):
    """Where a campaign stands."""

    PENDIENTE = "pendiente"
    PROCESANDO = "procesando"
    COMPLETADO = "completado"
    ERROR = "error"
    PAUSADO = "pausado"
    CANCELADO = "cancelado"
    POR_APROBAR = "por_aprobar"
    """A vendedor asked for it; an admin has not said yes."""
    PROGRAMADO = "programado"
    """It is sent at its hour."""


# A campaign in one of these goes on only if somebody wants it to.
ENDED = frozenset({EstadoCampana.COMPLETADO, EstadoCampana.ERROR, EstadoCampana.CANCELADO})

AT_REST = ENDED | {EstadoCampana.POR_APROBAR, EstadoCampana.PROGRAMADO}
"""In these nothing happens until somebody decides, or the hour comes: nobody waits for that with a request open."""


class MotivoDePausa(StrEnum):
    """Why the program itself has paused a campaign at its hour."""

    TARDE = "tarde"
    """The hour was past for too long: no machine ran, or the approval came after it."""
    AUTOR = "autor"
    """Who scheduled it may not send any more."""
    PUBLICO = "publico"
    """What says who is meant is gone, or cannot be read."""
    NADIE = "nadie"
    """Nobody was meant at that time."""
    TEXTO = "texto"
    """Its text has a placeholder that there is no more."""
    LIMITE = "limite"
    """It would have passed a limit of the account."""


class TipoDeCampana(StrEnum):
    """What a campaign is for, as far as the law asks."""

    PUBLICIDAD = "publicidad"
    """Advertising: it keeps to the lawful hours, and to one a person a day."""
    SERVICIO = "servicio"
    """Strictly about what was bought."""


class EstadoSMS(StrEnum):
    """What is known of one message."""

    PENDIENTE = "pendiente"
    ENVIANDO = "enviando"
    ENVIADO = "enviado"
    FALLIDO = "fallido"
    OMITIDO = "omitido"
    INCIERTO = "incierto"
    CANCELADO = "cancelado"


class Recibo(StrEnum):
    """What Twilio says of a message it accepted, in the order in which it says it.

    It has two more words, `receiving` and `received`, for messages that come in.
    https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
    """

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    PARTIALLY_DELIVERED = "partially_delivered"
    READ = "read"


NOT_DELIVERED = (Recibo.UNDELIVERED, Recibo.FAILED, Recibo.CANCELED)
"""What a receipt says of a message that did not reach the phone."""

# Codes that say of a number that it will never get a message: it does not exist, no longer does, or is no mobile's.
DEAD_NUMBER = (
    "estado = 'fallido' AND error_codigo IN (21211, 21214, 21217, 21265, 21614, 21635)"
    " OR recibo_codigo IN (30005, 30006)"
)
# What says of a message that it was refused, or accepted and not delivered.
NOT_ARRIVED = "estado = 'fallido' OR recibo IN ('undelivered', 'failed', 'canceled')"


class CampanaSMS(Base):
    """A campaign with its counters: one for each state of its messages, always summing up to the total."""

    __tablename__ = "campana_sms"
    __table_args__ = (
        CheckConstraint("length(nombre) BETWEEN 1 AND 200", name="nombre"),
        CheckConstraint("length(mensaje) BETWEEN 1 AND 1600", name="mensaje"),
        CheckConstraint(
            "total_clientes = pendientes + enviando + enviados_exitosos + enviados_fallidos"
            " + omitidos + inciertos + cancelados",
            name="suma",
        ),
        CheckConstraint(
            "pendientes >= 0 AND enviando >= 0 AND enviados_exitosos >= 0 AND enviados_fallidos >= 0"
            " AND omitidos >= 0 AND inciertos >= 0 AND cancelados >= 0",
            name="contadores",
        ),
        CheckConstraint("(estado = 'completado') = (completado IS NOT NULL)", name="completado"),
        CheckConstraint("estado <> 'completado' OR (pendientes = 0 AND enviando = 0)", name="sin_resto"),
        CheckConstraint(
            "estado <> 'programado' OR (programada_para IS NOT NULL AND encolada IS NULL AND enviando = 0)",
            name="programado",
        ),
        CheckConstraint(
            "publico IS NULL OR (programada_para IS NOT NULL"
            " AND (estado NOT IN ('programado', 'por_aprobar') OR total_clientes = 0))",
            name="publico",
        ),
        CheckConstraint("motivo_pausa IS NULL OR estado = 'pausado'", name="motivo_pausa"),
        CheckConstraint("(tipo = 'servicio') = (motivo_servicio IS NOT NULL)", name="motivo_servicio"),
        CheckConstraint("exceptuada_por_id IS NULL OR tipo = 'publicidad'", name="exceptuada"),
        CheckConstraint("clave_idempotencia IS NULL OR clave_formulario IS NULL", name="una_clave"),
        UniqueConstraint("usuario_id", "clave_idempotencia"),
        UniqueConstraint("usuario_id", "clave_formulario", "huella", name="uq_campana_sms_formulario"),
        Index("ix_campana_sms_usuario_id_id", "usuario_id", "id"),
        Index("ix_campana_sms_estado_id", "estado", "id"),
        Index("ix_campana_sms_usuario_id_encolada", "usuario_id", "encolada"),
        Index("ix_campana_sms_programada_para", "programada_para", **only_where("estado = 'programado'")),
        Index("ix_campana_sms_usuario_id_motivo", "usuario_id", "id", **only_where("motivo_pausa IS NOT NULL")),
        Index("ix_campana_sms_continua_id", "continua_id", **only_where("continua_id IS NOT NULL")),
    )

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(200))
    mensaje: Mapped[str] = mapped_column(Text)
    total_clientes: Mapped[int] = mapped_column(default=0)
    pendientes: Mapped[int] = mapped_column(default=0)
    enviando: Mapped[int] = mapped_column(default=0)
    enviados_exitosos: Mapped[int] = mapped_column(default=0)
    enviados_fallidos: Mapped[int] = mapped_column(default=0)
    omitidos: Mapped[int] = mapped_column(default=0)
    inciertos: Mapped[int] = mapped_column(default=0)
    cancelados: Mapped[int] = mapped_column(default=0)
    estado: Mapped[EstadoCampana] = mapped_column(state_column(EstadoCampana), default=EstadoCampana.PENDIENTE)
    error_codigo: Mapped[int | None]
    error_mensaje: Mapped[str | None] = mapped_column(Text)
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    iniciado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actualizado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    velocidad: Mapped[float] = mapped_column(default=0.0)
    """Messages a second, as the sender last measured it at `actualizado`."""
    desconcertantes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of Twilio's answers in a row nobody understood."""
    clave_idempotencia: Mapped[str | None] = mapped_column(String(200))
    """The `Idempotency-Key` that a program sent with it."""
    clave_formulario: Mapped[str | None] = mapped_column(String(200))
    """The key of the form that a browser sent."""
    huella: Mapped[str | None] = mapped_column(String(64))
    """Where it has one of the two keys: the SHA-256 of whose request it was and what it asked, or a draft's mark."""
    continua_id: Mapped[int | None] = mapped_column(ForeignKey("campana_sms.id", ondelete="RESTRICT"))
    """The first of the campaigns to whose missing ones it goes: those that name one campaign reach nobody twice."""
    plantilla_id: Mapped[int | None] = mapped_column(ForeignKey("plantilla_sms.id", ondelete="SET NULL"), index=True)
    partes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many SMS parts it was meant to send, when it was stored; 0 where the account had no prices."""
    costo: Mapped[Decimal] = mapped_column(Money, default=0, server_default="0")
    """What these would cost, by the account's prices of that moment."""
    destinatarios: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many messages it was meant to send, when it was stored; one more for each that was sent again."""
    encolada: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the sender was given it: as it was stored, approved or at its hour; null while it waits for that."""
    es_prueba: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is one message of a person to themselves, a test or a code: no page, list or report shows it."""
    programada_para: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Its hour; null where it was to be sent at once."""
    publico: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))
    """Who is meant at its hour, as a request says it; null where its rows were stored with it."""
    motivo_pausa: Mapped[MotivoDePausa | None] = mapped_column(state_column(MotivoDePausa))
    depurada: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the texts and numbers of its messages were blanked."""
    aprobada_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    enviada_por_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    tipo: Mapped[TipoDeCampana | None] = mapped_column(state_column(TipoDeCampana))
    """Null: a program did not say, and nothing binds it."""
    motivo_servicio: Mapped[str | None] = mapped_column(String(200))
    """Why it is no advertising, in the words of who sent it."""
    exceptuada_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    """Who said that this advertisement need not keep to the hours, nor to one a day; null: it does."""
    a_colombia: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether some of its messages, when they were stored, were meant for numbers of Colombia."""
    al_exterior: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether some were meant for other numbers."""
    pie: Mapped[str | None] = mapped_column(String(300))
    """What its messages end with, the way out; `{codigo}` stands for each message's own. Null: nothing."""
    compartido: Mapped[str | None] = mapped_column(Text)
    """What all its messages share beside the text, as it was when it was stored; null: they need nothing but names."""
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))


COUNTERS = {
    EstadoSMS.PENDIENTE: CampanaSMS.pendientes,
    EstadoSMS.ENVIANDO: CampanaSMS.enviando,
    EstadoSMS.ENVIADO: CampanaSMS.enviados_exitosos,
    EstadoSMS.FALLIDO: CampanaSMS.enviados_fallidos,
    EstadoSMS.OMITIDO: CampanaSMS.omitidos,
    EstadoSMS.INCIERTO: CampanaSMS.inciertos,
    EstadoSMS.CANCELADO: CampanaSMS.cancelados,
}
"""The counter of each state."""


class SMSLog(Base):
    """One message of a campaign to one client; it outlives the client.

    `telefono_e164` is the number that the message goes to, null on a row that is never tried: so no phone can
    be in one campaign twice.
    """

    __tablename__ = "sms_log"
    __table_args__ = (
        # The number first: so it tells where a number was written to, without an index of its own.
        UniqueConstraint("telefono_e164", "campana_id"),
        # Of those that there are: a new campaign has none, and is stored the sooner.
        Index("uq_sms_log_intento", "intento", unique=True, **only_where("intento IS NOT NULL")),
        Index("uq_sms_log_twilio_sid", "twilio_sid", unique=True, **only_where("twilio_sid IS NOT NULL")),
        Index("uq_sms_log_codigo", "codigo", unique=True, **only_where("codigo IS NOT NULL")),
        Index("ix_sms_log_campana_id_estado_id", "campana_id", "estado", "id"),
        Index("ix_sms_log_cliente_id_id", "cliente_id", "id"),
        Index("ix_sms_log_enviando", "estado", "id", **only_where("estado = 'enviando'")),
        # With what it asks in it: SQLite then reads the index alone.
        Index(
            "ix_sms_log_numero_muerto",
            "telefono_e164",
            "campana_id",
            "id",
            "estado",
            "error_codigo",
            "recibo_codigo",
            **only_where(DEAD_NUMBER),
        ),
        Index("ix_sms_log_no_llego", "cliente_id", "estado", "recibo", **only_where(NOT_ARRIVED)),
        Index("ix_sms_log_proxima_consulta", "proxima_consulta", **only_where("proxima_consulta IS NOT NULL")),
        CheckConstraint(
            "estado <> 'enviado' OR twilio_sid IS NOT NULL OR confirmado_por_id IS NOT NULL", name="twilio_sid"
        ),
        CheckConstraint(
            "estado NOT IN ('pendiente', 'enviando', 'enviado', 'incierto') OR telefono_e164 IS NOT NULL",
            name="telefono_e164",
        ),
    )

    id: Mapped[PrimaryKey]
    campana_id: Mapped[int] = mapped_column(ForeignKey("campana_sms.id", ondelete="RESTRICT"))
    cliente_id: Mapped[int | None] = mapped_column(ForeignKey("cliente.id", ondelete="SET NULL"))
    nombre: Mapped[str] = mapped_column(String(150))
    telefono: Mapped[str] = mapped_column(String(20), default="", server_default="")
    telefono_e164: Mapped[str | None] = mapped_column(String(16))
    valores: Mapped[str | None] = mapped_column(Text)
    """The client's values that the text uses, as JSON, as they were when it was stored; null: it uses none."""
    mensaje: Mapped[str] = mapped_column(Text, default="", server_default="")
    """The text as it was handed to Twilio; empty while it was not."""
    partes: Mapped[int] = mapped_column(default=0, server_default="0")
    estado: Mapped[EstadoSMS] = mapped_column(state_column(EstadoSMS))
    intento: Mapped[str | None] = mapped_column(String(32))
    """Names the last attempt to send this row."""
    turno_id: Mapped[int | None] = mapped_column(BigInteger)
    """The lease under which it was claimed last; that may be gone."""
    codigo: Mapped[str | None] = mapped_column(String(7))
    """Names it in the address of its way out, from its first claim on; no other message ever had it."""
    twilio_sid: Mapped[str | None] = mapped_column(String(100))
    error_codigo: Mapped[int | None]
    error_mensaje: Mapped[str | None] = mapped_column(Text)
    recibo: Mapped[Recibo | None] = mapped_column(state_column(Recibo, longest=20))
    """What became of it after Twilio accepted it; `estado` never says that."""
    recibo_codigo: Mapped[int | None]
    recibido: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmado_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    """Who said that an uncertain message arrived."""
    consultas: Mapped[int] = mapped_column(default=0, server_default="0")
    proxima_consulta: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When Twilio is asked next what became of an uncertain message; null: not again."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    actualizado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
