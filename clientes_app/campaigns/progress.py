"""How far a campaign is: one snapshot, shared by the page, the JSON and the stream."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, select, union_all
from sqlalchemy.engine import Row

from ..database.transactions import read_transaction
from ..models import AT_REST, COUNTERS, CampanaSMS, EstadoCampana, EstadoSMS, MotivoDePausa, SMSLog, TipoDeCampana
from ..models.types import utc_now
from ..sending.waiting import Standing, Wait, standings
from .dots.run_lengths import dots_of

LATEST = 8
WAITING = "espera"
"""The phase of a campaign that runs and waits for a limit; a state it is not."""
_SPEED_IS_FRESH = timedelta(seconds=10)
_FOR_SOMEBODY = (EstadoCampana.POR_APROBAR, EstadoCampana.ERROR)
_OUTCOMES = (EstadoSMS.ENVIADO, EstadoSMS.FALLIDO, EstadoSMS.INCIERTO)
_SPREAD = 0.25
"""The time left is said as a range: the speed may change by as much."""


@dataclass(frozen=True)
class Latest:
    """One of the latest results."""

    row_id: int
    nombre: str
    estado: EstadoSMS
    error_codigo: int | None
    error_mensaje: str | None
    actualizado: datetime


@dataclass(frozen=True)
class Progress:
    """A campaign at one moment."""

    campaign_id: int
    estado: EstadoCampana
    total: int
    counts: dict[EstadoSMS, int]
    speed: float
    """Messages a second; 0 where it is not known."""
    error_codigo: int | None
    error_mensaje: str | None
    completado: datetime | None
    latest: tuple[Latest, ...]
    scheduled_for: datetime | None
    pause_reason: MotivoDePausa | None
    """Why the program itself has paused it; None where it runs, or a person did."""
    kind: TipoDeCampana | None
    """None: nobody said."""
    standing: Standing | None
    """How it stands to its account's limits; None where it does not run, or there are none."""
    dots: str = ""
    """The states of its messages in sending order, as lengths of runs; empty where there are many, or nobody asked."""

    @property
    def wait(self) -> Wait | None:
        """Return why it waits, if it does; while something is on its way, that may come back and leave room."""
        return self.standing.wait if self.standing and not self.counts[EstadoSMS.ENVIANDO] else None

    @property
    def phase(self) -> str:
        """Return the state, or that it waits: then the messages stand still too, and a page shows them anew."""
        return WAITING if self.wait else self.estado

    @property
    def ended(self) -> bool:
        """Return whether nothing more happens by itself."""
        return self.estado in AT_REST and not self.counts[EstadoSMS.ENVIANDO]

    @property
    def waits_for_somebody(self) -> bool:
        """Return whether a person decides how it goes on: an admin, or whoever mends what stopped it."""
        return self.ended and self.estado in _FOR_SOMEBODY

    @property
    def settled(self) -> int:
        """Count the messages that are no longer waiting or on their way."""
        return self.total - self.counts[EstadoSMS.PENDIENTE] - self.counts[EstadoSMS.ENVIANDO]

    @property
    def seconds_left(self) -> tuple[float, float] | None:
        """Return the least and the most seconds until the end, or None where nobody knows."""
        if self.ended or self.speed <= 0 or (self.standing and not self.standing.is_covered):
            return None
        left = (self.total - self.settled) / self.speed
        return left * (1 - _SPREAD), left * (1 + _SPREAD)


def snapshot(engine: Engine, campaign_id: int) -> Progress:
    """Read a campaign's counters and its latest results; the caller has checked whose it is."""
    with read_transaction(engine) as connection:
        return _read(connection, campaign_id)


def snapshot_with_dots(engine: Engine, campaign_id: int) -> Progress:
    """Read the same, and the states of its messages in sending order."""
    with read_transaction(engine) as connection:
        progress = _read(connection, campaign_id)
        return replace(progress, dots=dots_of(connection, campaign_id, progress.total))


def _read(connection: Connection, campaign_id: int) -> Progress:
    columns = CampanaSMS.__table__.c
    campaign = connection.execute(select(CampanaSMS.__table__).where(columns.id == campaign_id)).one()
    latest = connection.execute(_latest(campaign_id)).all()
    standing = standings(connection, [campaign_id]).get(campaign_id)
    return Progress(
        campaign_id=campaign_id,
        estado=campaign.estado,
        total=campaign.total_clientes,
        counts={state: getattr(campaign, counter.key) for state, counter in COUNTERS.items()},
        speed=_present_speed(campaign),
        error_codigo=campaign.error_codigo,
        error_mensaje=campaign.error_mensaje,
        completado=campaign.completado,
        latest=tuple(Latest(*row) for row in latest),
        scheduled_for=campaign.programada_para,
        pause_reason=campaign.motivo_pausa,
        kind=campaign.tipo,
        standing=standing,
    )


def _latest(campaign_id: int) -> Select[Any]:
    """Select the latest results, from the end of each state's index: no sort of a whole campaign."""
    columns = (
        SMSLog.id,
        SMSLog.nombre,
        SMSLog.estado,
        SMSLog.error_codigo,
        SMSLog.error_mensaje,
        SMSLog.actualizado,
    )
    ends = (
        select(*columns)
        .where(SMSLog.campana_id == campaign_id, SMSLog.estado == state)
        .order_by(SMSLog.id.desc())
        .limit(LATEST)
        .subquery()
        for state in _OUTCOMES
    )
    rows = union_all(*(select(end) for end in ends)).subquery()
    return select(rows).order_by(rows.c.actualizado.desc(), rows.c.id.desc()).limit(LATEST)


def _present_speed(campaign: Row[Any]) -> float:
    if campaign.actualizado is None or utc_now() - campaign.actualizado > _SPEED_IS_FRESH:
        return 0.0
    return float(campaign.velocidad)
