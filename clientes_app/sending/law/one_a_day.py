"""One advertisement a person a day, over all campaigns, people and machines, and no more than the caps a week or month.

A row of `publicidad_del_dia` says which message is a number's advertisement of a day; its key lets there be only one.
It is taken in the transaction of the claim, and given back in that which records that the message is certainly not
out. Whoever takes or gives back several does so in the order of their numbers, and takes no other lock after these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, case, select

from ...database import clock
from ...database.listed import rows_given
from ...database.transactions import fetch_together, zone_of
from ...models.types import utc_now
from ..carrier import Message
from ..faults import ALREADY_TODAY, CAPPED
from .advertised import Span, capping, having_enough, having_todays, holding, keeping, owning, taking
from .hours import COLOMBIA, is_colombian
from .rules import Rules, rules_of

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)

_Row = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """How the rows of a batch, by their ids, stand to the advertisement of the day."""

    refused: dict[int, str]
    """Those whose numbers get no more, each with its reason."""
    owned: frozenset[int]
    """Those that are their number's advertisement already: they were uncertain, and are sent again."""


class Unbound:
    """What a campaign that is no advertising asks of its numbers: nothing."""

    def day_of(self, number: str) -> date | None:
        """Return the day of which a message to a number is the advertisement; None: it is none."""
        return None

    def look(self, connection: Connection, numbers: Mapping[int, str]) -> Standing:
        """Return how rows stand, given with their numbers by id."""
        return Standing({}, frozenset())

    def take(
        self, connection: Connection, messages: Sequence[Message], owned: frozenset[int]
    ) -> tuple[Sequence[Message], dict[int, str]]:
        """Return the messages that may go out, and those that may not after all, by row, each with its reason."""
        return messages, {}


UNBOUND = Unbound()


@dataclass(frozen=True)
class OneADay(Unbound):
    """What advertising asks: that a number gets no other on its day, nor more than the caps let through."""

    account_id: int
    colombian_day: date
    other_day: date
    most_a_week: int | None = None
    most_a_month: int | None = None

    @classmethod
    def at(cls, account_id: int, rules: Rules, now: datetime) -> Self:
        """Return what an account's rules ask at a moment."""
        colombian_day, other_day = _days(rules, now)
        return cls(account_id, colombian_day, other_day, rules.most_a_week, rules.most_a_month)

    def day_of(self, number: str) -> date:
        """Return the day of which a message to a number is the advertisement."""
        return self.colombian_day if is_colombian(number) else self.other_day

    def look(self, connection: Connection, numbers: Mapping[int, str]) -> Standing:
        """Return how rows stand, given with their numbers by id."""
        rows = self._rows(numbers)
        owners = self._owners(connection, rows)
        owned = frozenset(row_id for row_id, owner in owners.items() if row_id == owner)
        capped = dict.fromkeys(self._capped(connection, rows), CAPPED)
        reasons = {**capped, **dict.fromkeys(owners, ALREADY_TODAY)}
        return Standing({row_id: reason for row_id, reason in reasons.items() if row_id not in owned}, owned)

    def take(
        self, connection: Connection, messages: Sequence[Message], owned: frozenset[int]
    ) -> tuple[Sequence[Message], dict[int, str]]:
        """Make each message its number's advertisement of the day, but for those owned: they are so already.

        Return those that may go out, of which only those have a `day` that have just become so, and the others by row,
        each with its reason: somebody was quicker.
        """
        new = self._take(connection, messages, owned)
        late = {it.row_id: ALREADY_TODAY for it in messages if it.row_id not in new and it.row_id not in owned}
        return _only_with_day([it for it in messages if it.row_id not in late], new), late

    def _rows(self, numbers: Mapping[int, str]) -> list[_Row]:
        return [
            {"telefono_e164": number, "dia": self.day_of(number), "mensaje_id": row_id}
            for row_id, number in numbers.items()
        ]

    def _take(self, connection: Connection, messages: Sequence[Message], owned: frozenset[int]) -> set[int]:
        """Take the days that are free; return for which rows."""
        rows = self._rows({message.row_id: message.to for message in messages if message.row_id not in owned})
        if not rows:
            return set()
        asked = {row["mensaje_id"] for row in rows}
        # Which ones were not free is asked where not all were, which is seldom: it was looked at just before.
        if connection.execute(taking(connection.dialect.name), self._given(connection, rows)).rowcount == len(rows):
            return asked
        return {row_id for row_id, owner in self._owners(connection, rows).items() if row_id == owner}

    def _owners(self, connection: Connection, rows: Sequence[_Row]) -> dict[int, int]:
        """Return the rows whose numbers have their advertisement of the day, each with the row that it is."""
        if not rows:
            return {}
        return dict(fetch_together(connection, owning(connection.dialect.name), self._given(connection, rows)))

    def _capped(self, connection: Connection, rows: Sequence[_Row]) -> list[int]:
        """Return the rows whose numbers got as many on the days before as the caps let through."""
        caps = {"most_a_week": self.most_a_week, "most_a_month": self.most_a_month}
        if not rows or not any(caps.values()):
            return []
        looking_back = [
            {**row, "week_begins": _begin(row["dia"], WEEK), "month_begins": _begin(row["dia"], MONTH)} for row in rows
        ]
        given = self._given(connection, looking_back)
        return [row_id for (row_id,) in fetch_together(connection, capping(connection.dialect.name), given | caps)]

    def _given(self, connection: Connection, rows: Sequence[_Row]) -> dict[str, object]:
        return {**rows_given(rows, connection.dialect.name), "account_id": self.account_id}


class Excepted(OneADay):
    """What an advertisement asks that need not keep to one a day: the days that are free, so that others know."""

    def look(self, connection: Connection, numbers: Mapping[int, str]) -> Standing:
        """Return how rows stand, given with their numbers by id: none is refused."""
        return Standing({}, super().look(connection, numbers).owned)

    def take(
        self, connection: Connection, messages: Sequence[Message], owned: frozenset[int]
    ) -> tuple[Sequence[Message], dict[int, str]]:
        """Make each message its number's advertisement of the day where there is none; all may go out."""
        new = self._take(connection, messages, owned)
        if rows := self._rows({it.row_id: it.to for it in messages if it.row_id not in new}):
            # Whoever gives one of these days back waits, and then sees that it has become this message's.
            connection.execute(holding(connection.dialect.name), self._given(connection, rows))
        return _only_with_day(messages, new), {}


def left_out_at(account_id: int, rules: Rules, now: datetime) -> Select[str, str]:
    """Select the numbers that an advertisement would not reach, were it sent at a moment, each with the reason."""
    days = _days(rules, now)
    if not rules.most_a_week and not rules.most_a_month:
        enough = having_todays(account_id, *days).subquery("enough")
    else:
        spans = (Span(_begin(today, MONTH), _begin(today, WEEK), today) for today in days)
        caps = {"most_a_week": rules.most_a_week, "most_a_month": rules.most_a_month}
        enough = having_enough(account_id, *spans).params(caps).subquery("enough")
    reason = case((enough.c.has_todays, ALREADY_TODAY), else_=CAPPED).label("reason")
    return select(enough.c.telefono_e164, reason)


def keep_over_change_of_zone(connection: Connection, account_id: int, zone_before: str | None) -> None:
    """Let who got an advertisement today, by the zone of before, have got it today by the account's present one."""
    rules, now = rules_of(connection, account_id), clock.corrected(connection, utc_now())
    before = replace(rules, shop_zone=ZoneInfo(zone_before) if zone_before else zone_of(connection))
    old, new = before.day_of("", now), rules.day_of("", now)
    if old != new:
        connection.execute(keeping(connection.dialect.name, account_id, old, new))


def _days(rules: Rules, now: datetime) -> tuple[date, date]:
    """Return the day for Colombian numbers at a moment, and for all others."""
    return rules.day_of(COLOMBIA, now), rules.day_of("", now)


def _only_with_day(messages: Sequence[Message], new: Set[int]) -> list[Message]:
    """Return messages, of which only those of these rows have their day: what was so before is not given back."""
    return [message if message.row_id in new else replace(message, day=None) for message in messages]


def _begin(day: date, period: timedelta) -> date:
    """Return the first day of a period whose last one is given."""
    return day - period + timedelta(days=1)
