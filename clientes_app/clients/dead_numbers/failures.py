"""Finding numbers that do not work: three failures for good in half a year, and nothing delivered since.

Of the messages only those are read that failed for good, in an index of their own; and what was delivered since is
looked for last, for the numbers of those who would be proposed.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ScalarSelect, Select, Subquery, exists, func, or_, select, text
from sqlalchemy.orm import aliased

from ...models import DEAD_NUMBER, Baja, CampanaSMS, Cliente, Recibo, SMSLog
from ...models.types import utc_now
from ...tenancy import owned

FAILURES = 3
PERIOD = timedelta(days=180)

_DELIVERED = (Recibo.DELIVERED, Recibo.READ)


def proposed(account_id: int) -> Select[int, str, int, int]:
    """Select the clients whose number does not work: id, number, how many failures, and which message was the last.

    Who is not written to anyway is left out, and whom somebody said to go on writing to, until the next failure.
    """
    several = _failed_often(account_id)
    failures = _failures_since_delivery(account_id)
    opted_out = exists().where(Baja.usuario_id == account_id, Baja.telefono_e164 == Cliente.telefono_e164)
    return (
        owned(Cliente, account_id)
        .join(several, several.c.telefono_e164 == Cliente.telefono_e164)
        .where(Cliente.activo, ~opted_out)
        .where(or_(Cliente.fallo_dejado.is_(None), Cliente.fallo_dejado < several.c.last_at))
        .where(failures >= FAILURES)
        .with_only_columns(
            Cliente.id,
            Cliente.telefono_e164,
            failures.label("failures"),
            several.c.last_id,
            maintain_column_froms=True,
        )
    )


def _failed_often(account_id: int) -> Subquery:
    """Select the numbers with enough failures, and the last of each."""
    failed = _failures(account_id)
    numbers = select(
        failed.c.telefono_e164, func.max(failed.c.id).label("last_id"), func.max(failed.c.at).label("last_at")
    )
    return numbers.group_by(failed.c.telefono_e164).having(func.count() >= FAILURES).subquery("several")


def _failures_since_delivery(account_id: int) -> ScalarSelect[int]:
    """Count the failures of a client's number after whatever was delivered to it last."""
    failed, delivered = _failures(account_id), aliased(SMSLog)
    last = select(func.max(delivered.recibido)).where(
        delivered.telefono_e164 == Cliente.telefono_e164,
        delivered.recibo.in_(_DELIVERED),
        delivered.campana_id.in_(_campaigns(account_id)),
    )
    last_delivery = last.correlate(Cliente).scalar_subquery()
    since = or_(last_delivery.is_(None), failed.c.at > last_delivery)
    counted = select(func.count()).select_from(failed).where(failed.c.telefono_e164 == Cliente.telefono_e164, since)
    return counted.correlate(Cliente).scalar_subquery()


def _failures(account_id: int) -> Subquery:
    """Select the failures for good of the account's campaigns of half a year."""
    theirs = SMSLog.campana_id.in_(_campaigns(account_id))
    at = func.coalesce(SMSLog.recibido, SMSLog.actualizado).label("at")
    return select(SMSLog.telefono_e164, SMSLog.id, at).where(text(f"({DEAD_NUMBER})"), theirs).subquery()


def _campaigns(account_id: int) -> Select[int]:
    """Select the account's campaigns of half a year."""
    recent = owned(CampanaSMS, account_id).where(CampanaSMS.creado >= utc_now() - PERIOD)
    return recent.with_only_columns(CampanaSMS.id)
