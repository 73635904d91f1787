"""An hour of a day in a zone is one moment, also where a clock change skips or doubles it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clientes_app.values.days import Hour, read_hour, read_moment, settle

ZONES = sorted(available_timezones())
DAYS = st.dates(date(1970, 1, 2), date(2100, 12, 30))
HOURS = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
NEW_YORK, SAMOA, BOGOTA = "America/New_York", "Pacific/Apia", "America/Bogota"


@given(DAYS, HOURS, st.sampled_from(ZONES))
@example(date(2026, 3, 8), time(2, 30), NEW_YORK)
@example(date(2026, 11, 1), time(1, 30), NEW_YORK)
@example(date(2011, 12, 30), time(10, 0), SAMOA)
@example(date(2026, 4, 5), time(1, 45), "Australia/Lord_Howe")
@example(date(1992, 5, 3), time(0, 30), BOGOTA)
def test_it_is_the_first_moment_at_which_the_clock_shows_that_hour_or_a_later_one(
    day: date, hour: time, zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    settled = settle(day, hour, zone)
    wall = datetime.combine(day, hour)
    shown = settled.moment.astimezone(zone).replace(tzinfo=None)
    just_before = (settled.moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    assert settled.moment.tzinfo is UTC
    assert just_before < wall, "no earlier moment will do"
    if settled.hour is Hour.SKIPPED:
        assert shown > wall
    else:
        assert shown == wall
    again = settled.moment.astimezone(zone).replace(fold=1).astimezone(UTC)
    assert (again > settled.moment) is (settled.hour is Hour.DOUBLED)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "moment", "kind"),
    [
        (date(2026, 12, 4), time(10, 0), BOGOTA, "2026-12-04T15:00:00+00:00", Hour.ONCE),
        (date(2026, 3, 8), time(2, 30), NEW_YORK, "2026-03-08T07:00:00+00:00", Hour.SKIPPED),
        (date(2026, 11, 1), time(1, 30), NEW_YORK, "2026-11-01T05:30:00+00:00", Hour.DOUBLED),
        (date(2011, 12, 30), time(10, 0), SAMOA, "2011-12-30T10:00:00+00:00", Hour.SKIPPED),
    ],
)
def test_hours_that_a_clock_change_skips_or_doubles(day: date, hour: time, zone: str, moment: str, kind: Hour) -> None:
    settled = settle(day, hour, ZoneInfo(zone))
    assert (settled.moment.isoformat(), settled.hour) == (moment, kind)


@pytest.mark.parametrize("text", ["", "25:00", "diez", "10:00Z", "10:00-05:00", "10.5"])
def test_what_is_no_hour(text: str) -> None:
    assert read_hour(text) is None


def test_what_is_an_hour() -> None:
    assert [read_hour(text) for text in ("10:00", "00:00", "23:59:58")] == [time(10), time(0), time(23, 59)]


@pytest.mark.parametrize(
    "text",
    ["", "2026-12-04", "2026-12-04T10:00:00", "mañana", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+14:00"],
)
def test_what_is_no_moment(text: str) -> None:
    assert read_moment(text) is None


def test_moments_with_an_offset() -> None:
    expected = datetime(2026, 12, 4, 15, 0, tzinfo=UTC)
    assert read_moment("2026-12-04T10:00:00-05:00") == read_moment("2026-12-04T15:00Z") == expected
