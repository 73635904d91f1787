"""How often a code may be guessed: after five wrong ones in five minutes not even the right one is compared."""

from __future__ import annotations

from limits import RateLimitItemPerMinute

from .. import throttling

_GUESSES = RateLimitItemPerMinute(5, 5)
_WHAT = "second factor"


def count_guess(person_id: int) -> None:
    """Count a guess before it is compared: of many at once, no more than the limit get through.

    Raises throttling.TooManyTries.
    """
    if not throttling.take(_GUESSES, _WHAT, str(person_id)):
        raise throttling.TooManyTries(throttling.seconds_left(_GUESSES, _WHAT, str(person_id)))


def forget_guesses(person_id: int) -> None:
    """Begin to count anew: the answer was right."""
    throttling.forget(_GUESSES, _WHAT, str(person_id))
