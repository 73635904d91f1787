"""From the right password to the open session: at once, or by way of the second step."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ...extensions import db
from ...models import Usuario
from ...web.access import is_safe_next
from ..opening import open_session_for
from . import pending, services, totp


def enter(person: Usuario, next_page: str) -> ResponseReturnValue:
    """Go on after the right password: to the page wanted, or first to the step that the person or the shop asks for.

    Raises Conflict where the password is another by now.
    """
    proved = person.clave_hash
    if services.has_second_factor(db.session(), person.id):
        pending.begin(person, proved, next_page)
        return redirect(url_for("second_factor.ask"))
    if services.is_required(db.session(), person):
        totp.begin(person.id)
        pending.begin(person, proved, next_page)
        return redirect(url_for("second_factor.set_up_first"))
    open_session_for(person, proved)
    return redirect(next_page)


def way_on() -> str | None:
    """Return where somebody goes on who has logged in meanwhile in another tab, or half; None: nobody has."""
    if current_user.is_authenticated:
        wanted = request.form.get("next", "")
        flash(gettext("You were logged in already, as %(name)s.", name=current_user.display_name), "success")
        return wanted if is_safe_next(wanted) else url_for("home.index")
    return url_for("second_factor.ask") if pending.current() else None
