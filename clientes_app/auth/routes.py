"""Log-in, log-out, language and theme."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user, logout_user

from ..config import Settings
from ..extensions import db, login_manager
from ..htmx import form_again, page_or_fragment
from ..i18n import LANGUAGES
from ..models import Usuario
from ..second_factor.opening import enter
from ..security import Access, access, is_safe_next
from ..settings import current_settings
from . import bp, services
from .forms import LogInForm

THEMES = ("auto", "light", "dark")
_A_YEAR = 365 * 24 * 3600


@login_manager.user_loader
def load_user(user_id: str) -> Usuario | None:
    """Answer the person of a session; a sample person has none outside simulated mode."""
    person = db.session.get(Usuario, int(user_id))
    if person is None or (person.de_muestra and not current_settings().simulated):
        return None
    return person


@bp.get("/entrar/")
@access(Access.ANYONE)
def log_in() -> ResponseReturnValue:
    """Show the log-in form."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    return page_or_fragment(
        "auth/log_in.html", "auth/_log_in.html", **_form_context(LogInForm(formdata=None), current_settings())
    )


@bp.post("/entrar/")
@access(Access.ANYONE)
def open_session() -> ResponseReturnValue:
    """Log in and go where the person wanted."""
    form = LogInForm(formdata=request.form)
    settings = current_settings()
    person = None
    if form.validate():
        person = services.authenticate(form.usuario.data or "", form.clave.data or "", sample_people=settings.simulated)
        if person is None:
            form.clave.errors = [gettext("The user or the password is not right.")]
    if person is None:
        return form_again("auth/log_in.html", "auth/_log_in.html", **_form_context(form, settings))
    return enter(person, _next_page())


@bp.post("/salir/")
@access(Access.ANYONE)
def log_out() -> ResponseReturnValue:
    """End the session."""
    logout_user()
    session.clear()
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
    """Remember the theme on this device."""
    chosen = request.form.get("tema", "")
    if chosen not in THEMES:
        abort(400)
    response = make_response(redirect(_next_page()))
    response.set_cookie("tema", chosen, max_age=_A_YEAR, samesite="Lax")
    return response


def _form_context(form: LogInForm, settings: Settings) -> dict[str, Any]:
    return {"form": form, "next_page": request.values.get("next", ""), "simulated": settings.simulated}


def _next_page() -> str:
    wanted = request.form.get("next") or request.args.get("next", "")
    return wanted if is_safe_next(wanted) else url_for("home.index")
