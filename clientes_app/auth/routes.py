"""Log-in, log-out, language and theme."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..models import Usuario
from ..settings import current_settings
from ..web.access import Access, access, is_safe_next, leads_on
from ..web.actor import current_actor
from ..web.htmx import form_again, page_or_fragment
from ..web.i18n import LANGUAGES
from ..web.navigation import THEMES
from ..web.throttling import TooManyTries
from . import bp, first_run, known_browsers, services, tries
from .forms import LogInForm
from .opening import close_session
from .second_factor.opening import enter, way_on

_PAGE = ("auth/log_in.html", "auth/_log_in.html")
_A_YEAR = 365 * 24 * 3600


@bp.get("/entrar/")
@access(Access.ANYONE)
def log_in() -> ResponseReturnValue:
    """Show the log-in form."""
    if current_user.is_authenticated:
        return redirect(_next_page())
    if first_run.is_open():
        return redirect(url_for("auth.first_run_form"))
    return page_or_fragment(*_PAGE, **_form_context(LogInForm(formdata=None)))


@bp.post("/entrar/")
@access(Access.ANYONE)
@leads_on(way_on)
def open_session() -> ResponseReturnValue:
    """Log in and go where the person wanted."""
    form = LogInForm(formdata=request.form)
    if not form.validate():
        return form_again(*_PAGE, **_form_context(form))
    try:
        person = _authenticate(form)
    except TooManyTries as refusal:
        return _answer_too_many(form, refusal)
    if person is None:
        form.clave.errors = [gettext("The user or the password is not right.")]
        return form_again(*_PAGE, **_form_context(form))
    return enter(person, _next_page())


@bp.post("/salir/")
@access(Access.ANYONE)
def log_out() -> ResponseReturnValue:
    """End the session."""
    close_session()
    return redirect(url_for("auth.log_in"))


@bp.post("/idioma/")
@access(Access.ANYONE)
def choose_language() -> ResponseReturnValue:
    """Remember the language, for the person or for the session."""
    chosen = request.form.get("idioma", "")
    if chosen not in LANGUAGES:
        abort(400)
    if current_user.is_authenticated:
        services.choose_language(current_user.id, chosen)
    else:
        session["idioma"] = chosen
    return redirect(_next_page())


@bp.post("/tema/")
@access(Access.ANYONE)
def choose_theme() -> Response:
    """Remember the theme, for the person or on this device."""
    chosen = request.form.get("tema", "")
    if chosen not in THEMES:
        abort(400)
    response = make_response(redirect(_next_page()))
    if current_user.is_authenticated:
        services.choose_theme(current_user.id, chosen)
        return response
    response.set_cookie("tema", chosen, max_age=_A_YEAR, samesite="Lax")
    return response


def _authenticate(form: LogInForm) -> Usuario | None:
    name = form.usuario.data or ""
    tried = tries.counts(name, request.remote_addr or "", known_browsers.identify(request, name))
    simulated = current_settings().simulated
    return services.authenticate(name, form.clave.data or "", tried, sample_people=simulated, by=current_actor())


def _answer_too_many(form: LogInForm, refusal: TooManyTries) -> Response:
    form.clave.errors = [refusal.message]
    response = page_or_fragment(*_PAGE, 429, **_form_context(form))
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _form_context(form: LogInForm) -> dict[str, Any]:
    sample = current_settings().simulated and services.has_sample_people()
    wanted = request.values.get("next", "")
    return {"form": form, "next_page": wanted if is_safe_next(wanted) else "", "sample": sample}


def _next_page() -> str:
    wanted = request.form.get("next") or request.args.get("next", "")
    return wanted if is_safe_next(wanted) else url_for("home.index")
