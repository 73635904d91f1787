"""The tables, one file per aggregate; no query logic beyond relationships."""

from .baja import Baja, OrigenBaja
from .campana import COUNTERS, ENDED, CampanaSMS, EstadoCampana, EstadoSMS, Recibo, SMSLog
from .cliente import Cliente
from .plantilla import PlantillaSMS
from .turno import TurnoDeEnvio
from .usuario import Rol, Usuario
from .venta import Venta

__all__ = [
    "COUNTERS",
    "ENDED",
    "Baja",
    "CampanaSMS",
    "Cliente",
    "EstadoCampana",
    "EstadoSMS",
    "OrigenBaja",
    "PlantillaSMS",
    "Recibo",
    "Rol",
    "SMSLog",
    "TurnoDeEnvio",
    "Usuario",
    "Venta",
]
