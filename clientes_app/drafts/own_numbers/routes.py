"""A person's own number: its page, which the page of a campaign shows a part of as well."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ...campaigns.services import require_twilio
from ...errors import DomainError
from ...settings import current_settings
from ...web.access import Access, access, is_safe_next
from ...web.actor import current_account, current_actor
from ...web.htmx import form_again, is_partial, page_or_fragment
from . import bp, services
from .asked import Asked
from .forms import CodeForm, NumberForm

_PAGE = ("own_numbers/index.html", "own_numbers/_number.html")


@bp.get("/")
@access(Access.SEND)
def show() -> ResponseReturnValue:
    """Show the number, or ask for it."""
    return page_or_fragment(*_PAGE, **_context(another="otro" in request.args))


@bp.post("/")
@access(Access.SEND)
def send_code() -> ResponseReturnValue:
    """Send a code to a number."""
    form = NumberForm(request.form)
    if not (form.validate() and _is_code_sent(form)):
        return form_again(*_PAGE, **_context(number_form=form, another=True))
    return _shown(gettext("A code is being sent."))


@bp.post("/codigo/")
@access(Access.SEND)
def prove() -> ResponseReturnValue:
    """Remember the number whose code is given."""
    form = CodeForm(request.form)
    if not (form.validate() and _is_proven(form)):
        return form_again(*_PAGE, **_context(code_form=form))
    return _shown(gettext("Ready: this is your number."), leaves=True)


@bp.post("/borrar/")
@access(Access.SEND)
def forget() -> ResponseReturnValue:
    """Forget the number."""
    services.forget(by=current_actor())
    return _shown(gettext("Your number is forgotten."))


def _is_code_sent(form: NumberForm) -> bool:
    settings = current_settings()
    try:
        require_twilio(settings.missing)
        services.send_code(current_account(), form.telefono_propio.data or "", settings.secret_key, by=current_actor())
    except DomainError as refusal:
        form.telefono_propio.errors = [refusal.message]
    return not form.errors


def _is_proven(form: CodeForm) -> bool:
    try:
        services.prove(form.digits, current_settings().secret_key, by=current_actor())
    except services.WrongCode as refusal:
        form.codigo.errors = [refusal.message]
    return not form.errors


def _shown(said: str, *, leaves: bool = False) -> ResponseReturnValue:
    """Show the number as it is now; who was led here from another page is led back when it is done."""
    if is_partial():
        return page_or_fragment(*_PAGE, said=said, **_context())
    flash(said, "success")
    return redirect(_next() if leaves and _next() else url_for("own_numbers.show", next=_next() or None))


def _next() -> str:
    wanted = request.values.get("next", "")
    return wanted if is_safe_next(wanted) else ""


def _context(
    number_form: NumberForm | None = None, code_form: CodeForm | None = None, *, another: bool = False
) -> dict[str, object]:
    own = services.find(current_user.id)
    forms = number_form or NumberForm(None), code_form or CodeForm(None)
    return {"asked": Asked(own, *forms, another), "next_page": _next()}
