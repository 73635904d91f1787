"""A person's own second step: turning it on and off, recovery codes, passkeys."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from wtforms import Field

from ...errors import Conflict
from ...values.ids import read_id
from ...web.access import Access, access, json_view, secret_view
from ...web.actor import current_actor
from ..services import confirm_password
from . import bp, challenges, enrolment, passkeys, services, totp
from .challenges import Purpose
from .forms import ConfirmAppForm, NewPasskeyForm, PasskeyForm, PasswordForm, password_form
from .relying_party import relying_party


@bp.get("/ajustes/")
@access(Access.STAFF)
def show() -> ResponseReturnValue:
    """Show what there is of a second step."""
    return _show()


@bp.post("/ajustes/app/empezar/")
@access(Access.STAFF)
def begin_app() -> ResponseReturnValue:
    """Make a secret for an app, and show it."""
    totp.begin(current_user.id)
    return redirect(url_for("second_factor.set_up_app"))


@bp.get("/ajustes/app/")
@access(Access.STAFF)
@secret_view
def set_up_app() -> ResponseReturnValue:
    """Show the secret that an app is to take over."""
    return _set_up_app(ConfirmAppForm(formdata=None))


@bp.post("/ajustes/app/")
@access(Access.STAFF)
@secret_view
def confirm_app() -> ResponseReturnValue:
    """Turn on codes from the app."""
    form = ConfirmAppForm(formdata=request.form)
    if not (form.validate() and _password_is_right(form.clave)):
        return _set_up_app(form)
    codes = enrolment.confirm_app(current_user, form.codigo.data or "", by=current_actor())
    if codes is None:
        form.codigo.errors = [gettext("That code is not right. Is the time on the phone right?")]
        return _set_up_app(form)
    return _done(gettext("Codes from the app are on."), codes)


@bp.post("/ajustes/app/quitar/")
@access(Access.STAFF)
def remove_app() -> ResponseReturnValue:
    """Turn off codes from the app."""
    form = password_form("app", request.form)
    if not _passes(form):
        return _show(app=form)
    enrolment.remove_app(current_user, by=current_actor())
    return _done(gettext("Codes from the app are off."))


@bp.post("/ajustes/codigos/")
@access(Access.STAFF)
@secret_view
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them once."""
    form = password_form("codes", request.form)
    if not _passes(form):
        return _show(codes=form)
    codes = enrolment.renew_codes(current_user, by=current_actor())
    return _done(gettext("The old recovery codes are worth nothing any more."), codes)


@bp.post("/ajustes/llaves/opciones/")
@access(Access.STAFF)
@json_view
def passkey_options() -> ResponseReturnValue:
    """Return what the browser needs to make a passkey."""
    form = NewPasskeyForm(formdata=request.form)
    if not (form.validate() and _password_is_right(form.clave)):
        raise Conflict(next(str(errors[0]) for errors in form.errors.values()))
    options = passkeys.creation_options(relying_party(), current_user, challenges.issue(Purpose.REGISTER))
    return Response(options, mimetype="application/json")


@bp.post("/ajustes/llaves/")
@access(Access.STAFF)
@secret_view
def add_passkey() -> ResponseReturnValue:
    """Register the passkey that the browser made."""
    form, challenge = PasskeyForm(formdata=request.form), challenges.take(Purpose.REGISTER)
    if challenge is None or not form.validate():
        raise Conflict(gettext("That took too long. Try again."))
    name = NewPasskeyForm(formdata=request.form).nombre.data or gettext("Passkey")
    answer = passkeys.Answer(relying_party(), form.credencial.data or "", challenge)
    codes = enrolment.add_passkey(current_user, name[:60], answer, by=current_actor())
    return _done(gettext("The passkey %(name)s is added.", name=name), codes)


@bp.post("/ajustes/llaves/quitar/")
@access(Access.STAFF)
def remove_passkey() -> ResponseReturnValue:
    """Remove a passkey."""
    key_id = read_id(request.form.get("llave", "")) or 0
    form = password_form(f"key-{key_id}", request.form)
    if not _passes(form):
        return _show(**{f"key-{key_id}": form})
    name = enrolment.remove_passkey(current_user, key_id, by=current_actor())
    return _done(gettext("The passkey %(name)s is removed.", name=name))


def _show(**tried: PasswordForm) -> ResponseReturnValue:
    factors = services.factors_of(current_user)
    sections = ("app", "codes", *(f"key-{key.id}" for key in factors.passkeys))
    forms = {section: password_form(section) for section in sections} | tried
    context: dict[str, Any] = {"factors": factors, "forms": forms, "guessed": services.guessed(current_user.id)}
    return render_template("auth/second_factor/show.html", new_passkey=NewPasskeyForm(formdata=None), **context)


def _set_up_app(form: ConfirmAppForm) -> ResponseReturnValue:
    secret = totp.secret_to_confirm(current_user.id)
    if secret is None:
        return redirect(url_for("second_factor.show"))
    picture = totp.picture(secret, current_user.usuario)
    return render_template("auth/second_factor/set_up_app.html", form=form, secret=secret, picture=picture)


def _done(message: str, codes: list[str] | None = None) -> ResponseReturnValue:
    """Say it on the settings page, or on the page with the recovery codes that came of it."""
    flash(message, "success")
    if not codes:
        return redirect(url_for("second_factor.show"))
    return render_template("auth/second_factor/codes.html", codes=codes, next_page=url_for("second_factor.show"))


def _passes(form: PasswordForm) -> bool:
    return form.validate() and _password_is_right(form.clave)


def _password_is_right(field: Field) -> bool:
    if confirm_password(current_user.id, field.data or ""):
        return True
    field.errors = [gettext("That is not your password.")]
    return False
