"""The hours of advertising: which moments are within them, and when they open next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientes_app.sending.law.hours import (
    BOGOTA,
    LAST_MINUTE,
    USUAL,
    Hours,
    Opening,
    Window,
    public_holidays,
    window_at,
    zone_of_number,
)

MADRID = ZoneInfo("Europe/Madrid")
NOON = Opening(12 * 60, 13 * 60)
MOMENTS = st.integers(0, 8 * 365 * 86_400).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(0, seconds))


def at(*moment: int, zone: ZoneInfo = BOGOTA) -> datetime:
    return datetime(*moment, tzinfo=zone)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("moment", "is_open", "until"),
    [
        (at(2026, 11, 30, 7, 59, 59), False, at(2026, 11, 30, 8)),
        (at(2026, 11, 30, 8), True, at(2026, 11, 30, 19)),
        (at(2026, 11, 30, 18, 58, 59), True, at(2026, 11, 30, 19)),
        (at(2026, 11, 30, 18, 59), False, at(2026, 12, 1, 8)),
        (at(2026, 11, 28, 14, 58, 59), True, at(2026, 11, 28, 15)),
        (at(2026, 11, 28, 14, 59), False, at(2026, 11, 30, 8)),
        (at(2026, 11, 29, 0, 54), False, at(2026, 11, 30, 8)),
        (at(2026, 12, 7, 23), False, at(2026, 12, 9, 8)),  # the 8th is a holiday, on a Tuesday
        (at(2026, 1, 9, 18, 59), False, at(2026, 1, 10, 8)),
        (at(2026, 1, 10, 15), False, at(2026, 1, 13, 8)),  # Sunday, and a holiday moved to Monday
        (at(2026, 12, 31, 19), False, at(2027, 1, 2, 8)),
    ],
)
def test_the_usual_hours(moment: datetime, is_open: bool, until: datetime) -> None:
    assert window_at(moment, USUAL, BOGOTA) == Window(is_open, until)


@given(MOMENTS)
def test_nothing_is_open_at_night_on_sundays_and_holidays(moment: datetime) -> None:
    here = moment.astimezone(BOGOTA)
    window = window_at(moment, USUAL, BOGOTA)
    closes = {5: 15}.get(here.weekday(), 19)
    is_free_day = here.weekday() == 6 or here.date() in public_holidays(here.year)
    minute_of_day = here.hour * 60 + here.minute
    assert window.is_open == (not is_free_day and 8 * 60 <= minute_of_day < closes * 60 - 1)
    assert window.until is not None
    assert moment < window.until < moment + timedelta(days=6)


@given(MOMENTS, st.sampled_from([MADRID, ZoneInfo("Asia/Kolkata"), ZoneInfo("Africa/Casablanca"), BOGOTA]))
def test_what_opens_is_open_then_and_what_closes_is_closed_before(moment: datetime, zone: ZoneInfo) -> None:
    window = window_at(moment, USUAL, zone)
    assert window.until is not None
    if window.is_open:
        assert not window_at(window.until - LAST_MINUTE, USUAL, zone).is_open
        assert window_at(window.until - LAST_MINUTE - timedelta(microseconds=1), USUAL, zone).is_open
    else:
        assert window_at(window.until, USUAL, zone).is_open


def test_every_zone_has_its_own_clock() -> None:
    evening = at(2026, 11, 30, 20, zone=MADRID)
    assert not window_at(evening, USUAL, MADRID).is_open
    assert window_at(evening, USUAL, BOGOTA).is_open
    assert zone_of_number("+573001234567", MADRID) is BOGOTA
    assert zone_of_number("+34600123456", MADRID) is MADRID


def test_an_own_day_is_like_a_holiday() -> None:
    hours = Hours(own_days=frozenset({date(2026, 12, 24)}))
    assert window_at(at(2026, 12, 24, 10), hours, BOGOTA) == Window(is_open=False, until=at(2026, 12, 26, 8))


def test_holidays_may_have_hours_of_their_own() -> None:
    hours = Hours(holidays=NOON)
    assert window_at(at(2026, 11, 29, 12, 30), hours, BOGOTA) == Window(is_open=True, until=at(2026, 11, 29, 13))
    assert window_at(at(2026, 11, 29, 14), hours, BOGOTA).until == at(2026, 11, 30, 8)


def test_a_whole_day_closes_at_midnight() -> None:
    hours = Hours(weekdays=Opening(0, 24 * 60), saturdays=None)
    assert window_at(at(2026, 11, 27, 23), hours, BOGOTA) == Window(is_open=True, until=at(2026, 11, 28))
    assert window_at(at(2026, 11, 28, 0), hours, BOGOTA).until == at(2026, 11, 30)


def test_hours_that_never_open_have_no_opening() -> None:
    assert window_at(at(2026, 11, 30, 9), Hours(None, None, None), BOGOTA) == Window(is_open=False, until=None)


def test_an_opening_that_a_clock_change_skips_is_the_first_minute_after_it() -> None:
    hours = Hours(holidays=Opening(2 * 60 + 30, 4 * 60))
    assert window_at(at(2026, 3, 29, 1, zone=MADRID), hours, MADRID).until == at(2026, 3, 29, 3, zone=MADRID)


def test_the_library_knows_the_holidays_of_years_to_come() -> None:
    assert all(len(public_holidays(year)) >= 17 for year in range(2026, 2040))
    assert {date(2026, 12, 8), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 11)} <= (
        public_holidays(2026) | public_holidays(2027)
    )
