"""What Twilio's error codes mean for a message and its campaign.

Each code has its page at https://www.twilio.com/docs/api/errors/CODE.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..values.text import translatable


class Scope(Enum):
    """How far a fault reaches."""

    NUMBER = "number"
    CAMPAIGN = "campaign"
    MOMENT = "moment"
    """Nothing is wrong but the pace: the same request may succeed later."""


@dataclass(frozen=True)
class Fault:
    """A code's scope, whether the same number may succeed another time, and the sentence for people."""

    scope: Scope
    retryable: bool
    sentence: str


def source(code: int) -> str:
    """Return the page where Twilio explains a code."""
    return f"https://www.twilio.com/docs/api/errors/{code}"


def _number(sentence: str, *, retryable: bool = False) -> Fault:
    return Fault(Scope.NUMBER, retryable, sentence)


def _campaign(sentence: str) -> Fault:
    return Fault(Scope.CAMPAIGN, retryable=True, sentence=sentence)


FAULTS: dict[int, Fault] = {
    21211: _number(translatable("The number does not exist")),
    21214: _number(translatable("The number cannot be reached")),
    21217: _number(translatable("The number is not written as a phone number")),
    21265: _number(translatable("The number is a short code, which cannot receive this")),
    21408: _number(translatable("Sending to this number's country is not switched on"), retryable=True),
    21602: _number(translatable("The message is empty")),
    21604: _number(translatable("There is no number")),
    21610: _number(translatable("The person asked to get no more messages")),
    21612: _number(translatable("No route leads to this number"), retryable=True),
    21614: _number(translatable("The number is not a mobile")),
    21617: _number(translatable("The message is longer than 1,600 characters")),
    21635: _number(translatable("The number is a landline")),
    20003: _campaign(translatable("Twilio does not accept the account's credentials")),
    20005: _campaign(translatable("The Twilio account is not active")),
    20404: _campaign(translatable("Twilio does not know this account")),
    21212: _campaign(translatable("The sender's number is not right")),
    21603: _campaign(translatable("There is no sender's number")),
    21606: _campaign(translatable("The sender's number cannot send SMS")),
    21607: _campaign(translatable("The sender's number is not the account's")),
    21608: _campaign(translatable("A Twilio trial account sends only to numbers that were verified")),
    21659: _campaign(translatable("The sender's number is not the account's")),
    21660: _campaign(translatable("The sender's number is not the account's")),
    21701: _campaign(translatable("The messaging service does not exist")),
    21703: _campaign(translatable("The messaging service has no sender")),
    21704: _campaign(translatable("The messaging service has no sender for this country")),
    63038: _campaign(translatable("The Twilio account has sent all that it may today")),
    20429: Fault(Scope.MOMENT, retryable=True, sentence=translatable("Twilio asks to go slower")),
    21611: Fault(Scope.MOMENT, retryable=True, sentence=translatable("Twilio's queue for this sender is full")),
}

VALIDITY_OVER = 30036

# What a handset's receipt says: the message was accepted, and then not delivered.
RECEIPT_FAULTS: dict[int, str] = {
    30001: translatable("Twilio's queue was full"),
    30002: translatable("The Twilio account was suspended"),
    30003: translatable("The phone is off or out of reach"),
    30004: translatable("The person or the operator blocks these messages"),
    30005: translatable("The number does not exist, or no longer does"),
    30006: translatable("The number is a landline, or its operator cannot be reached"),
    30007: translatable("The operator took it for spam"),
    30008: translatable("The operator did not say why"),
    30034: translatable("The sender's number is not registered"),
    VALIDITY_OVER: translatable("It waited at Twilio until the hours of advertising were over, and did not go out"),
}
PASSING_RECEIPTS = (30001, 30003, 30008, VALIDITY_OVER)
"""Those after which the same message may arrive on another day."""

UNKNOWN_RECEIPT_FAULT = translatable("The operator gave a reason that we do not know")

NO_ANSWER = translatable("Twilio did not answer: it may have arrived")
ODD_ANSWER = translatable("Twilio's answer could not be read: it may have arrived")
INTERRUPTED = translatable("The app stopped before Twilio answered: it may have arrived")
TOO_MANY_UNKNOWN = translatable("Twilio stopped answering: the campaign waits so that nothing is sent blindly")
TOO_MANY_REFUSED = translatable("Twilio refused many numbers in a row for a reason that is not the number's")

OPTED_OUT_CODE = 21610
OPTED_OUT = translatable("The person asked to get no more messages")
ALREADY_TODAY = translatable("The person had got another advertisement that day")
CAPPED = translatable("The person had got as many advertisements as the shop lets a week or month have")
DEAD_NUMBER = translatable("The number does not work, and the shop writes to it no more")
INACTIVE = translatable("The client is inactive")
NUMBER_CHANGED = translatable("The client's number has changed since")
CLIENT_GONE = translatable("The client is no longer in the list")
NO_USABLE_NUMBER = translatable("No usable number")
DUPLICATE_NUMBER = translatable("Duplicate number")
MISSING_VALUE = translatable("A value that the text uses is missing")
TOO_LONG = translatable("With the client's name the message is too long: over 1,600 characters")
