"""The forms of a campaign: as JSON, and as composed in the browser."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from ..clients.search.selection import Destination, Said, Unreadable
from ..message_templates.forms import MessageForm, message_field
from ..values.ids import read_id
from ..values.text import clean_block, clean_line
from ..web.forms import Form, line_field

LONGEST_NAME = 200


class RequestForm(Form):
    """What a program sends beside the ids."""

    mensaje = message_field()
    nombre_campana = line_field(lazy_gettext("Name"), LONGEST_NAME)


class ComposeForm(MessageForm):
    """A campaign as it is written: what, and its name; `said` is whom it is for."""

    nombre = line_field(lazy_gettext("Name of the campaign"), LONGEST_NAME)
    plantilla = StringField(lazy_gettext("Template"))
    propio = HiddenField(filters=[clean_block])
    """What the person wrote before choosing a template, for coming back to it."""
    destino = StringField()
    """Bears what is wrong with `said`."""
    clave = HiddenField(filters=[clean_line])
    """Made as a campaign is begun: by it the draft is known, and what is sent twice is known again."""
    pagina = HiddenField(filters=[clean_line])
    """Names the open page, so that a page that writes on is told from another that writes the same draft."""
    orden = HiddenField(filters=[clean_line])
    """When something was typed last, by the page's own clock."""
    visto = HiddenField(filters=[clean_line])
    """Tells what the page showed when it was opened, so that what was typed is told from what was there."""

    prueba = HiddenField(filters=[clean_line])
    """Names the next test of the text, so that a double click sends one."""

    def __init__(self, formdata: MultiDict[str, str], **values: Any) -> None:
        super().__init__(formdata=formdata, **values)
        self.said = Said.from_values(formdata)
        self._is_sent = "mensaje" in formdata
        self.destino.errors = list(self.said.problems)
        self.clave.data = self.clave.data or str(uuid4())
        self.pagina.data = self.pagina.data or str(uuid4())
        self.prueba.data = (self.prueba.data or "")[:36] or str(uuid4())

    @property
    def recipients(self) -> Destination | None:
        """Return the choice that the page shows: what a link leaves out follows from what it gives.

        Nothing is chosen where something that was given cannot be read, nor where a form that was sent has no choice:
        only a page that is opened proposes everybody.
        """
        said = self.said
        if said.destination or said.problems:
            return None if said.problems else said.destination
        if said.segment_id:
            return Destination.SEGMENT
        if said.search.values():
            return Destination.SEARCH
        return None if self._is_sent else Destination.ALL

    @property
    def template_id(self) -> int | None:
        """Return the id of the template that the text came from."""
        return read_id(self.plantilla.data or "")

    def validate_plantilla(self, field: StringField) -> None:
        """Refuse what names no template."""
        if field.data and self.template_id is None:
            raise ValidationError(gettext("Choose a template of the list, or your own text."))

    def said_for_review(self) -> Said:
        """Return whom it is for, of all the choices that the page sends.

        Raises Unreadable where everybody is chosen, and yet something was searched for or a segment chosen.
        """
        if self.said.destination is Destination.ALL and (self.said.search.text or self.said.segment_id):
            raise Unreadable(
                [gettext("All active clients are chosen, and a search or a segment too: leave one of them out.")]
            )
        return self.said

    def asked(self) -> list[tuple[str, str]]:
        """Return what makes one campaign another: its text, its name, and whom it is for."""
        written = [("mensaje", self.mensaje.data or ""), ("nombre", self.nombre.data or "")]
        return [*written, *self.said.given]
