"""The form of a new token."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types are older
from wtforms.validators import DataRequired

from ..models import Alcance
from ..web.forms import Form, line_field
from .services import LONGEST_NAME

# What each scope lets a program do, for the person who ticks it.
SCOPES = {
    Alcance.READ: lazy_gettext("Read the templates, how campaigns are going, and what people write back."),
    Alcance.CLIENTS: lazy_gettext("Create clients."),
    Alcance.SALES: lazy_gettext("Record sales."),
    Alcance.SEND: lazy_gettext("Send campaigns: each message costs money."),
}


class TokenForm(Form):
    """A token's name and what it may be used for."""

    nombre = line_field(lazy_gettext("Name of the token"), LONGEST_NAME, required=True)
    alcances = SelectMultipleField(
        lazy_gettext("What it may do"),
        coerce=Alcance,
        choices=[SelectChoice(scope, meaning) for scope, meaning in SCOPES.items()],
        validators=[DataRequired(message=lazy_gettext("Tick at least one."))],
    )
