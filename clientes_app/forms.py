"""What every form shares: fields that keep what a request leaves out, and JSON as input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, StringField
from wtforms.validators import DataRequired, Length

from .errors import DomainError, FieldErrors
from .text import clean_block, clean_line

SHOWN = "antes-"
"""Begins the names of hidden fields with what a page shows."""

_FLAGS = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


class Form(FlaskForm):
    """A form without a token of its own: every POST is checked for one before its view runs.

    It reads what it is given and nothing else: Flask-WTF left alone would take files and JSON for fields as well.
    """

    def __init__(self, formdata: MultiDict[str, str] | None, **values: Any) -> None:
        super().__init__(formdata=formdata, **values)

    class Meta(FlaskForm.Meta):
        """No token field."""

        csrf = False


class EditForm(Form):
    """A form that changes a row: it tells what was changed in it from what was only shown.

    A page sends each value that it showed beside the one that may be typed, so that who changes the document does
    not take back the name that somebody else has changed meanwhile.
    """

    def __init__(self, formdata: MultiDict[str, str] | None, **values: Any) -> None:
        super().__init__(formdata, **values)
        self._shown = {
            name.removeprefix(SHOWN): value for name, value in (formdata or {}).items() if name.startswith(SHOWN)
        }

    def shown(self, field: Field) -> str:
        """Answer the value that the page shows, or has shown when it was opened."""
        return self._shown.get(field.name, _as_text(field.object_data))

    def _changed(self) -> dict[str, Any]:
        return {
            field.name: field.data
            for field in self
            if field.raw_data and not self._is_as_shown(field.name, str(field.raw_data[-1]))
        }

    def _is_as_shown(self, name: str, typed: str) -> bool:
        return name in self._shown and clean_block(self._shown[name]) == clean_block(typed)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")


AnyForm = TypeVar("AnyForm", bound=Form)


class FlagField(Field):
    """A yes or no, given as true/false, on/off or 1/0; left out, it keeps its value.

    A page sends a hidden `false` before the tick box's `true`: the last one counts.
    """

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the last value given."""
        if not valuelist:
            return
        value = _FLAGS.get(str(valuelist[-1]).strip().lower())
        if value is None:
            raise ValueError(gettext("Say true or false."))
        self.data = value


def line_field(label: str, longest: int, *, required: bool = False) -> StringField:
    """Answer a field for one line of text."""
    return StringField(label, filters=[clean_line], validators=_text_validators(longest, required=required))


def block_field(label: str, longest: int, *, required: bool = False) -> StringField:
    """Answer a field for several lines of text."""
    return StringField(label, filters=[clean_block], validators=_text_validators(longest, required=required))


def _text_validators(longest: int, *, required: bool) -> list[Any]:
    length = Length(max=longest, message=lazy_gettext("Use at most %(longest)d characters.", longest=longest))
    filled = DataRequired(message=lazy_gettext("This field is required."))
    return [filled, length] if required else [length]


def json_object() -> dict[str, object]:
    """Read the request's body as a JSON object, whatever type it says it is.

    Raises DomainError where it is none.
    """
    try:
        payload = request.get_json(force=True, silent=True)
    except RecursionError:
        payload = None
    if not isinstance(payload, dict):
        raise DomainError(gettext("Send a JSON object."))
    return payload


def form_from_json(form_class: type[AnyForm], payload: Mapping[str, object]) -> AnyForm:
    """Bind a form to a JSON object; null means left out.

    Raises FieldErrors where a value is a list or an object.
    """
    nested = {str(name) for name, value in payload.items() if isinstance(value, list | dict)}
    if nested:
        raise FieldErrors({name: [gettext("Send one value, not a list or an object.")] for name in nested})
    given = {str(name): str(value) for name, value in payload.items() if value is not None}
    return form_class(formdata=MultiDict(given))


def validated(form: AnyForm) -> AnyForm:
    """Answer the form where it is valid.

    Raises FieldErrors where it is not.
    """
    if not form.validate():
        raise FieldErrors({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    return form
