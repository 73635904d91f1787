"""Why clients get no messages now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ...clients.search.lost import last_ones_lost
from ...models import Baja, Cliente
from . import tallies


@dataclass(frozen=True)
class Unreached:
    """Why some clients get no messages; one client may be in several."""

    inactive: int
    without_number: int
    opted_out: int
    lost: int
    """Their last messages did not arrive."""
    never_written_to: int
    """They could get one, and never did."""


def unreached(session: Session, account_id: int, totals: Counter[str]) -> Unreached:
    """Return why an account's clients get no messages now; `totals` are its figures."""
    # The list has one line for many clients at the most, and each is found by its number.
    same_number = and_(Cliente.usuario_id == Baja.usuario_id, Cliente.telefono_e164 == Baja.telefono_e164)
    listed = (
        select(func.count(), func.count().filter(~Cliente.escrito))
        .select_from(Baja)
        .join(Cliente, same_number)
        .where(Baja.usuario_id == account_id, Cliente.activo)
    )
    opted_out, of_these_never_written_to = session.execute(listed).one()
    lost = select(func.count()).where(Cliente.usuario_id == account_id, Cliente.activo, last_ones_lost())
    never_written_to = tallies.clients(active=True, with_number=True, written_to=False)
    return Unreached(
        sum(totals[each] for each in tallies.clients(active=False)),
        sum(totals[each] for each in tallies.clients(active=True, with_number=False)),
        opted_out,
        session.scalar(lost) or 0,
        sum(totals[each] for each in never_written_to) - of_these_never_written_to,
    )
