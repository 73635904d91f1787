"""Codes of messages: drawn at random, and drawn again where another message has one of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from ...messaging.way_out import ALPHABET, CODE_LENGTH, ending
from ..carrier import Message

MOST_DRAWS = 8
"""Of 3.5 million million codes nearly all are free: whoever meets a taken one so often draws no random ones."""

Claimed = TypeVar("Claimed")


def draw() -> str:
    """Return a code that nobody can guess."""
    drawn, letters = secrets.randbelow(len(ALPHABET) ** CODE_LENGTH), ""
    for _ in range(CODE_LENGTH):
        drawn, letter = divmod(drawn, len(ALPHABET))
        letters += ALPHABET[letter]
    return letters


def given(
    messages: Sequence[Message], foot: str, kept: Mapping[int, str | None], draw: Callable[[], str]
) -> list[Message]:
    """Return messages, each with its own code in place of the sample: the one that its row has kept, or a new one."""
    end = len(ending(foot))
    return [
        replace(message, body=message.body[:-end] + ending(foot, code), code=code)
        for message in messages
        for code in [kept[message.row_id] or draw()]
    ]


def with_free_codes(claim: Callable[[], Claimed]) -> Claimed:
    """Claim in a transaction of its own that draws codes; where one of them is taken, in another one with others.

    So no claim is lost, and one that meets no such code takes no longer.
    """
    for _ in range(MOST_DRAWS - 1):
        try:
            return claim()
        except IntegrityError as error:
            if not _is_taken_code(error):
                raise
    return claim()


def _is_taken_code(error: IntegrityError) -> bool:
    """Return whether a database refused a code: SQLite names the column, PostgreSQL the index."""
    told = str(error.orig)
    return "sms_log.codigo" in told or "uq_sms_log_codigo" in told
