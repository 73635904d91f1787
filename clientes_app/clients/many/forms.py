"""The forms of tags, and of what is done to many clients at once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types are older
from wtforms.validators import InputRequired, ValidationError

from ...client_files.meaning.tag_lists import split_tags
from ...client_files.rows import fault_of_tags
from ...models import Campo, Etiqueta
from ...web.forms import FlagField, Form, line_field
from ..tags.services import tag_key
from .export import Format, columns_of

LONGEST_LIST = 400
"""Characters of a field that names tags."""


def _names_tags(_form: Form, field: StringField) -> None:
    names = split_tags(field.data or "")
    if field.data and not (names and all(map(tag_key, names))):
        raise ValidationError(gettext("Write a name with letters or digits."))
    if fault := fault_of_tags(names):
        raise ValidationError(gettext(fault))


def _names_one_tag(form: Form, field: StringField) -> None:
    _names_tags(form, field)
    if len(split_tags(field.data or "")) > 1:
        raise ValidationError(gettext("A comma parts two tags: write one, or put its name in quotation marks."))


class TagForm(Form):
    """The name of a tag."""

    etiqueta = line_field(lazy_gettext("Name"), LONGEST_LIST, required=True)
    validate_etiqueta = _names_one_tag

    @property
    def name(self) -> str:
        """Return the name of a valid form."""
        return split_tags(self.etiqueta.data or "")[0]


class ClientTagForm(Form):
    """Tags for one client."""

    etiqueta_nueva = line_field(lazy_gettext("Add tags"), LONGEST_LIST, required=True)
    validate_etiqueta_nueva = _names_tags

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names that were typed."""
        return split_tags(self.etiqueta_nueva.data or "")


class Tagging(StrEnum):
    """What is done with tags."""

    GIVE = "poner"
    TAKE = "quitar"


class BulkTagsForm(Form):
    """Tags to give or to take: some of the account's, and others that may be new."""

    etiqueta_ids = SelectMultipleField(lazy_gettext("Tags"), coerce=int)
    etiqueta_nueva = line_field(lazy_gettext("Other tags"), LONGEST_LIST)
    accion = RadioField(choices=[SelectChoice(each.value, each.value) for each in Tagging], default=Tagging.GIVE.value)

    def __init__(self, formdata: MultiDict[str, str] | None, tags: Sequence[Etiqueta]) -> None:
        super().__init__(formdata=formdata)
        self.etiqueta_ids.choices = [SelectChoice(tag.id, tag.nombre) for tag in tags]

    def validate_etiqueta_nueva(self, field: StringField) -> None:
        """Refuse a name that says nothing, and a form that names no tag."""
        _names_tags(self, field)
        if not field.data and not self.etiqueta_ids.data:
            raise ValidationError(gettext("Choose a tag, or write others."))

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names that were typed."""
        return split_tags(self.etiqueta_nueva.data or "")


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
    columnas = SelectMultipleField(lazy_gettext("Columns"))

    def __init__(self, formdata: MultiDict[str, str] | None, fields: Sequence[Campo]) -> None:
        """Offer the columns of every client, and those of the account's own fields; at first all of them."""
        names = columns_of(fields)
        super().__init__(formdata, columnas=list(names))
        self.columnas.choices = [SelectChoice(name, label) for name, label in names.items()]

    def validate_columnas(self, field: SelectMultipleField) -> None:
        """Refuse a file without columns."""
        if not field.data:
            raise ValidationError(gettext("Choose at least one column."))
