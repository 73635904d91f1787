"""The language of a request and the zone of its account, and how templates come by sentences and filters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.support import Translations
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Domain, get_translations
from flask_login import current_user
from markupsafe import Markup

from ..extensions import babel
from ..models import Cuenta
from ..models.types import utc_now
from ..settings import current_settings
from . import formatting

LANGUAGES = {"es": "es_CO", "en": "en"}
DEFAULT_LANGUAGE = "es"

_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")


class Sentences(Domain):  # type: ignore[misc]
    """The app's sentences; `lazy_gettext` and its like come here too."""

    def gettext(self, string: str, **values: Any) -> str:
        """Return a sentence in the reader's language."""
        return _with_one_stop(super().gettext(string, **values))

    def ngettext(self, singular: str, plural: str, num: int, **values: Any) -> str:
        """Return the sentence that fits a number."""
        return _with_one_stop(super().ngettext(singular, plural, num, **values))


_SENTENCES = Sentences()


def init_app(app: Flask) -> None:
    """Choose each request's language and zone, and register the template filters."""
    babel.domain_instance = _SENTENCES
    babel.init_app(app, locale_selector=_select_locale, timezone_selector=lambda: account_zone().key)
    app.jinja_env.filters.update(
        number=formatting.number,
        money=formatting.money,
        rough_money=formatting.rough_money,
        moment=formatting.moment,
        full_moment=formatting.full_moment,
        near_moment=formatting.near_moment,
        until=formatting.until,
        countdown=formatting.countdown,
        is_near=formatting.is_near,
        capitalize_first=formatting.capitalize_first,
        shop_iso=lambda moment: formatting.local_iso(moment, account_zone()),
        day_and_month=formatting.day_and_month,
        name_of_month=formatting.name_of_month,
        day_name=formatting.day_name,
        month_name=formatting.month_name,
        short_month=formatting.short_month,
        ago=formatting.ago,
        local_iso=formatting.local_iso,
        phone_number=formatting.phone_number,
        masked_number=formatting.masked_number,
        no_sms_reason=formatting.no_sms_reason,
        country_name=formatting.country_name,
        receipt_reason=formatting.receipt_reason,
        time_left=formatting.time_left,
        reason=formatting.reason,
        refusal=formatting.refusal,
    )
    app.jinja_env.globals.update(language=language, place_of_clock=formatting.place_of_clock, now=utc_now)
    # A page asks for some hundred sentences: looking the catalogue up for each took half of the time to draw it.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, count: _catalogue().ungettext(one, many, count),
        pgettext=lambda context, text: _catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, count: _catalogue().unpgettext(context, one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(_=_sentence, ngettext=_sentence_of_many)


def _sentence(text: str, **values: object) -> Markup:
    """Translate a template's sentence, as Jinja's own `_` does with a detour that took a tenth of a page's time."""
    return _filled(_catalogue().ugettext(text), values)


def _sentence_of_many(one: str, many: str, num: int, /, **values: object) -> Markup:
    """Translate a template's sentence about a number."""
    return _filled(_catalogue().ungettext(one, many, num), {"num": num, **values})


def _catalogue() -> Translations:
    """Return the catalogue of the request's language, looked up once."""
    found = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return cast(Translations, found)


def language() -> str:
    """Return `es` or `en`: the person's choice, else the browser's, else Spanish."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = None if _is_for_strangers() else _chosen_language()
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT_LANGUAGE


def _is_for_strangers() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "for_strangers", False)


def _chosen_language() -> str | None:
    return current_user.idioma if current_user.is_authenticated else session.get("idioma")


_zone_beside_requests: ContextVar[ZoneInfo | None] = ContextVar("zone_beside_requests", default=None)


@contextmanager
def by_the_clock_of(rules: Cuenta | None) -> Iterator[None]:
    """Let days be those of an account where nobody makes a request, as at the hour of a scheduled campaign."""
    before = _zone_beside_requests.set(zone_of(rules))
    try:
        yield
    finally:
        _zone_beside_requests.reset(before)


def account_zone() -> ZoneInfo:
    """Return the time zone of the account that is concerned: its own choice, else the installation's."""
    asks = has_request_context() and current_user.is_authenticated
    return _zone_beside_requests.get() or zone_of(current_user.cuenta if asks else None)


def zone_of(rules: Cuenta | None) -> ZoneInfo:
    """Return the time zone that an account has settled, else the installation's."""
    chosen = rules.zona_horaria if rules else None
    return ZoneInfo(chosen) if chosen else current_settings().timezone


def _select_locale() -> str:
    return LANGUAGES[language()]


def _with_one_stop(sentence: str) -> str:
    """Let the full stop of a name such as `Yuliana R.` be that of its sentence too."""
    if ".." not in sentence:
        return sentence
    return type(sentence)(_TWO_STOPS.sub(".", sentence))


def _filled(sentence: str, values: dict[str, Any]) -> Markup:
    """Return a template's sentence with what is filled in, which is escaped."""
    whole = Markup(sentence) % values  # noqa: S704 (sentences are ours, values are escaped)
    return Markup(_with_one_stop(whole))  # noqa: S704 (it was markup before)
