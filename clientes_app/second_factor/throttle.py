"""How often an answer may be guessed: after five wrong ones in five minutes not even the right one is compared."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

from flask import current_app
from flask_babel import gettext
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ..errors import DomainError

_GUESSES = RateLimitItemPerMinute(5, 5)
_LIMITER = "clientes.second_factor.guesses"


class Guess(StrEnum):
    """What is guessed."""

    CODE = "code"
    PASSWORD = "password"  # noqa: S105


class TooManyGuesses(DomainError):
    """Somebody guessed too often."""

    status = 429

    def __init__(self) -> None:
        super().__init__(gettext("Too many wrong answers. Wait five minutes and try again."))


def count_guess(what: Guess, person_id: int) -> None:
    """Count a guess before it is compared: of many at once, no more than the limit get through.

    Raises TooManyGuesses.
    """
    if not _limiter().hit(_GUESSES, what, str(person_id)):
        raise TooManyGuesses


def forget_guesses(what: Guess, person_id: int) -> None:
    """Begin to count anew: the answer was right."""
    _limiter().clear(_GUESSES, what, str(person_id))


def _limiter() -> MovingWindowRateLimiter:
    found = current_app.extensions.get(_LIMITER)
    if found is None:
        found = current_app.extensions.setdefault(_LIMITER, MovingWindowRateLimiter(MemoryStorage()))
    return cast(MovingWindowRateLimiter, found)
