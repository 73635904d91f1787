"""The forms of tags, and of what is done to many clients at once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types are older
from wtforms.validators import InputRequired, ValidationError

from ...models import Etiqueta
from ...values.client_keys import LONGEST_TAG
from ...web.forms import FlagField, Form, line_field
from ..tags.services import tag_key
from .export import COLUMNS, Format


def _readable(_form: Form, field: StringField) -> None:
    if field.data and not tag_key(field.data):
        raise ValidationError(gettext("Write a name with letters or digits."))


class TagForm(Form):
    """The name of a tag."""

    etiqueta = line_field(lazy_gettext("Name"), LONGEST_TAG, required=True)
    validate_etiqueta = _readable


class ClientTagForm(Form):
    """A tag for one client."""

    etiqueta_nueva = line_field(lazy_gettext("Add a tag"), LONGEST_TAG, required=True)
    validate_etiqueta_nueva = _readable


class Tagging(StrEnum):
    """What is done with tags."""

    GIVE = "poner"
    TAKE = "quitar"


class BulkTagsForm(Form):
    """Tags to give or to take: some of the account's, and one that may be new."""

    etiqueta_ids = SelectMultipleField(lazy_gettext("Tags"), coerce=int)
    etiqueta_nueva = line_field(lazy_gettext("Another tag"), LONGEST_TAG)
    accion = RadioField(choices=[SelectChoice(each.value, each.value) for each in Tagging], default=Tagging.GIVE.value)

    def __init__(self, formdata: MultiDict[str, str] | None, tags: Sequence[Etiqueta]) -> None:
        super().__init__(formdata=formdata)
        self.etiqueta_ids.choices = [SelectChoice(tag.id, tag.nombre) for tag in tags]

    def validate_etiqueta_nueva(self, field: StringField) -> None:
        """Refuse a name that says nothing, and a form that names no tag."""
        _readable(self, field)
        if not field.data and not self.etiqueta_ids.data:
            raise ValidationError(gettext("Choose a tag, or write another."))

    @property
    def names(self) -> list[str]:
        """Return the name that was typed, where one was."""
        return [self.etiqueta_nueva.data] if self.etiqueta_nueva.data else []


class BulkActiveForm(Form):
    """Whether many clients are to be active."""

    activar = FlagField(lazy_gettext("Active"), validators=[InputRequired()])


class ExportForm(Form):
    """Which columns go into which kind of file."""

    formato = RadioField(
        lazy_gettext("Kind of file"),
        choices=[SelectChoice(Format.XLSX.value, "Excel (XLSX)"), SelectChoice(Format.CSV.value, "CSV")],
        default=Format.XLSX.value,
    )
    columnas = SelectMultipleField(
        lazy_gettext("Columns"),
        choices=[SelectChoice(name, label) for name, label in COLUMNS.items()],
        default=list(COLUMNS),
    )

    def validate_columnas(self, field: SelectMultipleField) -> None:
        """Refuse a file without columns."""
        if not field.data:
            raise ValidationError(gettext("Choose at least one column."))
