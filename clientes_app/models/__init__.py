"""The tables, one file per aggregate; no query logic beyond relationships."""

from .campana import COUNTERS, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from .cliente import Cliente
from .plantilla import PlantillaSMS
from .turno import TurnoDeEnvio
from .usuario import Rol, Usuario
from .venta import Venta

__all__ = [
    "COUNTERS",
    "CampanaSMS",
    "Cliente",
    "EstadoCampana",
    "EstadoSMS",
    "PlantillaSMS",
    "Rol",
    "SMSLog",
    "TurnoDeEnvio",
    "Usuario",
    "Venta",
]
