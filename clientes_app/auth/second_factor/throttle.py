"""How often the first code of a new app may be wrong: five times in five minutes.

The secret is on the page, so nothing is guessed; wrong codes of a second step are counted in `guesses`.
"""

from __future__ import annotations

from limits import RateLimitItemPerMinute

from ...web import throttling

_GUESSES = RateLimitItemPerMinute(5, 5)
_WHAT = "first code"


def count_guess(person_id: int) -> None:
    """Count a code before it is compared: of many at once, no more than the limit get through.

    Raises throttling.TooManyTries.
    """
    if not throttling.take(_GUESSES, _WHAT, str(person_id)):
        raise throttling.TooManyTries(throttling.seconds_left(_GUESSES, _WHAT, str(person_id)))


def forget_guesses(person_id: int) -> None:
    """Begin to count anew: the answer was right."""
    throttling.forget(_GUESSES, _WHAT, str(person_id))
