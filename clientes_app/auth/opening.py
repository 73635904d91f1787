"""The session of a browser: opened once it is known who logs in, found again at each request, and closed."""

from __future__ import annotations

from functools import partial

from flask import after_this_request, g, request, session
from flask_login import current_user, login_user, logout_user

from ..extensions import login_manager
from ..models import Usuario
from ..settings import current_settings
from ..web import kept_forms
from ..web.actor import current_actor
from ..web.csrf import begin_token
from . import known_browsers, sessions

# The signed cookie carries a secret; what it opens is kept by the server, which can end it.
_SECRET = "secreto"  # noqa: S105


@login_manager.user_loader
def find_person(person_id: str) -> Usuario | None:
    """Return the person of the browser's session; a sample person has none outside simulated mode."""
    found = sessions.find(session.get(_SECRET, ""))
    if found is None:
        return None
    person, g.present_session = found
    if str(person.id) != person_id or (person.de_muestra and not current_settings().simulated):
        return None
    return person


def open_session_for(person: Usuario, proved: str) -> None:
    """Begin a new session of the person's; of the one before it stays only what brings back a form that was typed.

    `proved` is the stored password as it was when the person was let in. Raises Conflict where it is another by now.
    """
    typed = kept_forms.held()
    if current_user.is_authenticated:
        close_session()
    session.clear()
    kept_forms.hold(typed)
    session[_SECRET] = sessions.begin(person.id, proved, request.user_agent.string, by=current_actor())
    begin_token(person.id)
    login_user(person)
    after_this_request(partial(known_browsers.mark, name=person.usuario))


def close_session() -> None:
    """End the session that the browser has, if it has one."""
    present = present_session()
    if present is not None:
        sessions.log_out(present.id, by=current_actor())
    logout_user()
    session.clear()


def present_session() -> sessions.Open | None:
    """Return the session that the request came with; a program that acts with a token has none."""
    return g.get("present_session") if current_user.is_authenticated else None


def present_session_id() -> int | None:
    """Return the id of the session that the request came with; a program has none."""
    present = present_session()
    return present.id if present else None
