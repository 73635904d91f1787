"""The simulated phone: the view."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..errors import NotFound
from ..settings import current_settings
from ..values.ids import read_id
from ..values.text import clean_line
from ..web.access import Access, access
from ..web.htmx import page_or_fragment
from . import bp, services

LONGEST_NUMBER = 40


@bp.get("/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """Show the numbers written to, and the phone of the chosen one or of the last."""
    settings = current_settings()
    if not settings.simulated:
        raise NotFound
    contacts = services.contacts(current_user.account_id, read_id(request.args.get("antes", "")))
    number = _chosen_number() or next((contact.telefono_e164 for contact in contacts.rows), None)
    conversation = number and services.conversation(current_user.account_id, number, settings.twilio)
    shown = {"contacts": contacts, "conversation": conversation, "runs_of": services.runs_of}
    return page_or_fragment("simulated_phone/index.html", "simulated_phone/_phone.html", **shown)


def _chosen_number() -> str | None:
    digits = clean_line(request.args.get("numero", "")[:LONGEST_NUMBER]).strip(
        "+ "
    )  # a plus that nobody encoded arrives as a space
    return f"+{digits}" if digits else None
