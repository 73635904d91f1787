"""What became of messages, each of which came to one end: so the ends add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext

from ..models import NOT_DELIVERED, EstadoSMS
from .behind.lists import What
from .counted.counting import DELIVERED
from .counted.sums import Count

SENT = (What.DELIVERED, What.UNCONFIRMED, What.NOT_DELIVERED)
"""The ends of those that Twilio accepted."""

WORDS = {
    What.DELIVERED: lazy_gettext("Delivered"),
    What.UNCONFIRMED: lazy_gettext("Without a receipt so far"),
    What.NOT_DELIVERED: lazy_gettext("Sent, and not delivered"),
    What.FAILED: lazy_gettext("Did not go out"),
    What.SKIPPED: lazy_gettext("Left out: opt-outs, repeated numbers, limits"),
    What.CANCELLED: lazy_gettext("Cancelled before they went out"),
    What.UNCERTAIN: lazy_gettext("Not sure whether they went out"),
    What.WAITING: lazy_gettext("Still to go out"),
}

_OF_STATE = {
    EstadoSMS.FALLIDO: What.FAILED,
    EstadoSMS.OMITIDO: What.SKIPPED,
    EstadoSMS.CANCELADO: What.CANCELLED,
    EstadoSMS.INCIERTO: What.UNCERTAIN,
    EstadoSMS.PENDIENTE: What.WAITING,
    EstadoSMS.ENVIANDO: What.WAITING,
}


def ends_of(counts: Iterable[Count]) -> Mapping[What, int]:
    """Return how many came to each end, in the order in which they are told."""
    ends = dict.fromkeys(WORDS, 0)
    for count in counts:
        ends[_end_of(count)] += count.mensajes
    return ends


def _end_of(count: Count) -> What:
    if count.estado is not EstadoSMS.ENVIADO:
        return _OF_STATE[count.estado]
    if count.recibo in DELIVERED:
        return What.DELIVERED
    return What.NOT_DELIVERED if count.recibo in NOT_DELIVERED else What.UNCONFIRMED
