"""The form of a field."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types are older
from wtforms.validators import ValidationError

from ..models import TipoDeCampo
from ..values.spelling import searchable
from ..values.text import clean_block, clean_line
from ..web.forms import Form, TextField, line_field
from .naming import LONGEST_NAME
from .services import NewField

KINDS = {
    TipoDeCampo.TEXTO: lazy_gettext("Text"),
    TipoDeCampo.NUMERO: lazy_gettext("A number"),
    TipoDeCampo.FECHA: lazy_gettext("A date, with or without a year"),
    TipoDeCampo.OPCION: lazy_gettext("One of several options"),
}
MOST_OPTIONS = 50
LONGEST_OPTION = 60
_LONGEST_LIST = MOST_OPTIONS * (LONGEST_OPTION + 2)


class FieldEditForm(Form):
    """A field's name, and its options where it has some."""

    nombre = line_field(lazy_gettext("Name"), LONGEST_NAME, required=True)
    opciones = TextField(lazy_gettext("Options"), _LONGEST_LIST, clean_block)

    kind = TipoDeCampo.TEXTO

    def validate_opciones(self, field: TextField) -> None:
        """Refuse a list of options from which nobody could choose."""
        if self.chosen_kind is not TipoDeCampo.OPCION:
            return
        options = self.options
        if len(options) < 2:
            raise ValidationError(gettext("Write two options at least, each on a line of its own."))
        if len(options) > MOST_OPTIONS:
            raise ValidationError(gettext("Write at most %(most)s options.", most=MOST_OPTIONS))
        if any(len(option) > LONGEST_OPTION for option in options):
            raise ValidationError(gettext("An option has at most %(longest)s characters.", longest=LONGEST_OPTION))
        if any(not searchable(option).strip() for option in options):
            raise ValidationError(gettext("Write options with letters or digits."))

    @property
    def chosen_kind(self) -> TipoDeCampo:
        """Return what the field holds."""
        return self.kind

    @property
    def options(self) -> list[str]:
        """Return the options, each once; of two spellings of one the first counts."""
        lines = [clean_line(line) for line in (self.opciones.data or "").splitlines()]
        return list({searchable(line): line for line in reversed(lines) if line}.values())[::-1]


class FieldForm(FieldEditForm):
    """A new field."""

    tipo = SelectField(
        lazy_gettext("What it holds"),
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        default=TipoDeCampo.TEXTO.value,
    )

    @property
    def chosen_kind(self) -> TipoDeCampo:
        """Return what the field is to hold; text, as long as that cannot be read."""
        return TipoDeCampo(self.tipo.data) if self.tipo.data in set(TipoDeCampo) else TipoDeCampo.TEXTO

    def new_field(self) -> NewField:
        """Return the field of a valid form."""
        options = self.options if self.chosen_kind is TipoDeCampo.OPCION else []
        return NewField(self.nombre.data or "", self.chosen_kind, options)
