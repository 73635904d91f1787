"""The page of a one-time link: whoever has it chooses a password, once."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..auth.second_factor.opening import enter
from ..errors import DomainError, Gone
from ..web.access import Access, access, secret_view
from ..web.actor import current_actor
from ..web.htmx import form_again, page_or_fragment
from . import bp, links
from .forms import PasswordForm

_PAGE = ("people/password.html", "people/_password.html")


@bp.get("/cuenta/enlace/<secret>/")
@access(Access.ANYONE)
@secret_view
def show_link(secret: str) -> ResponseReturnValue:
    """Ask for the password."""
    person = links.person_of(secret)
    return page_or_fragment(*_PAGE, 200, form=PasswordForm(formdata=None), person=person, secret=secret)


@bp.post("/cuenta/enlace/<secret>/")
@access(Access.ANYONE)
@secret_view
def use_link(secret: str) -> ResponseReturnValue:
    """Keep the password and log the person in; who has a second factor is asked for it as always."""
    person = links.person_of(secret)
    form = PasswordForm(request.form)
    if not form.validate():
        return form_again(*_PAGE, form=form, person=person, secret=secret)
    try:
        person = links.use_link(secret, form.clave.data or "", by=current_actor())
    except Gone:
        raise
    except DomainError as error:
        form.clave.errors = [error.message]
        return form_again(*_PAGE, form=form, person=person, secret=secret)
    entered = enter(person, url_for("home.index"))
    flash(gettext("Your password is saved."), "success")  # now: a new session forgets what was said before it
    return entered


@bp.after_request
def keep_the_address_secret(response: Response) -> Response:
    """Keep the address of a link from other sites: it is a secret."""
    if request.endpoint in ("people.show_link", "people.use_link"):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
