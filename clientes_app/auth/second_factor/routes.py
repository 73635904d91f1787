"""The second step of the log-in, and the log-in by passkey alone."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from ...errors import Conflict
from ...extensions import db
from ...settings import current_settings
from ...web.access import Access, access, is_safe_next, json_view, leads_on, secret_view
from ...web.actor import current_actor
from ...web.htmx import flash_and_go
from ..opening import open_session_for
from . import bp, challenges, enrolment, guesses, passkeys, pending, services, totp
from .challenges import Purpose
from .forms import CodeForm, PasskeyForm, RecoveryCodeForm
from .opening import way_on
from .pending import Pending
from .relying_party import relying_party


@bp.get("/")
@access(Access.ANYONE)
def ask() -> ResponseReturnValue:
    """Ask for the second step."""
    return _ask(_waiting(), CodeForm(formdata=None))


@bp.post("/")
@access(Access.ANYONE)
@leads_on(way_on)
def check_code() -> ResponseReturnValue:
    """Take a code from the app, and log in."""
    waiting, form = _waiting(), CodeForm(formdata=request.form)
    failed = guesses.in_a_row(waiting.person.id)
    if form.validate() and services.take_app_code(waiting.person, form.codigo.data or "", by=current_actor()):
        return _finish(waiting, failed)
    form.codigo.errors = form.codigo.errors or [gettext("That code is not right, or was used already.")]
    return _ask(waiting, form)


@bp.get("/recuperacion/")
@access(Access.ANYONE)
def ask_recovery_code() -> ResponseReturnValue:
    """Ask for a recovery code."""
    _waiting()
    return render_template("auth/second_factor/recovery.html", form=RecoveryCodeForm(formdata=None))


@bp.post("/recuperacion/")
@access(Access.ANYONE)
@leads_on(way_on)
def check_recovery_code() -> ResponseReturnValue:
    """Take a recovery code, and log in."""
    waiting, form = _waiting(), RecoveryCodeForm(formdata=request.form)
    failed = guesses.in_a_row(waiting.person.id)
    if form.validate() and services.take_recovery_code(waiting.person, form.codigo.data or "", by=current_actor()):
        answer = _finish(waiting, failed)
        flash(gettext("That recovery code is used up. Make new ones before the last is gone."), "success")
        return answer
    form.codigo.errors = form.codigo.errors or [gettext("That code is not right, or was used already.")]
    return render_template("auth/second_factor/recovery.html", form=form)


@bp.post("/llave/opciones/")
@access(Access.ANYONE)
@json_view
def second_step_options() -> ResponseReturnValue:
    """Return what the browser needs to ask for a passkey of the person who waits."""
    waiting = pending.current()
    if waiting is None:
        raise Conflict(gettext("That took too long. Log in again."))
    challenge = challenges.issue(Purpose.SECOND_STEP)
    return _json(passkeys.request_options(relying_party(), challenge, waiting.person.id))


@bp.post("/llave/")
@access(Access.ANYONE)
@leads_on(way_on)
def check_passkey() -> ResponseReturnValue:
    """Take a passkey as the second step, and log in."""
    waiting = _waiting()
    if _owner_who_signed(Purpose.SECOND_STEP, waiting) is not None:
        return _finish(waiting, guesses.in_a_row(waiting.person.id))
    said = gettext("That passkey did not work. Try again, or use another way.")
    return flash_and_go(said, url_for("second_factor.ask"), "danger")


@bp.post("/entrar/opciones/")
@access(Access.ANYONE)
@json_view
def log_in_options() -> ResponseReturnValue:
    """Return what the browser needs to ask for any passkey of this site."""
    return _json(passkeys.request_options(relying_party(), challenges.issue(Purpose.LOG_IN)))


@bp.post("/entrar/")
@access(Access.ANYONE)
@leads_on(way_on)
def log_in_with_passkey() -> ResponseReturnValue:
    """Log in with a passkey in place of password and second step."""
    owner = _owner_who_signed(Purpose.LOG_IN)
    person = services.find_person(owner, sample_people=current_settings().simulated) if owner is not None else None
    if person is None:
        said = gettext("That passkey did not work. Try again, or use your password.")
        return flash_and_go(said, url_for("auth.log_in", next=request.form.get("next") or None), "danger")
    open_session_for(person, person.clave_hash)
    _tell_of_guesses(guesses.in_a_row(person.id))
    wanted = request.form.get("next", "")
    return redirect(wanted if is_safe_next(wanted) else url_for("home.index"))


@bp.get("/activar/")
@access(Access.ANYONE)
@secret_view
def set_up_first() -> ResponseReturnValue:
    """Show how to turn on codes from an app to somebody who may not go on without."""
    return _set_up_first(_waiting_for_first(), CodeForm(formdata=None))


@bp.post("/activar/")
@access(Access.ANYONE)
@leads_on(way_on)
@secret_view
def confirm_first() -> ResponseReturnValue:
    """Turn on codes from an app, and log in."""
    waiting = _waiting_for_first()
    form = CodeForm(formdata=request.form)
    code, by = form.codigo.data or "", current_actor()
    codes = enrolment.confirm_app(waiting.person, code, by=by) if form.validate() else None
    if codes is None:
        form.codigo.errors = form.codigo.errors or [gettext("That code is not right. Is the time on the phone right?")]
        return _set_up_first(waiting, form)
    open_session_for(waiting.person, waiting.proved)
    return render_template("auth/second_factor/codes.html", codes=codes, next_page=waiting.next_page)


def _pending() -> Pending:
    """Return who gave the right password in this browser; anybody else is sent to the log-in."""
    waiting = pending.current()
    if waiting is None:
        abort(_without_pending())
    return waiting


def _without_pending() -> BaseResponse:
    if not current_user.is_authenticated:
        flash(gettext("Log in again: two-step verification waits for five minutes at most."), "danger")
    return redirect(url_for("auth.log_in"))  # which leads on whoever has logged in


def _waiting() -> Pending:
    """Return who owes the second step; who has none to show must set one up."""
    waiting = _pending()
    if not services.has_second_factor(db.session(), waiting.person.id):
        abort(redirect(url_for("second_factor.set_up_first")))
    return waiting


def _waiting_for_first() -> Pending:
    """Return who must set up a second step; who has one must show it, or a password alone would replace it."""
    waiting = _pending()
    if services.has_second_factor(db.session(), waiting.person.id):
        abort(redirect(url_for("second_factor.ask")))
    return waiting


def _ask(waiting: Pending, form: CodeForm) -> ResponseReturnValue:
    factors = services.factors_of(waiting.person)
    return render_template("auth/second_factor/ask.html", form=form, factors=factors)


def _set_up_first(waiting: Pending, form: CodeForm) -> ResponseReturnValue:
    secret = totp.secret_to_confirm(waiting.person.id)
    if secret is None:
        return redirect(url_for("auth.log_in"))
    picture = totp.picture(secret, waiting.person.usuario)
    return render_template("auth/second_factor/set_up_first.html", form=form, secret=secret, picture=picture)


def _finish(waiting: Pending, failed: int) -> ResponseReturnValue:
    """Log in, and say how many codes were wrong before."""
    open_session_for(waiting.person, waiting.proved)
    _tell_of_guesses(failed)
    return redirect(waiting.next_page)


def _tell_of_guesses(failed: int) -> None:
    if failed < guesses.SUSPICIOUS:
        return
    said = gettext(
        "Before this, %(count)d codes of your two-step verification were wrong. If that was not you, somebody knows"
        " your password: change it under Your account.",
        count=failed,
    )
    flash(said, "danger")


def _owner_who_signed(purpose: Purpose, waiting: Pending | None = None) -> int | None:
    form, challenge = PasskeyForm(formdata=request.form), challenges.take(purpose)
    if challenge is None or not form.validate():
        return None
    person = waiting.person if waiting else None
    answer = passkeys.Answer(relying_party(), form.credencial.data or "", challenge)
    return services.take_passkey(answer, person, by=current_actor())


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")
