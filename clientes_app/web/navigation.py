"""What the frame around every page needs: navigation, theme, mode."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request
from flask_babel import gettext
from flask_login import current_user

from ..settings import current_settings
from . import kept_forms

THEMES = ("auto", "light", "dark")
_IN_BAR = ("home.index", "clients.index", "campaigns.index", "templates.index")
"""What a phone's bar shows, in this order; it has no room for more than these and the way to the others."""
_WITH_ANOTHER = {"shop.way_out": "advertising", "shop.save_way_out": "advertising"}
"""Pages that stand with another blueprint's than their own."""


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    endpoint: str
    label: str
    icon: str
    also: tuple[str, ...] = ()
    """Other blueprints whose pages belong here."""

    @property
    def current(self) -> bool:
        """Return whether the present page belongs to this place."""
        here = _WITH_ANOTHER.get(request.endpoint or "", request.blueprint)
        return here in {self.endpoint.partition(".")[0], *self.also}


def init_app(app: Flask) -> None:
    """Give every template the frame's variables."""
    app.context_processor(_frame)


def _frame() -> dict[str, object]:
    places = _places()
    by_endpoint = {place.endpoint: place for place in places}
    return {
        "places": places,
        "bar_places": [by_endpoint[endpoint] for endpoint in _IN_BAR],
        "more_places": [place for place in places if place.endpoint not in _IN_BAR],
        "settings_places": _settings_places(),
        "own_places": _own_places(),
        "simulated": current_settings().simulated,
        "theme": _theme(),
        "resumed": kept_forms.fields() is not None,
    }


def _theme() -> str:
    """Return the person's choice, else this device's, else that it decides by itself."""
    chosen = current_user.tema if current_user.is_authenticated else None
    theme = chosen or request.cookies.get("tema", "auto")
    return theme if theme in THEMES else "auto"


def _places() -> list[Place]:
    places = [
        Place("home.index", gettext("Home"), "home"),
        Place("clients.index", gettext("Clients"), "users", also=("opt_outs", "importing", "privacy", "segments")),
        Place("templates.index", gettext("Templates"), "message-2"),
        Place("campaigns.index", gettext("Campaigns"), "send", also=("drafts", "schedule")),
        Place("reports.index", gettext("Reports"), "chart-bar"),
        Place("answers.index", gettext("Answers"), "inbox"),
    ]
    if current_user.is_authenticated and current_user.is_admin:
        also = ("shop", "advertising", "fields", "tokens", "audit", "api")
        places.append(Place("people.index", gettext("Settings"), "settings", also=also))
    if current_settings().simulated:
        places.append(Place("phone.index", gettext("Simulated phone"), "device-mobile"))
    return places


def _settings_places() -> list[Place]:
    """List the pages of Settings, in the order of their tabs."""
    return [
        Place("people.index", gettext("People"), "users"),
        Place("shop.index", gettext("Rules and limits"), "adjustments"),
        Place("advertising.index", gettext("Advertising"), "clock"),
        Place("fields.index", gettext("Fields"), "forms"),
        Place("tokens.index", gettext("API"), "key", also=("api",)),
        Place("audit.index", gettext("Audit"), "history"),
    ]


def _own_places() -> list[Place]:
    """List the pages of the person's own menu."""
    return [
        Place("own.index", gettext("Your account"), "user-edit", also=("own_numbers",)),
        Place("second_factor.show", gettext("Two-step verification"), "shield-lock"),
    ]
