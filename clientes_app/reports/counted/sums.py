"""What messages come to: how many in each state, and what they cost, out of the counts that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ...models import CampanaSMS, EstadoSMS, MensajesContados
from ...sending.allowance import COUNTED
from .counting import DELIVERED
from .quarters import Span

CENTS = Decimal("0.01")


@dataclass(frozen=True)
class Count:
    """How many messages of a campaign came to one end, for one reason."""

    campana_id: int
    estado: EstadoSMS
    recibo: Any
    codigo: int | None
    motivo: str
    mensajes: int


@dataclass(frozen=True)
class Costed:
    """Of how many messages that cost something it is known what they cost."""

    known: int
    messages: int

    @property
    def is_whole(self) -> bool:
        """Return whether the cost of each is known."""
        return self.known == self.messages

    @property
    def is_unknown(self) -> bool:
        """Return whether the cost of none is known."""
        return not self.known and self.messages > 0


def counts_in(session: Session, account_id: int, span: Span) -> list[Count]:
    """Return the counts of an account's messages in some time."""
    return _counts(
        session,
        MensajesContados.usuario_id == account_id,
        MensajesContados.cuarto >= span.first,
        MensajesContados.cuarto < span.end,
    )


def counts_of(session: Session, campaign_id: int) -> list[Count]:
    """Return the counts of a campaign's messages."""
    return _counts(session, MensajesContados.campana_id == campaign_id)


def sent(counts: Iterable[Count]) -> int:
    """Return how many Twilio accepted."""
    return in_state(counts, EstadoSMS.ENVIADO)


def in_state(counts: Iterable[Count], state: EstadoSMS) -> int:
    """Return how many are in a state."""
    return sum(count.mensajes for count in counts if count.estado is state)


def delivered(counts: Iterable[Count]) -> int:
    """Return how many reached the phone."""
    return sum(count.mensajes for count in counts if _is_delivered(count))


def _is_delivered(count: Count) -> bool:
    return count.estado is EstadoSMS.ENVIADO and count.recibo in DELIVERED


def prices_of(session: Session, campaign_ids: Iterable[int]) -> Mapping[int, Decimal]:
    """Return what a message of each campaign costs: each as much as the next, by the prices it was stored with.

    A campaign that was stored while its account had no prices is not among them.
    """
    priced = select(CampanaSMS.id, CampanaSMS.costo, CampanaSMS.destinatarios).where(
        CampanaSMS.id.in_(sorted(set(campaign_ids))), CampanaSMS.destinatarios > 0, CampanaSMS.costo > 0
    )
    return {campaign_id: cost / messages for campaign_id, cost, messages in session.execute(priced)}


def cost_of(counts: Iterable[Count], prices: Mapping[int, Decimal]) -> Decimal:
    """Return what messages cost whose cost is known: those that Twilio accepted, or may have."""
    charged = (count for count in counts if count.estado in COUNTED)
    costs = (count.mensajes * prices.get(count.campana_id, Decimal(0)) for count in charged)
    return sum(costs, Decimal(0)).quantize(CENTS)


def costed_of(counts: Iterable[Count], prices: Mapping[int, Decimal]) -> Costed:
    """Return of how many messages that Twilio accepted, or may have, the cost is known."""
    charged = [count for count in counts if count.estado in COUNTED]
    known = sum(count.mensajes for count in charged if count.campana_id in prices)
    return Costed(known, sum(count.mensajes for count in charged))


def _counts(session: Session, *which: Any) -> list[Count]:
    parts: Sequence[Any] = (
        MensajesContados.campana_id,
        MensajesContados.estado,
        MensajesContados.recibo,
        MensajesContados.codigo,
        MensajesContados.motivo,
    )
    found: Select[*tuple[Any, ...]] = select(*parts, func.sum(MensajesContados.mensajes)).where(*which).group_by(*parts)
    return [Count(*row) for row in session.execute(found)]
