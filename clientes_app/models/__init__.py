"""The tables, one file per aggregate; no query logic beyond relationships."""

from .baja import Baja, OrigenBaja
from .cambio import CambioDeCliente, TipoDeCambio
from .campana import COUNTERS, ENDED, CampanaSMS, EstadoCampana, EstadoSMS, Recibo, SMSLog
from .cliente import Cliente
from .distintos import Distintos
from .etiqueta import ClienteEtiqueta, Etiqueta
from .importacion import UNFINISHED, CambioImportado, EstadoImportacion, Importacion
from .plantilla import PlantillaSMS
from .segmento import Segmento
from .turno import TurnoDeEnvio
from .usuario import Rol, Usuario
from .venta import Venta

__all__ = [
    "COUNTERS",
    "ENDED",
    "UNFINISHED",
    "Baja",
    "CambioDeCliente",
    "CambioImportado",
    "CampanaSMS",
    "Cliente",
    "ClienteEtiqueta",
    "Distintos",
    "EstadoCampana",
    "EstadoImportacion",
    "EstadoSMS",
    "Etiqueta",
    "Importacion",
    "OrigenBaja",
    "PlantillaSMS",
    "Recibo",
    "Rol",
    "SMSLog",
    "Segmento",
    "TipoDeCambio",
    "TurnoDeEnvio",
    "Usuario",
    "Venta",
]
