"""What the database says of the whole installation at one moment; nothing of it looks through the messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, func, select, text

from ..database import clock
from ..database.processes import LEASE_SECONDS
from ..database.transactions import read_transaction
from ..engine.deferring import BULK, EXPRESS
from ..models import (
    COUNTERS,
    CampanaSMS,
    EstadoCampana,
    EstadoImportacion,
    EstadoSMS,
    Importacion,
    Respuesta,
    RitmoDeEnvio,
    TurnoDeEnvio,
)
from ..sending.outbox import runnable

SEND = "send"

_WAITING_JOBS = text("SELECT queue_name, count(*) FROM procrastinate_jobs WHERE status = 'todo' GROUP BY queue_name")
_ROWS_DONE = {
    EstadoImportacion.REVISANDO: Importacion.leidas,
    EstadoImportacion.APLICANDO: (
        Importacion.nuevas + Importacion.actualizadas + Importacion.iguales + Importacion.intactas
    ),
}


@dataclass(frozen=True)
class Figures:
    """The installation at one moment."""

    messages: Mapping[EstadoSMS, int]
    campaigns: Mapping[EstadoCampana, int]
    slowed_to: float | None
    """SMS parts a second that all workers together may send, fewer than the settings say; None: as they say."""
    jobs: Mapping[str, int] | None
    """Jobs that wait, by queue; None where there are none at all, on SQLite."""
    oldest_seconds: float
    """Since when the oldest campaign with something to send was given to the sender; 0: none."""
    workers: Mapping[str, int]
    """Processes that are alive and send, by what else they do."""
    imports: Mapping[EstadoImportacion, int]
    import_rows: Mapping[EstadoImportacion, int]
    """Rows done of the imports that are in this state."""
    unread_answers: int


def read_figures(engine: Engine) -> Figures:
    """Read them from the database."""
    sendable = runnable(engine)
    with read_transaction(engine) as connection:
        return Figures(
            messages=_messages(connection),
            campaigns=_campaigns(connection),
            slowed_to=connection.scalar(select(RitmoDeEnvio.partes_por_segundo)),
            jobs=_jobs(connection),
            oldest_seconds=_oldest(connection, sendable),
            workers=_workers(connection),
            imports=_imports(connection),
            import_rows=_import_rows(connection),
            unread_answers=connection.scalar(select(func.count()).where(Respuesta.leida.is_(None))) or 0,
        )


def _messages(connection: Connection) -> Mapping[EstadoSMS, int]:
    sums = (func.coalesce(func.sum(counter), 0) for counter in COUNTERS.values())
    return dict(zip(COUNTERS, map(int, connection.execute(select(*sums)).one()), strict=True))


def _campaigns(connection: Connection) -> Mapping[EstadoCampana, int]:
    counted = select(CampanaSMS.estado, func.count()).where(~CampanaSMS.es_prueba).group_by(CampanaSMS.estado)
    return dict.fromkeys(EstadoCampana, 0) | dict(connection.execute(counted).all())


def _jobs(connection: Connection) -> Mapping[str, int] | None:
    if connection.dialect.name == "sqlite":
        return None
    return {EXPRESS: 0, BULK: 0} | dict(connection.execute(_WAITING_JOBS).all())


def _oldest(connection: Connection, sendable: list[int]) -> float:
    given = func.min(func.coalesce(CampanaSMS.encolada, CampanaSMS.creado))
    since = connection.scalar(select(given).where(CampanaSMS.id.in_(sendable)))
    return max(0.0, (clock.now(connection) - since).total_seconds()) if since else 0.0


def _workers(connection: Connection) -> Mapping[str, int]:
    late = clock.now(connection) - timedelta(seconds=LEASE_SECONDS)
    alive = connection.scalars(select(TurnoDeEnvio.colas).where(TurnoDeEnvio.latido > late))
    counted = Counter(queue for queues in alive for queue in (queues or SEND).split(","))
    return {SEND: 0} | counted


def _imports(connection: Connection) -> Mapping[EstadoImportacion, int]:
    counted = select(Importacion.estado, func.count()).group_by(Importacion.estado)
    return dict.fromkeys(EstadoImportacion, 0) | dict(connection.execute(counted).all())


def _import_rows(connection: Connection) -> Mapping[EstadoImportacion, int]:
    return {
        state: int(connection.scalar(select(func.coalesce(func.sum(done), 0)).where(Importacion.estado == state)) or 0)
        for state, done in _ROWS_DONE.items()
    }
