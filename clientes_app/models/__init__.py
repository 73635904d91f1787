"""The tables, one file per aggregate; no query logic beyond relationships."""

from .baja import Baja, OrigenBaja
from .cambio import CambioDeCliente, TipoDeCambio
from .campana import COUNTERS, ENDED, CampanaSMS, EstadoCampana, EstadoSMS, Recibo, SMSLog
from .cliente import Cliente
from .distintos import Distintos
from .etiqueta import ClienteEtiqueta, Etiqueta
from .plantilla import PlantillaSMS
from .segmento import Segmento
from .turno import TurnoDeEnvio
from .usuario import Rol, Usuario
from .venta import Venta

__all__ = [
    "COUNTERS",
    "ENDED",
    "Baja",
    "CambioDeCliente",
    "CampanaSMS",
    "Cliente",
    "ClienteEtiqueta",
    "Distintos",
    "EstadoCampana",
    "EstadoSMS",
    "Etiqueta",
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
