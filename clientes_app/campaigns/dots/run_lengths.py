"""The states of a campaign's messages in sending order, as one short text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, String, bindparam, select, type_coerce

from ...models import NOT_DELIVERED, EstadoSMS, SMSLog

MOST = 2_000
"""A campaign to more clients has no dots."""

_LETTERS = {
    EstadoSMS.PENDIENTE.value: "p",
    EstadoSMS.ENVIANDO.value: "e",
    EstadoSMS.ENVIADO.value: "s",
    EstadoSMS.FALLIDO.value: "f",
    EstadoSMS.INCIERTO.value: "i",
    EstadoSMS.OMITIDO.value: "o",
    EstadoSMS.CANCELADO.value: "c",
}

_NOT_DELIVERED = "n"
"""Of a message that was sent, and whose receipt says that it did not arrive."""

# By the index of states, whose order is another: so few are sorted here.
_STATES = select(
    SMSLog.id, type_coerce(SMSLog.estado, String()), SMSLog.recibo.in_(NOT_DELIVERED).label("is_lost")
).where(SMSLog.campana_id == bindparam("campaign_id"))


def dots_of(connection: Connection, campaign_id: int, total: int) -> str:
    """Return the states of a campaign's messages as lengths of runs, such as p120e3s500; empty where there are many.

    `total` is how many messages it has.
    """
    if total > MOST:
        return ""
    return _run_lengths(_letter(state, is_lost=is_lost) for _, state, is_lost in in_order(connection, campaign_id))


def in_order(connection: Connection, campaign_id: int) -> list[Any]:
    """List a campaign's messages in sending order, with states and receipts; the caller has checked how many."""
    return sorted(connection.execute(_STATES, {"campaign_id": campaign_id}).all(), key=itemgetter(0))


def _letter(state: str, *, is_lost: bool | None) -> str:
    return _NOT_DELIVERED if is_lost and state == EstadoSMS.ENVIADO else _LETTERS[state]


def _run_lengths(letters: Iterable[str]) -> str:
    return "".join(f"{letter}{sum(1 for _ in run)}" for letter, run in groupby(letters))
