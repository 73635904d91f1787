"""What the dispatcher asks of a carrier, and what a carrier may answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Protocol

STATUS_PATH = "/twilio/estado/"
"""Where the app is told what became of a message; the attempt follows."""

TRY_AGAIN = "#rc=5&rp=ct,rt,5xx"
"""What an address that Twilio calls ends with: up to five more tries where it gets no connection, no answer or a 5xx.

Without it Twilio tries once more, and only where it got no connection. It sends the part after `#` to nobody.
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""


_SID = re.compile(r"[0-9A-Za-z]{2,64}")


def read_sid(value: object) -> str | None:
    """Return the name that a carrier gave a message, or None for what is none (https://www.twilio.com/docs/glossary/what-is-a-sid)."""
    return value if isinstance(value, str) and _SID.fullmatch(value) else None


@dataclass(frozen=True)
class Charge:
    """What the claim of a message was counted as, where its account has limits."""

    account_id: int
    day: date
    """Of the account's zone."""
    pesos: Decimal


@dataclass(frozen=True)
class Message:
    """A claimed row, ready to be handed over."""

    row_id: int
    campaign_id: int
    attempt: str
    to: str
    body: str
    parts: int
    charge: Charge | None = None
    not_after: datetime | None = None
    """Not at this moment or later may it be handed over, by this machine's clock. None: at any time."""
    day: date | None = None
    """The day whose one advertisement for this number it became at this claim; None: it became none."""


class Fate(Enum):
    """What is known after an attempt."""

    SENT = "sent"
    """The carrier accepted it and named it."""
    REFUSED = "refused"
    """The carrier will not send to this number."""
    KEPT = "kept"
    """It was not handed over: the carrier was asked nothing."""
    DEFERRED = "deferred"
    """It was certainly not processed: it may be tried again."""
    STOPPED = "stopped"
    """It was certainly not processed, and the campaign's others would not be either."""
    UNKNOWN = "unknown"
    """The carrier may have it: it must not be tried again."""


@dataclass(frozen=True)
class Outcome:
    """The answer to one attempt."""

    fate: Fate
    sid: str | None = None
    code: int | None = None
    reason: str | None = None
    retry_after: float | None = None
    """Seconds that the carrier asked to wait."""
    puzzling: bool = False
    """Whether many such answers in a row mean that something is wrong with more than the number."""

    @property
    def comes_back(self) -> bool:
        """Return whether the message is certainly not out."""
        return self.fate not in (Fate.SENT, Fate.UNKNOWN)

    @property
    def is_known(self) -> bool:
        """Return whether the carrier took or refused the message."""
        return self.fate in (Fate.SENT, Fate.REFUSED)


KEPT = Outcome(Fate.KEPT)


@dataclass(frozen=True)
class Result:
    """A message and what became of it."""

    message: Message
    outcome: Outcome


class NotAnswered(Exception):
    """The carrier did not say what it was asked."""


class Carrier(Protocol):
    """Hands messages over; used inside one event loop."""

    async def send(self, message: Message) -> Outcome:
        """Hand one message over, once; every failure is an outcome. Past its `not_after` it is kept."""

    async def find(self, to: str, body: str, since: datetime) -> Sequence[str]:
        """List the SIDs of messages with this text to this number, created at `since` or later, oldest first.

        Raises NotAnswered.
        """

    async def close(self) -> None:
        """Close the connections."""
