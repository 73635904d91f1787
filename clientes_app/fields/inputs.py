"""The inputs of an account's own fields in a form: how each is named, read and judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from wtforms.validators import StopValidation

from ..models import Campo
from ..values.text import clean_line
from ..web.forms import TextField
from .canonical import LONGEST_VALUE, BadValue, read_value
from .showing import typed_value


class OwnField(TextField):
    """What somebody types for a field; `value` is what a valid form stores of it."""

    value = ""

    def __init__(self, label: str, own: Campo, **options: Any) -> None:
        super().__init__(label, LONGEST_VALUE, clean_line, validators=[_says_a_value], **options)
        self.own = own


def input_name(field: Campo) -> str:
    """Return how a form calls a field's input."""
    return f"campo_{field.id}"


def inputs_of(fields: Iterable[Campo]) -> dict[str, Any]:
    """Return the inputs of fields by their names, as attributes of a class of forms."""
    return {input_name(field): OwnField(field.nombre, field) for field in fields}


def typed_values(fields: Iterable[Campo], values: Mapping[int, str]) -> dict[str, str]:
    """Return what a client has as the form shows it."""
    return {input_name(field): typed_value(field.tipo, values.get(field.id, "")) for field in fields}


def _says_a_value(_form: object, field: OwnField) -> None:
    try:
        field.value = read_value(field.own.tipo, field.own.opciones, field.data or "")
    except BadValue as fault:
        raise StopValidation(gettext(fault.sentence)) from fault
