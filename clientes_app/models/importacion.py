"""Imports: files of clients or sales on their way into an account, and what they changed.

The last seven tables are filled where several machines share no disk; else files hold the same.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Id, PrimaryKey, UtcDateTime, only_where, state_column, utc_now

OfImport = Annotated[
    int, mapped_column(Id, ForeignKey("importacion.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
]
BigKey = Annotated[int, mapped_column(Id, primary_key=True, autoincrement=False)]
BigNumber = Annotated[int, mapped_column(Id)]
TextKey = Annotated[str, mapped_column(Text, primary_key=True)]
LongText = Annotated[str, mapped_column(Text)]

_UNFINISHED = "estado IN ('revisando', 'aplicando', 'deshaciendo')"


class ClaseImportacion(StrEnum):
    """What the rows of a file are."""

    CLIENTES = "clientes"
    VENTAS = "ventas"


class EstadoImportacion(StrEnum):
    """Where an import stands."""

    SUBIDA = "subida"
    """The file is here; its columns are still to be said."""
    REVISANDO = "revisando"
    REVISADA = "revisada"
    """Every row has a verdict; nothing is imported."""
    APLICANDO = "aplicando"
    APLICADA = "aplicada"
    CANCELADA = "cancelada"
    DESHACIENDO = "deshaciendo"
    DESHECHA = "deshecha"
    ERROR = "error"


UNFINISHED = frozenset({EstadoImportacion.REVISANDO, EstadoImportacion.APLICANDO, EstadoImportacion.DESHACIENDO})
"""A worker has something to do for these."""

OPEN_IMPORTS = frozenset(
    {
        EstadoImportacion.SUBIDA,
        EstadoImportacion.REVISANDO,
        EstadoImportacion.REVISADA,
        EstadoImportacion.APLICANDO,
    }
)
"""These may still bring clients in, and can be cancelled."""


class Importacion(Base):
    """A file of clients or sales.

    While it is being applied, `nuevas`, `actualizadas`, `iguales`, `intactas` count what is done.
    When it has been reviewed, and ever after, its counters add up to the lines of the file.
    """

    __tablename__ = "importacion"
    __table_args__ = (
        Index("ix_importacion_usuario_id_id", "usuario_id", "id"),
        Index(
            "ix_importacion_estado_id",
            "estado",
            "id",
            sqlite_where=text(_UNFINISHED),
            postgresql_where=text(_UNFINISHED),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    nombre_archivo: Mapped[str] = mapped_column(String(200))
    archivo: Mapped[str] = mapped_column(String(64), unique=True)
    """What the server calls it: random."""
    clase: Mapped[ClaseImportacion] = mapped_column(
        state_column(ClaseImportacion),
        default=ClaseImportacion.CLIENTES,
        server_default=ClaseImportacion.CLIENTES.value,
    )
    crea_clientes: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the sales of people who are no clients yet make them clients."""
    sumas: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What the new sales of a reviewed file come to: their `pesos`, and how many `clientes` made them."""
    columnas: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """How the file is read: see `importing.columns.Layout`."""
    etiqueta: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Tags for every client of the file, as typed."""
    estado: Mapped[EstadoImportacion] = mapped_column(state_column(EstadoImportacion), default=EstadoImportacion.SUBIDA)
    filas: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rows in the file; until all are read, about so many."""
    leidas: Mapped[int] = mapped_column(default=0, server_default="0")
    nuevas: Mapped[int] = mapped_column(default=0, server_default="0")
    actualizadas: Mapped[int] = mapped_column(default=0, server_default="0")
    iguales: Mapped[int] = mapped_column(default=0, server_default="0")
    dobles: Mapped[int] = mapped_column(default=0, server_default="0")
    malas: Mapped[int] = mapped_column(default=0, server_default="0")
    descartadas: Mapped[int] = mapped_column(default=0, server_default="0")
    preguntadas: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rows with the number of somebody of another name, of which nobody has said yet who they are."""
    intactas: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rows that say something else of a client that there is, who is to stay as it is."""
    olvidadas: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rows of people who were erased while the import was open."""
    titulos: Mapped[int] = mapped_column(default=0, server_default="0")
    """Lines of the file that are no rows: those down to the titles; blank ones; totals."""
    en_blanco: Mapped[int] = mapped_column(default=0, server_default="0")
    totales: Mapped[int] = mapped_column(default=0, server_default="0")
    deja_existentes: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether clients that there are stay as they are."""
    sin_celular: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rows, of those that are imported, without a number that can get an SMS."""
    por_aplicar: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rows that applying will go through, or went through."""
    hasta_fila: Mapped[int] = mapped_column(default=0, server_default="0")
    """The last row of the file that is applied."""
    error_mensaje: Mapped[str | None] = mapped_column(Text)
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    terminado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    titular: Mapped[str | None] = mapped_column(String(120))
    latido: Mapped[datetime | None] = mapped_column(UtcDateTime)
    subida_por_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))


class CambioImportado(Base):
    """What an import changed of a client that there was, for its undoing."""

    __tablename__ = "cambio_importado"
    __table_args__ = (
        Index("ix_cambio_importado_cliente_id", "cliente_id"),
        {"sqlite_with_rowid": False},
    )

    importacion_id: Mapped[int] = mapped_column(Id, ForeignKey("importacion.id", ondelete="CASCADE"), primary_key=True)
    cliente_id: Mapped[int] = mapped_column(Id, ForeignKey("cliente.id", ondelete="CASCADE"), primary_key=True)
    antes: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The fields' values before, and under `etiquetas` the ids of the tags that were added."""


class PersonaOlvidada(Base):
    """Somebody who was erased while an import was open: the import must not bring the person back."""

    __tablename__ = "persona_olvidada"
    __table_args__ = ({"sqlite_with_rowid": False},)

    importacion_id: Mapped[int] = mapped_column(Id, ForeignKey("importacion.id", ondelete="CASCADE"), primary_key=True)
    seudonimo: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Stands for a number or a document: see `importing.forgetting`."""


class ArchivoImportado(Base):
    """A piece of a file that is being imported."""

    __tablename__ = "archivo_importado"

    importacion_id: Mapped[OfImport]
    convertido: Mapped[bool] = mapped_column(primary_key=True)
    """Whether it is of the text that a spreadsheet was converted into, or of what was uploaded."""
    trozo: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contenido: Mapped[bytes] = mapped_column(LargeBinary)


_HAS_DOCUMENT = "documento_clave <> '' AND motivo = ''"
_HAS_NUMBER = "telefono_e164 IS NOT NULL AND motivo = ''"


class FilaImportada(Base):
    """A row as the file has it, with its verdict, until the import has ended; a rejected one, for longer."""

    __tablename__ = "fila_importada"
    __table_args__ = (
        Index("ix_fila_importada_importacion_id_veredicto_numero", "importacion_id", "veredicto", "numero"),
        Index("ix_fila_importada_otros", "importacion_id", "numero", **only_where("otros <> ''")),
        Index("ix_fila_importada_documento", "importacion_id", "documento_clave", **only_where(_HAS_DOCUMENT)),
        Index("ix_fila_importada_telefono", "importacion_id", "telefono_e164", **only_where(_HAS_NUMBER)),
        Index("ix_fila_importada_sin_celular", "importacion_id", "numero", **only_where("telefono_e164 IS NULL")),
    )

    importacion_id: Mapped[OfImport]
    numero: Mapped[BigKey]
    veredicto: Mapped[LongText]
    nombre: Mapped[LongText]
    telefono: Mapped[LongText]
    documento: Mapped[LongText]
    telefono_e164: Mapped[LongText | None]
    busqueda: Mapped[LongText]
    nombre_orden: Mapped[LongText]
    nombre_clave: Mapped[LongText]
    documento_clave: Mapped[LongText]
    etiquetas: Mapped[LongText]
    baja: Mapped[bool]
    inactivo: Mapped[bool]
    motivo: Mapped[LongText]
    otros: Mapped[LongText]
    campos: Mapped[LongText] = mapped_column(server_default="")
    venta: Mapped[LongText] = mapped_column(server_default="")
    otra: Mapped[BigNumber | None]
    celdas: Mapped[LongText]
    cliente: Mapped[BigNumber | None]
    respuesta: Mapped[LongText]


class DestinoDeFila(Base):
    """What became of a row, without anything of the person."""

    __tablename__ = "destino_de_fila"
    __table_args__ = (
        Index("ix_destino_de_fila_importacion_id_veredicto_numero", "importacion_id", "veredicto", "numero"),
    )

    importacion_id: Mapped[OfImport]
    numero: Mapped[BigKey]
    veredicto: Mapped[LongText]
    cliente: Mapped[BigNumber | None]
    sin_celular: Mapped[bool]


class LineasAparte(Base):
    """A run of lines that are no rows."""

    __tablename__ = "lineas_aparte"

    importacion_id: Mapped[OfImport]
    desde: Mapped[BigKey]
    hasta: Mapped[BigNumber]
    clase: Mapped[LongText]
    texto: Mapped[LongText]


class DocumentoDeArchivo(Base):
    """The first of several rows of a file with a document, or of a till's file with what a sale is known by."""

    __tablename__ = "documento_de_archivo"

    importacion_id: Mapped[OfImport]
    clave: Mapped[TextKey]
    numero: Mapped[BigNumber]


class PersonaDeArchivo(Base):
    """Somebody who has a number that several rows of a file tell of."""

    __tablename__ = "persona_de_archivo"

    importacion_id: Mapped[OfImport]
    clave: Mapped[TextKey]
    numero: Mapped[BigKey]
    documento: Mapped[LongText]
    nombre: Mapped[LongText]


class ClienteDeArchivo(Base):
    """The first row of a file that is a client."""

    __tablename__ = "cliente_de_archivo"

    importacion_id: Mapped[OfImport]
    clave: Mapped[BigKey]
    numero: Mapped[BigNumber]
