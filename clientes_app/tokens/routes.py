"""API tokens: the views."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..models import Alcance
from ..web.access import Access, access, secret_view
from ..web.actor import current_actor
from ..web.htmx import done, form_again, page_or_fragment
from . import bp, services
from .forms import SCOPES, TokenForm

_FORM = ("tokens/new.html", "tokens/_new.html")


@bp.get("/")
@access(Access.ADMIN)
def index() -> ResponseReturnValue:
    """List the tokens."""
    tokens = services.list_tokens(current_user.account_id)
    return page_or_fragment("tokens/index.html", "tokens/_list.html", tokens=tokens)


@bp.get("/nuevo/")
@access(Access.ADMIN)
def new() -> ResponseReturnValue:
    """Show the form of a new token."""
    form = TokenForm(formdata=None, alcances=[Alcance.READ])
    return page_or_fragment(*_FORM, form=form, scopes=SCOPES)


@bp.post("/nuevo/")
@access(Access.ADMIN)
@secret_view
def create() -> ResponseReturnValue:
    """Make a token, and show it this once."""
    form = TokenForm(request.form)
    if not form.validate():
        return form_again(*_FORM, form=form, scopes=SCOPES)
    account_id, name, scopes = current_user.account_id, form.nombre.data or "", form.alcances.data or ()
    made = services.create_token(account_id, name, scopes, by=current_actor())
    tokens = services.list_tokens(account_id)
    return page_or_fragment("tokens/created.html", "tokens/_created_answer.html", made=made, tokens=tokens)


@bp.get("/<int:pk>/revocar/")
@access(Access.ADMIN)
def confirm_revocation(pk: int) -> ResponseReturnValue:
    """Ask before revoking a token."""
    token = services.get_token(current_user.account_id, pk)
    return page_or_fragment("tokens/revoke.html", "tokens/_revoke.html", token=token)


@bp.post("/<int:pk>/revocar/")
@access(Access.ADMIN)
def revoke(pk: int) -> ResponseReturnValue:
    """Revoke a token."""
    token = services.revoke_token(current_user.account_id, pk, by=current_actor())
    said = gettext("The token %(name)s is revoked.", name=token.nombre)
    tokens = services.list_tokens(current_user.account_id)
    return done(said, url_for("tokens.index"), render_template("tokens/_list_partial.html", tokens=tokens))
