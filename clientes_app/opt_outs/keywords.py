"""The words by which people ask for no more messages, or for messages again."""

from __future__ import annotations

import re
from enum import StrEnum

from ..values.text import fold

LONGEST_KEYWORD = 40

# Twilio's words: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
_OUT = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"}
_OUT |= {"alto", "baja", "cancelar", "salir", "parar"}
_IN = {"start", "yes", "unstop", "alta"}
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


class Wish(StrEnum):
    """What a person asks for."""

    NO_MORE = "no more"
    AGAIN = "again"


def wish(opt_out_type: str, body: str) -> Wish | None:
    """Read what Twilio made of a message (`STOP`, `START`, `HELP`), else the message itself.

    Only a message that is nothing but a keyword counts; accents, case and the punctuation around it do not.
    """
    if opt_out_type:
        return _wish_in(opt_out_type)
    return _wish_in(body) if len(body) <= LONGEST_KEYWORD else None


def _wish_in(text: str) -> Wish | None:
    word = _AROUND.sub("", fold(text))
    if word in _OUT:
        return Wish.NO_MORE
    return Wish.AGAIN if word in _IN else None
