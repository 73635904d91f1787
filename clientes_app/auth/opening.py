"""Opening a session, once it is known who logs in."""

from __future__ import annotations

from flask import session
from flask_login import login_user

from ..models import Usuario


def open_session_for(person: Usuario) -> None:
    """Begin a new session of the person's; nothing of the one before it stays."""
    session.clear()
    login_user(person)
