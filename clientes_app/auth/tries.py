"""How often somebody may try to log in: only passwords that turn out wrong count.

An account must not be guessed from many addresses, and nobody must be able to lock its person out. So tries are
counted for each address, for each name from one address, and, more widely, for each name from everywhere. A
browser in which that person has logged in before has a count of its own and none of these: an attacker who keeps
the count of a name full keeps out strange browsers only.
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NoReturn

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from ..values.log_in_names import key_of
from ..web import throttling
from . import passwords

FROM_ADDRESS = RateLimitItemPerMinute(20, 10, "log-in from address")
OF_NAME_FROM_ADDRESS = RateLimitItemPerMinute(10, 10, "log-in of name from address")
OF_NAME = RateLimitItemPerHour(50, 1, "log-in of name")
FROM_KNOWN_BROWSER = RateLimitItemPerMinute(10, 10, "log-in from known browser")
OF_PERSON = RateLimitItemPerMinute(10, 10, "present password of person")


@dataclass(frozen=True)
class Count:
    """One of the counts that a try belongs to."""

    limit: RateLimitItem
    names: tuple[str, ...]


def counts(name: str, address: str, browser: str | None) -> list[Count]:
    """Return the counts of a try to log in; `browser` identifies one that the person has used before."""
    if browser is not None:
        return [Count(FROM_KNOWN_BROWSER, (browser,))]
    # A name is what somebody typed: of any length, and it may be a password by mistake.
    named = hashlib.sha256(key_of(name).encode()).hexdigest()
    place = _place(address)
    return [
        Count(FROM_ADDRESS, (place,)),
        Count(OF_NAME_FROM_ADDRESS, (named, place)),
        Count(OF_NAME, (named,)),
    ]


def counts_of_person(person_id: int) -> list[Count]:
    """Return the counts of a try by somebody who is logged in already."""
    return [Count(OF_PERSON, (str(person_id),))]


@contextmanager
def counted(tried: list[Count]) -> Iterator[None]:
    """Count a try before anything is compared, so that of many at once none slips through.

    Raises throttling.TooManyTries, or ServiceUnavailable where too many are compared at this moment.
    """
    for count in tried:
        if not throttling.left(count.limit, *count.names):
            _refuse(count)
    # Counted only in the seat: people who log in at once from one shop are no storm.
    with passwords.seat(_room_of(tried)):
        for count in tried:
            if not throttling.take(count.limit, *count.names):
                _refuse(count)
        yield


def forgive(tried: list[Count]) -> None:
    """Count a try no more: the password was right."""
    for count in tried:
        throttling.give_back(count.limit, *count.names)


def _refuse(count: Count) -> NoReturn:
    raise throttling.TooManyTries(throttling.seconds_left(count.limit, *count.names))


def _room_of(tried: list[Count]) -> passwords.Room:
    """Return where a try waits: by whether its browser is known, else by whether its address has failed lately."""
    where = tried[0]
    if where.limit in (FROM_KNOWN_BROWSER, OF_PERSON):
        return passwords.KNOWN_BROWSERS
    untouched = throttling.left(where.limit, *where.names) == where.limit.amount
    return passwords.FIRST_TRIES if untouched else passwords.LATER_TRIES


def _place(address: str) -> str:
    """Return an IPv4 address, or the network that one household has of IPv6."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((read, 64), strict=False)) if isinstance(read, IPv6Address) else address
