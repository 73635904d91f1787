"""A person's own account: name, password, language, theme, sessions."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ...auth import sessions
from ...auth.opening import present_session
from ...auth.second_factor.services import guessed
from ...errors import DomainError
from ...web.access import Access, access
from ...web.actor import current_actor
from ...web.htmx import done, form_again
from ...web.throttling import TooManyTries
from . import bp, services
from .devices import name_device
from .forms import NameForm, PasswordForm

_PAGE = "profile/index.html"


@bp.get("/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """Show the account."""
    return render_template(_PAGE, **_context())


@bp.post("/nombre/")
@access(Access.STAFF)
def rename() -> ResponseReturnValue:
    """Change the name that others read."""
    form = NameForm(formdata=request.form)
    if not form.validate():
        return form_again(_PAGE, "profile/_name.html", **_context(name_form=form))
    services.rename(current_user.id, form.nombre.data or "")
    shown = render_template("profile/_name_partial.html", name_form=form)
    return done(gettext("Your name is saved."), url_for("own.index"), shown)


@bp.post("/clave/")
@access(Access.STAFF)
def change_password() -> ResponseReturnValue:
    """Change the password."""
    form = PasswordForm(formdata=request.form)
    if not (form.validate() and _is_password_changed(form)):
        return form_again(_PAGE, "profile/_password.html", **_context(password_form=form))
    shown = render_template("profile/_password_partial.html", **_context())
    said = gettext("Your password is changed. All other sessions have ended.")
    return done(said, url_for("own.index"), shown)


@bp.post("/sesiones/<int:pk>/terminar/")
@access(Access.STAFF)
def end_session(pk: int) -> ResponseReturnValue:
    """End one session."""
    sessions.end(current_user.id, pk, by=current_actor())
    return _sessions_again(gettext("The session has ended."))


@bp.post("/sesiones/terminar-otras/")
@access(Access.STAFF)
def end_others() -> ResponseReturnValue:
    """End all sessions but this one."""
    sessions.end_others(current_user.id, _present_id(), by=current_actor())
    return _sessions_again(gettext("All other sessions have ended."))


def _is_password_changed(form: PasswordForm) -> bool:
    present, new = form.clave_actual.data or "", form.clave_nueva.data or ""
    try:
        services.change_password(current_user.id, _present_id(), present, new, by=current_actor())
    except (services.WrongPassword, TooManyTries) as refusal:
        form.clave_actual.errors = [refusal.message]
    except DomainError as refusal:
        form.clave_nueva.errors = [refusal.message]
    return not form.errors


def _sessions_again(said: str) -> ResponseReturnValue:
    shown = render_template("profile/_sessions_partial.html", **_sessions())
    return done(said, url_for("own.index"), shown)


def _context(**forms: Any) -> dict[str, Any]:
    blank = {
        "name_form": NameForm(formdata=None, nombre=current_user.nombre),
        "password_form": PasswordForm(formdata=None),
    }
    return {**blank, **_sessions(), "guessed": guessed(current_user.id), **forms}


def _sessions() -> dict[str, Any]:
    return {
        "sessions": sessions.list_of(current_user.id),
        "present_id": _present_id(),
        "name_device": name_device,
    }


def _present_id() -> int | None:
    present = present_session()
    return present.id if present else None
