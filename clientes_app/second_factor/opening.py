"""From the right password to the open session: at once, or by way of the second step."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from ..auth.opening import open_session_for
from ..models import Usuario
from . import pending, services, totp


def enter(person: Usuario, next_page: str) -> ResponseReturnValue:
    """Go on after the right password: to the page wanted, or first to the step that the person or the shop asks for."""
    if services.has_second_factor(person.id):
        pending.begin(person, next_page)
        return redirect(url_for("second_factor.ask"))
    if services.is_required(person):
        totp.begin(person.id)
        pending.begin(person, next_page)
        return redirect(url_for("second_factor.set_up_first"))
    open_session_for(person)
    return redirect(next_page)
