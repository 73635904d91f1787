"""The page of the first admin; it exists until there is one."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ..errors import DomainError
from ..web.access import Access, access
from ..web.actor import current_actor
from ..web.htmx import form_again, page_or_fragment
from ..web.throttling import TooManyTries
from . import bp, first_run
from .forms import FirstRunForm
from .opening import open_session_for

_PAGE = ("auth/first_run.html", "auth/_first_run.html")


@bp.get("/primera-vez/")
@access(Access.ANYONE)
def first_run_form() -> ResponseReturnValue:
    """Show the form of the first admin."""
    _require_open()
    return page_or_fragment(*_PAGE, form=FirstRunForm(formdata=None))


@bp.post("/primera-vez/")
@access(Access.ANYONE)
def create_first_admin() -> ResponseReturnValue:
    """Create the first admin, who is logged in at once."""
    _require_open()
    form = FirstRunForm(formdata=request.form)
    if not form.validate():
        return form_again(*_PAGE, form=form)
    try:
        code, name, password = (field.data or "" for field in (form.codigo, form.usuario, form.clave))
        person = first_run.create_first_admin(code, name, password, by=current_actor())
    except TooManyTries:
        raise
    except DomainError as refusal:
        wrong = form.codigo if isinstance(refusal, first_run.WrongCode) else form.clave
        wrong.errors = [refusal.message]
        return form_again(*_PAGE, form=form)
    open_session_for(person, person.clave_hash)
    return redirect(url_for("home.index"))


def _require_open() -> None:
    if not first_run.is_open():
        abort(404)
