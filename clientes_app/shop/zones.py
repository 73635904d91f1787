"""The time zones a shop may choose, by country and city."""

from __future__ import annotations

from zoneinfo import available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location
from flask_babel import get_locale

from ..settings import current_settings

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
ZONES = frozenset(name for name in available_timezones() if name.partition("/")[0] in _AREAS)

_OTHER_NAMES = get_global("zone_aliases")
_COUNTRIES = get_global("zone_territories")


def one_name(zone: str) -> str:
    """Return the name under which a zone is listed, of the several that it may have; of the usual zone none."""
    listed = str(_OTHER_NAMES.get(zone, zone))
    return "" if listed == _usual() else listed


def choices() -> list[tuple[str, str]]:
    """List the zones in the reader's language and order, the usual one first, without a name."""
    others = [(zone, _place(zone)) for zone in ZONES if zone == one_name(zone)]
    return [("", _place(_usual())), *sorted(others, key=lambda choice: choice[1])]


def _usual() -> str:
    zone = current_settings().timezone.key
    return str(_OTHER_NAMES.get(zone, zone))


def _place(zone: str) -> str:
    city = get_timezone_location(zone, locale=get_locale(), return_city=True)
    country = get_locale().territories.get(_COUNTRIES.get(zone))
    return f"{country} ({city})" if country else city
