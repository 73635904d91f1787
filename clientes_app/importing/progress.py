"""How far an import is: one snapshot, shared by its page and the stream."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select

from ..database.transactions import read_transaction
from ..models import UNFINISHED, EstadoImportacion, Importacion


@dataclass(frozen=True)
class Progress:
    """An import at one moment."""

    import_id: int
    estado: EstadoImportacion
    filas: int
    leidas: int
    por_aplicar: int
    nuevas: int
    actualizadas: int
    iguales: int
    intactas: int

    @property
    def phase(self) -> str:
        """Return what decides what stands around it on a page."""
        return self.estado

    @property
    def ended(self) -> bool:
        """Return whether nothing more happens by itself."""
        return self.estado not in UNFINISHED

    @property
    def applied(self) -> int:
        """Count the rows that applying has gone through."""
        return self.nuevas + self.actualizadas + self.iguales + self.intactas

    @property
    def share(self) -> float:
        """Return how much is done, from 0 to 1."""
        done, whole = self.leidas, self.filas
        if self.estado is EstadoImportacion.APLICANDO:
            done, whole = self.applied, self.por_aplicar
        return min(1.0, done / whole) if whole else 0.0


def snapshot(engine: Engine, import_id: int) -> Progress:
    """Read how far an import is; the caller has checked whose it is."""
    columns = (
        Importacion.id,
        Importacion.estado,
        Importacion.filas,
        Importacion.leidas,
        Importacion.por_aplicar,
        Importacion.nuevas,
        Importacion.actualizadas,
        Importacion.iguales,
        Importacion.intactas,
    )
    with read_transaction(engine) as connection:
        return Progress(*connection.execute(select(*columns).where(Importacion.id == import_id)).one())
