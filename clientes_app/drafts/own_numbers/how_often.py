"""How often somebody may send messages to themselves, and codes: no code is a means to annoy a stranger."""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour

from ...web import throttling

_CODES_TO_A_NUMBER = RateLimitItemPerDay(3, 1, "own number: codes to number")
_CODES_OF_A_PERSON = RateLimitItemPerHour(5, 1, "own number: codes of person")
_CODES_OF_AN_ACCOUNT = RateLimitItemPerDay(30, 1, "own number: codes of account")
_TESTS_OF_A_PERSON = RateLimitItemPerHour(10, 1, "tests of person")


def count_code(account_id: int, person_id: int, number: str) -> None:
    """Count a code before it is sent.

    Raises throttling.TooManyTries.
    """
    _take(_CODES_OF_A_PERSON, str(person_id))
    _take(_CODES_OF_AN_ACCOUNT, str(account_id))
    _take(_CODES_TO_A_NUMBER, number)


def count_test(person_id: int) -> None:
    """Count a test before it is sent.

    Raises throttling.TooManyTries.
    """
    _take(_TESTS_OF_A_PERSON, str(person_id))


def _take(limit: RateLimitItem, name: str) -> None:
    if not throttling.take(limit, name):
        raise throttling.TooManyTries(throttling.seconds_left(limit, name))
