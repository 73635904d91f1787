"""Why messages did not arrive, and what somebody can do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext

from ..models import NOT_DELIVERED, EstadoSMS, Recibo
from ..sending import faults
from ..values.text import translatable


class Kind(StrEnum):
    """How far a message came that did not arrive."""

    REFUSED = "fallidos"
    """Twilio refused it, or it could not be sent."""
    NOT_DELIVERED = "no_entregados"
    """Twilio accepted it, and it did not reach the phone."""
    SKIPPED = "omitidos"
    """It was never tried."""


@dataclass(frozen=True)
class Reason:
    """A reason that some messages have in common."""

    kind: Kind
    code: int | None
    """Twilio's."""
    sentence: str
    """As an English msgid; empty where nobody gave one."""
    messages: int

    @property
    def in_words(self) -> str:
        """Say it in the reader's language."""
        if self.kind is Kind.NOT_DELIVERED:
            return str(gettext(faults.RECEIPT_FAULTS.get(self.code or 0, faults.UNKNOWN_RECEIPT_FAULT)))
        if self.code is None:
            return str(gettext(self.sentence)) if self.sentence in _TO_DO else _unknown()
        return str(gettext(faults.FAULTS[self.code].sentence)) if self.code in faults.FAULTS else _unknown()

    @property
    def what_to_do(self) -> str:
        """Say what somebody can do about it."""
        return str(gettext(_TO_DO.get(self._key, _LOOK_IT_UP if self.code else _NOTHING)))

    @property
    def may_be_sent_again(self) -> bool:
        """Return whether the advice is to send it again to those who are missing."""
        return _TO_DO.get(self._key) in _SEND_AGAIN

    @property
    def _key(self) -> int | str:
        return self.sentence if self.code is None else self.code

    @property
    def source(self) -> str | None:
        """Return where Twilio explains its code."""
        return faults.source(self.code) if self.code else None


def reasons_in(counts: Iterable[Any], kinds: Collection[Kind] = tuple(Kind)) -> list[Reason]:
    """Return the reasons in a campaign's or a month's counts, the most frequent first."""
    sums: dict[tuple[Kind, int | None, str], int] = {}
    for row in counts:
        kind = kind_of(row.estado, row.recibo)
        if kind in kinds and kind is not None:
            key = kind, row.codigo, row.motivo
            sums[key] = sums.get(key, 0) + row.mensajes
    found = [Reason(*key, messages) for key, messages in sums.items()]
    return sorted(found, key=lambda each: (-each.messages, each.kind, each.code or 0, each.sentence))


def kind_of(state: EstadoSMS, receipt: Recibo | None) -> Kind | None:
    """Return how far a message came that did not arrive; None for one that did, or may."""
    if state is EstadoSMS.ENVIADO:
        return Kind.NOT_DELIVERED if receipt in NOT_DELIVERED else None
    return {EstadoSMS.FALLIDO: Kind.REFUSED, EstadoSMS.OMITIDO: Kind.SKIPPED}.get(state)


def _unknown() -> str:
    return str(gettext("For a reason that we do not know"))


_NOTHING = translatable("There is nothing to do.")
_LOOK_IT_UP = translatable("Look up the code at Twilio.")
_CORRECT = translatable("Ask the client for the right number and correct it, or write to it no more.")
_LEFT_ALONE = translatable(
    "Nothing: they want no more messages. They come back by answering ALTA, or with “Undo it” where they opted out"
    " by the link; what the shop entered, the switch on the client's page takes back."
)
_LATER = translatable("Send it again to those who are missing, in a day or two.")
_EARLIER = translatable("Send it again to those who are missing, earlier in the day.")
_ANOTHER_DAY = translatable("Send it to those who are missing on another day: one a day is the law.")
_SEND_AGAIN = (_LATER, _EARLIER, _ANOTHER_DAY)
_TWILIO_ACCOUNT = translatable("Put the Twilio account in order, and go on with the campaign.")
_TWILIO_SENDER = translatable("Put the sender's number in order at Twilio, and go on with the campaign.")
_SHORTER = translatable("Shorten the text.")
_REGISTER = translatable("Register the sender's number at Twilio for this country.")

_TO_DO: dict[int | str, str] = {
    **dict.fromkeys((21211, 21214, 21217, 21265, 21604, 21614, 21635, 30005, 30006), _CORRECT),
    **dict.fromkeys((20003, 20005, 20404, 21608, 30002, 63038), _TWILIO_ACCOUNT),
    **dict.fromkeys((21212, 21603, 21606, 21607, 21659, 21660, 21701, 21703, 21704), _TWILIO_SENDER),
    **dict.fromkeys((20429, 21611, 21612, 30001, 30003, 30008), _LATER),
    21408: translatable("Switch this country on in Twilio's console, under Geo permissions."),
    21602: translatable("Write a text."),
    21610: _LEFT_ALONE,
    21617: _SHORTER,
    30004: translatable("Ask the client, when they come by, whether they want messages."),
    30007: translatable("Write it plainly: say who you are, without shortened links or words in capitals."),
    30034: _REGISTER,
    30036: _EARLIER,
    faults.OPTED_OUT: _LEFT_ALONE,
    faults.DEAD_NUMBER: _CORRECT,
    faults.NO_USABLE_NUMBER: _CORRECT,
    faults.INACTIVE: translatable("Make the client active again, if they are to get messages."),
    faults.NUMBER_CHANGED: _LATER,
    faults.CLIENT_GONE: _NOTHING,
    faults.DUPLICATE_NUMBER: translatable("Nothing: the number got it once. Join the clients if they are one."),
    faults.ALREADY_TODAY: _ANOTHER_DAY,
    faults.CAPPED: translatable("Wait, or raise the shop's cap under Settings, Advertising."),
    faults.MISSING_VALUE: translatable("Fill in the client's value, or write a text that does without."),
    faults.TOO_LONG: _SHORTER,
    faults.NO_ANSWER: _NOTHING,
    faults.INTERRUPTED: _NOTHING,
    faults.ODD_ANSWER: _NOTHING,
}
