"""The audit: who did what, when, from where, to which thing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Id, PrimaryKey, UtcDateTime, utc_now


class Accion(StrEnum):
    """What was done."""

    LOGGED_IN = "entrada"
    LOG_IN_FAILED = "entrada_fallida"
    LOGGED_OUT = "salida"
    SESSION_ENDED = "sesion_terminada"
    PASSWORD_CHANGED = "clave_cambiada"  # noqa: S105
    SECOND_FACTOR_ON = "segundo_factor_activado"
    SECOND_FACTOR_OFF = "segundo_factor_quitado"
    PASSKEY_ADDED = "llave_agregada"
    PASSKEY_REMOVED = "llave_quitada"
    PERSON_CREATED = "persona_creada"
    PERSON_EDITED = "persona_editada"
    PERSON_DEACTIVATED = "persona_desactivada"
    PERSON_ACTIVATED = "persona_activada"
    LINK_MADE = "enlace_creado"
    CLIENTS_DELETED = "clientes_eliminados"
    CLIENTS_EXPORTED = "clientes_exportados"
    CLIENT_DATA_EXPORTED = "datos_de_cliente_exportados"
    CLIENT_ERASED = "cliente_borrado"
    SALE_EDITED = "venta_editada"
    SALE_DELETED = "venta_eliminada"
    IMPORT_APPLIED = "importacion_aplicada"
    IMPORT_UNDONE = "importacion_deshecha"
    CAMPAIGN_SENT = "campana_enviada"
    TEST_SENT = "prueba_enviada"
    CODE_SENT = "codigo_enviado"
    OWN_NUMBER_PROVEN = "numero_propio_probado"
    CAMPAIGN_SCHEDULED = "campana_programada"
    CAMPAIGN_RESCHEDULED = "campana_reprogramada"
    CAMPAIGN_PAUSED = "campana_pausada"
    CAMPAIGN_RESUMED = "campana_reanudada"
    CAMPAIGN_CANCELLED = "campana_cancelada"
    CAMPAIGN_APPROVED = "campana_aprobada"
    CAMPAIGN_REJECTED = "campana_rechazada"
    SETTINGS_CHANGED = "ajustes_cambiados"
    FIELD_CREATED = "campo_creado"
    FIELD_CHANGED = "campo_cambiado"
    FIELD_DELETED = "campo_eliminado"
    OPT_OUT_ADDED = "baja_agregada"
    OPT_OUT_REMOVED = "baja_quitada"
    TOKEN_CREATED = "token_creado"  # noqa: S105
    TOKEN_REVOKED = "token_revocado"  # noqa: S105
    MESSAGES_BLANKED = "mensajes_depurados"


class Auditoria(Base):
    """One thing that was done; the database refuses to change or delete a row.

    It carries no client's name or number: what is erased must not live on here.
    """

    __tablename__ = "auditoria"
    __table_args__ = (
        Index("ix_auditoria_usuario_id_id", "usuario_id", "id"),
        Index("ix_auditoria_usuario_id_accion_id", "usuario_id", "accion", "id"),
        Index("ix_auditoria_usuario_id_persona_id_id", "usuario_id", "persona_id", "id"),
    )

    id: Mapped[PrimaryKey]
    accion: Mapped[Accion] = mapped_column(
        Enum(
            Accion,
            native_enum=False,
            create_constraint=False,
            length=40,
            values_callable=lambda members: [member.value for member in members],
        )
    )
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    persona: Mapped[str] = mapped_column(String(150), default="")
    """The name of who did it, as it was; empty where it was the command line."""
    token: Mapped[str] = mapped_column(String(60), default="")
    """The name of the API token with which it was done."""
    direccion: Mapped[str] = mapped_column(String(45), default="")
    cosa: Mapped[str] = mapped_column(String(20), default="")
    """What kind of thing it was done to: the name of its table."""
    cosa_id: Mapped[int | None] = mapped_column(Id)
    cosa_nombre: Mapped[str] = mapped_column(String(200), default="")
    detalle: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    """The account; null where nobody knows whose it is, such as a log-in with an unknown name."""
