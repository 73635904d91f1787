"""The people of a shop: the views."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..errors import Conflict
from ..web.access import Access, access, secret_view
from ..web.actor import current_actor
from ..web.htmx import done, form_again, is_partial, page_or_fragment
from . import bp, services
from .forms import PersonForm
from .link_address import link_address
from .services import Invited

_NEW = ("people/new.html", "people/_new.html")
_EDIT = ("people/edit.html", "people/_edit.html")


@bp.get("/personas/")
@access(Access.ADMIN)
def index() -> ResponseReturnValue:
    """List the account's people."""
    people = services.list_people(current_user.account_id)
    return page_or_fragment("people/index.html", "people/_list.html", people=people)


@bp.get("/personas/nueva/")
@access(Access.ADMIN)
def new() -> ResponseReturnValue:
    """Ask whom to invite."""
    return page_or_fragment(*_NEW, form=PersonForm(formdata=None))


@bp.post("/personas/nueva/")
@access(Access.ADMIN)
@secret_view
def create() -> ResponseReturnValue:
    """Invite a vendedor and show their link."""
    form = PersonForm(request.form)
    if not form.validate():
        return form_again(*_NEW, form=form)
    try:
        invited = services.invite(current_user.account_id, form.fields, by=current_actor())
    except Conflict as refusal:
        form.usuario.errors = [refusal.message]
        return form_again(*_NEW, form=form)
    return _show_link(invited)


@bp.get("/personas/<int:pk>/editar/")
@access(Access.ADMIN)
def edit(pk: int) -> ResponseReturnValue:
    """Show a vendedor's names and rights."""
    person = services.find_seller(current_user.account_id, pk)
    return page_or_fragment(*_EDIT, form=PersonForm.of(person), person=person)


@bp.post("/personas/<int:pk>/editar/")
@access(Access.ADMIN)
def save(pk: int) -> ResponseReturnValue:
    """Change a vendedor's names and rights."""
    person = services.find_seller(current_user.account_id, pk)
    form = PersonForm(request.form, obj=person)
    if not form.validate():
        return form_again(*_EDIT, form=form, person=person)
    try:
        person = services.edit_person(current_user.account_id, pk, form.fields, by=current_actor())
    except Conflict as refusal:
        form.usuario.errors = [refusal.message]
        return form_again(*_EDIT, form=form, person=person)
    return _done(gettext("%(name)s is saved.", name=person.display_name))


@bp.get("/personas/<int:pk>/desactivar/")
@access(Access.ADMIN)
def confirm_deactivation(pk: int) -> ResponseReturnValue:
    """Say what deactivating a vendedor means, and ask."""
    person = services.find_seller(current_user.account_id, pk)
    return page_or_fragment("people/deactivate.html", "people/_deactivate.html", person=person)


@bp.post("/personas/<int:pk>/desactivar/")
@access(Access.ADMIN)
def deactivate(pk: int) -> ResponseReturnValue:
    """Let a vendedor log in no more."""
    person = services.deactivate(current_user.account_id, pk, by=current_actor())
    return _done(gettext("%(name)s can no longer log in.", name=person.display_name))


@bp.post("/personas/<int:pk>/activar/")
@access(Access.ADMIN)
def activate(pk: int) -> ResponseReturnValue:
    """Let a vendedor log in again."""
    person = services.activate(current_user.account_id, pk, by=current_actor())
    return _done(gettext("%(name)s can log in again.", name=person.display_name))


@bp.get("/personas/<int:pk>/segundo-paso/")
@access(Access.ADMIN)
def confirm_removal_of_second_step(pk: int) -> ResponseReturnValue:
    """Say what taking a vendedor's second step away means, and ask."""
    person = services.find_seller(current_user.account_id, pk)
    return page_or_fragment("people/second_step.html", "people/_second_step.html", person=person)


@bp.post("/personas/<int:pk>/segundo-paso/")
@access(Access.ADMIN)
def remove_second_step(pk: int) -> ResponseReturnValue:
    """Let a vendedor log in with the password alone."""
    person = services.remove_second_step(current_user.account_id, pk, by=current_actor())
    return _done(gettext("%(name)s logs in with the password alone.", name=person.display_name))


@bp.post("/personas/<int:pk>/enlace/")
@access(Access.ADMIN)
@secret_view
def make_link(pk: int) -> ResponseReturnValue:
    """Make a new link for a vendedor and show it."""
    return _show_link(services.make_link(current_user.account_id, pk, by=current_actor()))


def _show_link(invited: Invited) -> ResponseReturnValue:
    """Show a link in the answer itself, for it can be shown only once."""
    context = {"person": invited.person, "address": link_address(invited.secret)}
    if not is_partial():
        return render_template("people/link.html", **context)
    return render_template("people/_link.html", **context) + _list_again()


def _done(message: str) -> ResponseReturnValue:
    return done(message, url_for("people.index"), *([_list_again()] if is_partial() else []))


def _list_again() -> str:
    return render_template("people/_list_again.html", people=services.list_people(current_user.account_id))
