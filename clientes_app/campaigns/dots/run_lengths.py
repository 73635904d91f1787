"""The states of a campaign's messages in sending order, as one short text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, String, bindparam, select, type_coerce

from ...models import EstadoSMS, SMSLog

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

# From the index of states alone, whose order is another: so few are sorted sooner than they are looked up.
_STATES = select(SMSLog.id, type_coerce(SMSLog.estado, String())).where(SMSLog.campana_id == bindparam("campaign_id"))


def dots_of(connection: Connection, campaign_id: int, total: int) -> str:
    """Return the states of a campaign's messages as lengths of runs, such as p120e3s500; empty where there are many.

    `total` is how many messages it has.
    """
    return _run_lengths(state for _, state in in_order(connection, campaign_id)) if total <= MOST else ""


def in_order(connection: Connection, campaign_id: int) -> list[Any]:
    """List the ids of a campaign's messages in sending order, each with its state; the caller has checked how many."""
    return sorted(connection.execute(_STATES, {"campaign_id": campaign_id}).all(), key=itemgetter(0))


def _run_lengths(states: Iterable[str]) -> str:
    return "".join(f"{_LETTERS[state]}{sum(1 for _ in run)}" for state, run in groupby(states))
