"""The proof of a campaign: its counters against its rows, and no number twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..database.transactions import read_transaction
from ..errors import NotFound
from ..extensions import engine_apart
from ..models import COUNTERS, CampanaSMS, EstadoSMS, SMSLog
from ..values.ids import MAX_ID


@dataclass(frozen=True)
class Verification:
    """What was counted, and what does not hold."""

    campaign_id: int
    estado: str
    rows: dict[str, int]
    """The rows themselves, counted by state."""
    counters: dict[str, int]
    """What the campaign says of itself, by state."""
    total_clientes: int
    numbers_twice: int

    @property
    def problems(self) -> list[str]:
        """Name what does not hold."""
        found = [
            f"{state}: {self.rows[state]} rows, counter {self.counters[state]}"
            for state in self.rows
            if self.rows[state] != self.counters[state]
        ]
        if sum(self.rows.values()) != self.total_clientes:
            found.append(f"{sum(self.rows.values())} rows, total_clientes {self.total_clientes}")
        if self.numbers_twice:
            found.append(f"{self.numbers_twice} numbers with more than one row that may have been sent")
        return found

    @property
    def holds(self) -> bool:
        """Return whether everything holds."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """Return the proof as it is printed."""
        return {
            "campana_id": self.campaign_id,
            "estado": self.estado,
            "filas": self.rows,
            "total_clientes": self.total_clientes,
            "enviados_exitosos": self.counters["enviado"],
            "enviados_fallidos": self.counters["fallido"],
            "suma": sum(self.rows.values()),
            "correcto": self.holds,
            "problemas": self.problems,
        }


def verify(campaign_id: int) -> Verification:
    """Count a campaign afresh, all at one moment.

    Raises NotFound.
    """
    with read_transaction(engine_apart()) as connection, Session(connection) as session:
        return _count(session, campaign_id)


def _count(session: Session, campaign_id: int) -> Verification:
    campaign = session.get(CampanaSMS, campaign_id) if 0 < campaign_id <= MAX_ID else None
    if campaign is None:
        raise NotFound
    counted = dict(session.execute(_by_state(campaign_id)).all())
    return Verification(
        campaign_id=campaign_id,
        estado=campaign.estado.value,
        rows={state.value: counted.get(state, 0) for state in EstadoSMS},
        counters={state.value: getattr(campaign, counter.key) for state, counter in COUNTERS.items()},
        total_clientes=campaign.total_clientes,
        numbers_twice=_numbers_twice(session, campaign_id),
    )


def _by_state(campaign_id: int) -> Any:
    return select(SMSLog.estado, func.count()).where(SMSLog.campana_id == campaign_id).group_by(SMSLog.estado)


def _numbers_twice(session: Session, campaign_id: int) -> int:
    twice = (
        select(SMSLog.telefono_e164)
        .where(SMSLog.campana_id == campaign_id, SMSLog.telefono_e164.is_not(None))
        .group_by(SMSLog.telefono_e164)
        .having(func.count() > 1)
    )
    return session.scalar(select(func.count()).select_from(twice.subquery())) or 0
