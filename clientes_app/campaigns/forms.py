"""The forms of a campaign: as JSON, and as composed in the browser."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField

from ..clients.search import Search
from ..clients.selection import Selection, Ticked, ids_from
from ..forms import Form, line_field
from ..message_templates.forms import MessageForm, message_field
from ..text import clean_block, clean_line

LONGEST_NAME = 200


class RequestForm(Form):
    """What a program sends beside the ids."""

    mensaje = message_field()
    nombre_campana = line_field(lazy_gettext("Name"), LONGEST_NAME)


class Recipients(StrEnum):
    """Where a campaign's recipients come from."""

    ALL = "todos"
    SEARCH = "busqueda"
    TICKED = "marcados"
    SEGMENT = "segmento"


class ComposeForm(MessageForm):
    """A campaign as it is written: who, what, and its name."""

    nombre = line_field(lazy_gettext("Name of the campaign"), LONGEST_NAME)
    plantilla = StringField(lazy_gettext("Template"))
    propio = HiddenField(filters=[clean_block])
    """What the person wrote before choosing a template, for coming back to it."""
    destino = StringField()
    q = StringField()
    estado = StringField()
    segmento = StringField()
    clave = HiddenField(filters=[clean_line])

    def __init__(self, formdata: MultiDict[str, str], **values: Any) -> None:
        super().__init__(formdata=formdata, **values)
        self.ticked = ids_from(formdata.getlist("cliente_ids"))
        self.search = Search.from_values(formdata)
        self.segment_search: Search | None = None
        """What the chosen segment stands for, once it was looked up."""

    @property
    def recipients(self) -> Recipients:
        """Answer where the recipients come from; what was not said follows from what was given."""
        if self.destino.data in set(Recipients):
            return Recipients(self.destino.data)
        if self.ticked:
            return Recipients.TICKED
        if self.segment_id:
            return Recipients.SEGMENT
        return Recipients.SEARCH if self.search.values() else Recipients.ALL

    @property
    def audience(self) -> Selection:
        """Answer who the campaign is for."""
        if self.recipients is Recipients.TICKED:
            return Ticked(self.ticked)
        if self.recipients is Recipients.SEGMENT and self.segment_search is not None:
            return self.segment_search
        return self.search if self.recipients is Recipients.SEARCH else Search()

    @property
    def template_id(self) -> int | None:
        """Answer the id of the template that the text came from."""
        ids = ids_from([self.plantilla.data or ""])
        return ids[0] if ids else None

    @property
    def segment_id(self) -> int | None:
        """Answer the id of the chosen segment."""
        ids = ids_from([self.segmento.data or ""])
        return ids[0] if ids else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that somebody is chosen."""
        valid = super().validate(extra_validators)
        if self.recipients is Recipients.TICKED and not self.ticked:
            self.destino.errors = [gettext("No client is ticked: choose others, or tick some in the list of clients.")]
            return False
        if self.recipients is Recipients.SEARCH and not self.search.values():
            self.destino.errors = [gettext("Write what to search for, or choose all clients.")]
            return False
        if self.recipients is Recipients.SEGMENT and self.segment_search is None:
            self.destino.errors = [gettext("Choose a segment, or other clients.")]
            return False
        return bool(valid)
