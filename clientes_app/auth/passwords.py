"""Passwords: which will do, and how they are kept and compared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext

from ..errors import DomainError, ServiceUnavailable
from ..values.text import composed, fold

SHORTEST = 8
LONGEST = 1000

# The least that OWASP's Password Storage Cheat Sheet recommends of Argon2id: whoever sends wrong passwords from
# many addresses makes the server compute as much for each of them.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Room:
    """Where people wait for one of some seats; there are only so many places to wait."""

    def __init__(self, seats: threading.Semaphore) -> None:
        self.seats = seats
        self.places = threading.BoundedSemaphore(32)


# Each comparison takes 19 MiB; who waits for one holds a thread of the server, which others need. In a storm of wrong
# passwords nearly every address has failed before, and hardly that of anybody else: they wait in rooms of their own.
# A storm from ten thousand addresses fills both, but not the room of browsers in which somebody has logged in before.
_strangers_seats = threading.BoundedSemaphore(6)
FIRST_TRIES = Room(_strangers_seats)
LATER_TRIES = Room(_strangers_seats)
KNOWN_BROWSERS = Room(threading.BoundedSemaphore(2))


def check(password: str, name: str) -> None:
    """Refuse a password that a person called `name` should not have.

    Raises DomainError that says why.
    """
    if len(password) < SHORTEST:
        raise DomainError(gettext("The password needs at least %(count)d characters.", count=SHORTEST))
    if len(password) > LONGEST:
        raise DomainError(gettext("The password may have at most %(count)d characters.", count=LONGEST))
    if password.lower() in _known_bad():
        raise DomainError(gettext("Too many people use this password: it is the first that is tried. Choose another."))
    if _letters(password) == _letters(name) and _letters(name):
        raise DomainError(gettext("The password must be more than the name."))


def hash_password(password: str) -> str:
    """Return what is stored in place of a password (Argon2id)."""
    return _hasher.hash(_normal(password))


@contextmanager
def seat(room: Room) -> Iterator[None]:
    """Wait in a room until there is a seat to compare a password in.

    Raises ServiceUnavailable where the room is full.
    """
    if not room.places.acquire(blocking=False):
        raise ServiceUnavailable(gettext("Many people are logging in at this moment. Try again in some seconds."))
    try:
        with room.seats:
            yield
    finally:
        room.places.release()


def fits(stored: str | None, password: str) -> bool:
    """Return whether a password is the one that was stored; where nothing is stored it takes the same time."""
    try:
        return _hasher.verify(stored or nobodys_hash(), _normal(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Return whether passwords are stored in another way by now."""
    return _hasher.check_needs_rehash(stored)


@cache
def nobodys_hash() -> str:
    """Return what an unknown person's password is compared with."""
    return _hasher.hash("nobody")


def _normal(password: str) -> str:
    # One keyboard composes an accent, another does not: both type the same password.
    return composed(password)


def _letters(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalpha())


@cache
def _known_bad() -> frozenset[str]:
    # The lists are large, and few processes ever look something up in them.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
