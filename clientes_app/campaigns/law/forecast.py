"""When an advertisement would go out: what the lawful hours let through today, and when the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ...messaging.totals import Totals
from ...sending.law.hours import BOGOTA, Hours, Window, window_at
from ...sending.law.rules import Rules

_COLOMBIA = "CO"


@dataclass(frozen=True)
class Load:
    """What an advertisement would send."""

    totals: Totals
    messages: int


@dataclass(frozen=True)
class _Share:
    """Those of an audience to whom one clock applies."""

    zone: tzinfo
    parts: int
    window: Window


@dataclass(frozen=True)
class Forecast:
    """How the lawful hours stand to an advertisement at the moment at which it would be sent."""

    moment: datetime
    hours: Hours
    zone: tzinfo
    """By whose clock it is told what day it is."""
    is_open: bool
    """Whether it may go out then to anybody."""
    closed_to_some: bool
    """Whether it may not to everybody."""
    opens: datetime | None
    """When it goes out to the first of those to whom it may not go then; None: to all it may, or never."""
    fitting: int | None
    """How many messages go out before the hours close; None: all of them, as far as it is known."""
    goes_on: datetime | None
    """When the hours open again for those who do not fit."""
    is_strict: bool
    """Whether the shop lets nobody except a campaign."""

    @property
    def never(self) -> bool:
        """Return whether the hours never open."""
        return not self.is_open and self.opens is None


def leaves_at(rules: Rules, moment: datetime) -> datetime:
    """Return when what would be sent at a moment goes out: then, or as the hours open next."""
    window = rules.in_colombia(moment)
    return moment if window.is_open or window.until is None else window.until


def forecast(rules: Rules, moment: datetime, load: Load, pace: float) -> Forecast:
    """Return how an account's hours stand to a load at a moment; `pace` in SMS parts a second, 0: any."""
    shares = _shares(rules, moment, load.totals)
    open_ones = [share for share in shares if share.window.is_open]
    closed = [share for share in shares if not share.window.is_open]
    opens = min((share.window.until for share in closed if share.window.until), default=None)
    sent = _sent_today(open_ones, moment, pace)
    fits = sent >= sum(share.parts for share in open_ones)
    return Forecast(
        moment=moment,
        hours=rules.hours,
        zone=(closed or shares)[0].zone,
        is_open=bool(open_ones),
        closed_to_some=bool(closed),
        opens=opens,
        fitting=None if fits or not open_ones else int(load.messages * sent / load.totals.parts),
        goes_on=None if fits else _next_opening(rules, open_ones),
        is_strict=rules.is_strict,
    )


def _shares(rules: Rules, moment: datetime, totals: Totals) -> list[_Share]:
    """Part an audience by its clocks; where nobody is known yet, as those would be who have numbers of Colombia."""
    colombian = totals.parts_by_country[_COLOMBIA]
    parts = ((BOGOTA, colombian, rules.in_colombia), (rules.shop_zone, totals.parts - colombian, rules.elsewhere))
    shares = [_Share(zone, count, window(moment)) for zone, count, window in parts if count]
    return shares or [_Share(BOGOTA, 0, rules.in_colombia(moment))]


def _sent_today(open_ones: Sequence[_Share], moment: datetime, pace: float) -> int:
    """Return how many SMS parts go out before the hours close, to those first for whom they close first."""
    sent = 0
    for share in sorted(open_ones, key=lambda share: share.window.until or moment):
        sent += share.parts
        if pace and share.window.until:
            sent = min(sent, int((share.window.until - moment).total_seconds() * pace))
    return sent


def _next_opening(rules: Rules, open_ones: Sequence[_Share]) -> datetime | None:
    """Return when the hours open next for those to whom they close."""
    closings = [(share.window.until, share.zone) for share in open_ones if share.window.until]
    openings = [window_at(closing, rules.hours, zone).until for closing, zone in closings]
    return min((opening for opening in openings if opening), default=None)
