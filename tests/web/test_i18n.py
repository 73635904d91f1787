"""Numbers, money, moments and sentences as each language writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_datetime, format_timedelta, get_timezone
from flask import Flask, g, render_template_string
from flask_babel import Babel, gettext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clientes_app.models.types import utc_now
from clientes_app.sending.faults import FAULTS, NO_ANSWER
from clientes_app.web import formatting, i18n

READERS = Flask(__name__)
Babel(READERS, locale_selector=lambda: g.locale, timezone_selector=lambda: g.zone)


@contextmanager
def reader_of(app: Flask, language: str) -> Iterator[None]:
    """A request of somebody whose browser asks for the language."""
    with app.test_request_context(headers={"Accept-Language": language}):
        yield


@pytest.mark.parametrize(
    ("write", "value", "spanish", "english"),
    [
        (formatting.number, 0, "0", "0"),
        (formatting.number, 1240, "1.240", "1,240"),
        (formatting.number, 1234567, "1.234.567", "1,234,567"),
        (formatting.number, 23.4, "23,4", "23.4"),
        (formatting.money, Decimal("59900.00"), "$\xa059.900", "$\xa059,900"),
        (formatting.money, Decimal("59900.50"), "$\xa059.900,50", "$\xa059,900.50"),
        (formatting.money, Decimal("999999999999.99"), "$\xa0999.999.999.999,99", "$\xa0999,999,999,999.99"),
        (
            formatting.moment,
            datetime(2026, 11, 22, 15, 30, tzinfo=UTC),
            "22 nov 2026, 10:30 a.\u202fm.",
            "22 Nov 2026, 10:30 AM",
        ),
        (
            formatting.moment,
            datetime(2026, 1, 2, 3, 5, tzinfo=UTC),
            "1 ene 2026, 10:05 p.\u202fm.",
            "1 Jan 2026, 10:05 PM",
        ),
        (
            formatting.time_left,
            (45, 120),
            "faltan de 45 segundos a 2 minutos",
            "45 seconds to 2 minutes left",
        ),
        (formatting.time_left, (3, 5), "faltan de 3 a 5 segundos", "3 to 5 seconds left"),
        (formatting.time_left, (20, 20), "faltan cerca de 20 segundos", "about 20 seconds left"),
        (formatting.time_left, None, "", ""),
    ],
)
def test_values_are_written_by_locale(
    app: Flask, write: Callable[[object], str], value: object, spanish: str, english: str
) -> None:
    with reader_of(app, "es-CO"):
        assert write(value) == spanish
    with reader_of(app, "en"):
        assert write(value) == english


@pytest.mark.parametrize(
    ("elapsed", "spanish", "english"),
    [
        (timedelta(minutes=5), "hace 5 minutos", "5 minutes ago"),
        (timedelta(days=3), "hace 3 días", "3 days ago"),
    ],
)
def test_how_long_ago_is_written_by_locale(app: Flask, elapsed: timedelta, spanish: str, english: str) -> None:
    with reader_of(app, "es"):
        assert formatting.ago(utc_now() - elapsed) == spanish
    with reader_of(app, "en"):
        assert formatting.ago(utc_now() - elapsed) == english


@settings(max_examples=60)
@given(
    st.floats(0, 2_100_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(("America/Bogota", "America/New_York", "Australia/Lord_Howe", "Europe/Madrid")),
    st.timedeltas(timedelta(seconds=1), timedelta(days=4_000)),
)
@example(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "America/New_York", timedelta(days=6, hours=13))
@example(datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "America/New_York", timedelta(days=360))
@example(datetime(2026, 3, 8, 7, tzinfo=UTC), "America/New_York", timedelta(seconds=2.5))
def test_moments_are_written_as_babel_writes_them(moment: datetime, zone: str, elapsed: timedelta) -> None:
    for locale in i18n.LANGUAGES.values():
        with READERS.app_context(), pytest.MonkeyPatch.context() as patched:
            g.locale, g.zone = locale, zone
            patched.setattr(formatting, "utc_now", lambda: moment + elapsed)
            assert formatting.moment(moment) == format_datetime(moment, "d MMM y, h:mm a", get_timezone(zone), locale)
            told = format_timedelta(-elapsed, add_direction=True, threshold=1, locale=locale)
            assert formatting.ago(moment) == told


def test_what_has_just_happened_is_no_moment_to_come(app: Flask) -> None:
    """Clocks of several machines differ a little."""
    with reader_of(app, "es"):
        assert formatting.ago(utc_now() + timedelta(seconds=2)) == "hace 1 segundo"


def test_reasons_are_told_in_the_readers_language_with_their_code(app: Flask) -> None:
    with reader_of(app, "es"):
        assert formatting.reason(FAULTS[21211].sentence, 21211) == "El número no existe (21211)"
        assert formatting.reason(NO_ANSWER) == "Twilio no respondió: puede que haya llegado"
        assert formatting.reason(None, 21211) == ""
    with reader_of(app, "en"):
        assert formatting.reason(FAULTS[21211].sentence, 21211) == "The number does not exist (21211)"


def test_a_reason_in_twilios_own_words_is_told_as_it_is(app: Flask) -> None:
    with reader_of(app, "es"):
        assert formatting.reason("100% of the quota is used", 99999) == "100% of the quota is used (99999)"


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("es-CO,es;q=0.9", "es"), ("en-GB", "en"), ("de,en;q=0.5", "en"), ("fr", "es"), ("", "es")]
)
def test_the_browser_says_the_language_and_spanish_is_the_default(app: Flask, wanted: str, chosen: str) -> None:
    with reader_of(app, wanted):
        assert i18n.language() == chosen


def test_outside_a_request_it_is_spanish(context: None) -> None:
    assert formatting.number(1240) == "1.240"
    assert formatting.reason(FAULTS[21211].sentence) == "El número no existe"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Yuliana R.", "Guardaste los datos de Yuliana R."),
        ("Yuliana", "Guardaste los datos de Yuliana."),
        ("Espera...", "Guardaste los datos de Espera...."),
    ],
)
def test_a_sentence_ends_with_one_full_stop(app: Flask, name: str, said: str) -> None:
    with reader_of(app, "es"):
        assert gettext("%(name)s is saved.", name=name) == said
        shown = render_template_string('{{ _("%(name)s is saved.", name=name) }}', name=f"<b>{name}")
    assert shown == said.replace("datos de ", "datos de &lt;b&gt;")


@pytest.mark.parametrize("say", [gettext, lambda text: render_template_string("{{ _(text) }}", text=text)])
def test_a_sentence_built_in_pieces_is_noticed(app: Flask, untranslated: list[str], say: Callable[[str], str]) -> None:
    pieces = ["Two", "pieces"]
    with reader_of(app, "es"):
        assert say(" ".join(pieces)) == "Two pieces"
    assert untranslated == ["Two pieces"]
    untranslated.clear()


def test_a_stored_reason_may_be_anybodys(app: Flask, untranslated: list[str]) -> None:
    with reader_of(app, "es"):
        assert formatting.reason("Twilio's own words", 30999) == "Twilio's own words (30999)"
    assert untranslated == []
