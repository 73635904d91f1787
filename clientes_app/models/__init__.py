"""The tables, one file per aggregate; no query logic beyond relationships."""

from .auditoria import Accion, Auditoria
from .baja import Baja, BajaLevantada, BajaRecordada, OrigenBaja
from .borrador import Borrador
from .cambio import CambioDeCliente, TipoDeCambio
from .campana import (
    AT_REST,
    COUNTERS,
    DEAD_NUMBER,
    ENDED,
    NOT_ARRIVED,
    NOT_DELIVERED,
    CampanaSMS,
    EstadoCampana,
    EstadoSMS,
    MotivoDePausa,
    Recibo,
    SMSLog,
    TipoDeCampana,
)
from .campo import MOST_FIELDS, Campo, TipoDeCampo, ValorDeCampo
from .cliente import Cliente
from .consumo import Consumo, PublicidadDelDia
from .cuenta import Cuenta, DiaPropio, Norma, Precio
from .distintos import Distintos
from .entrante import LONGEST_ANSWER, MOST_MEDIA, MensajeEntrante, Respuesta
from .etiqueta import ClienteEtiqueta, Etiqueta
from .importacion import (
    OPEN_IMPORTS,
    UNFINISHED,
    ArchivoImportado,
    CambioImportado,
    ClaseImportacion,
    ClienteDeArchivo,
    DestinoDeFila,
    DocumentoDeArchivo,
    EstadoImportacion,
    FilaImportada,
    Importacion,
    LineasAparte,
    PersonaDeArchivo,
    PersonaOlvidada,
)
from .informe import (
    Anotado,
    CampanaContada,
    CompraDespues,
    Contado,
    EntregasContadas,
    MensajesContados,
    ReciboAnotado,
)
from .persons.enlace import Enlace
from .persons.numero_propio import NumeroPropio
from .persons.segundo_factor import CodigoDeRecuperacion, LlaveDeAcceso, SegundoPasoFallido, Totp
from .persons.sesion import FormularioGuardado, Intento, Sesion
from .persons.token_de_api import Alcance, TokenDeApi
from .persons.usuario import Rol, Usuario
from .plantilla import PlantillaSMS
from .privacidad import Privacidad
from .segmento import Segmento
from .turno import SENDS, RitmoDeEnvio, TurnoDeEnvio
from .venta import Venta

__all__ = [
    "AT_REST",
    "COUNTERS",
    "DEAD_NUMBER",
    "ENDED",
    "LONGEST_ANSWER",
    "MOST_FIELDS",
    "MOST_MEDIA",
    "NOT_ARRIVED",
    "NOT_DELIVERED",
    "OPEN_IMPORTS",
    "SENDS",
    "UNFINISHED",
    "Accion",
    "Alcance",
    "Anotado",
    "ArchivoImportado",
    "Auditoria",
    "Baja",
    "BajaLevantada",
    "BajaRecordada",
    "Borrador",
    "CambioDeCliente",
    "CambioImportado",
    "CampanaContada",
    "CampanaSMS",
    "Campo",
    "ClaseImportacion",
    "Cliente",
    "ClienteDeArchivo",
    "ClienteEtiqueta",
    "CodigoDeRecuperacion",
    "CompraDespues",
    "Consumo",
    "Contado",
    "Cuenta",
    "DestinoDeFila",
    "DiaPropio",
    "Distintos",
    "DocumentoDeArchivo",
    "Enlace",
    "EntregasContadas",
    "EstadoCampana",
    "EstadoImportacion",
    "EstadoSMS",
    "Etiqueta",
    "FilaImportada",
    "FormularioGuardado",
    "Importacion",
    "Intento",
    "LineasAparte",
    "LlaveDeAcceso",
    "MensajeEntrante",
    "MensajesContados",
    "MotivoDePausa",
    "Norma",
    "NumeroPropio",
    "OrigenBaja",
    "PersonaDeArchivo",
    "PersonaOlvidada",
    "PlantillaSMS",
    "Precio",
    "Privacidad",
    "PublicidadDelDia",
    "Recibo",
    "ReciboAnotado",
    "Respuesta",
    "RitmoDeEnvio",
    "Rol",
    "SMSLog",
    "Segmento",
    "SegundoPasoFallido",
    "Sesion",
    "TipoDeCambio",
    "TipoDeCampana",
    "TipoDeCampo",
    "TokenDeApi",
    "Totp",
    "TurnoDeEnvio",
    "Usuario",
    "ValorDeCampo",
    "Venta",
]
