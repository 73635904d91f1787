"""What every form shares: bounded fields, fields that keep what a request leaves out, and JSON as input."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import has_request_context, request
from flask_babel import LazyString, gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, StringField
from wtforms.validators import DataRequired, Length, StopValidation, ValidationError

from ..errors import FieldErrors
from ..values.text import clean_block, clean_line
from .front_door import cut, is_cut
from .htmx import is_for_dialog
from .json_input import read_object
from .kept_forms import fields_for

SHOWN = "antes-"
"""Begins the names of hidden fields with what a page shows."""

_FLAGS = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
# WTForms takes whatever stands in the name of a list's field for its number.
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
_MOST_EXACT = 2**53
"""Up to here a floating-point number holds each whole one."""


class Form(FlaskForm):
    """A form without a token of its own: every POST is checked for one before its view runs.

    It reads what it is given and nothing else: Flask-WTF left alone would take files and JSON for fields as well. A
    form that is shown empty or as its row is, shows what was typed into it where that waited for a log-in.
    """

    def __init__(self, formdata: MultiDict[str, str] | None, **values: Any) -> None:
        formdata = _kept_for(type(self)) if formdata is None else formdata
        super().__init__(formdata=None if formdata is None else _well_named(formdata), **values)
        if has_request_context() and is_for_dialog():
            self._name_for_dialog()

    def _name_for_dialog(self) -> None:
        """Give the fields ids that no field of the page below has: a label is of the first with its id."""
        for field in self:
            field.id = field.label.field_id = f"dialog-{field.id}"

    class Meta(FlaskForm.Meta):
        """No token field."""

        csrf = False


class EditForm(Form):
    """A form that changes a row: it tells what was changed in it from what was only shown.

    A page sends each value that it showed beside the one that may be typed, so that who changes the document does
    not take back the name that somebody else has changed meanwhile.
    """

    def __init__(self, formdata: MultiDict[str, str] | None, **values: Any) -> None:
        formdata = _kept_for(type(self)) if formdata is None else formdata
        super().__init__(formdata, **values)
        self._shown = {
            name.removeprefix(SHOWN): value for name, value in (formdata or {}).items() if name.startswith(SHOWN)
        }

    def shown(self, field: Field) -> str:
        """Return the value that the page shows, or has shown when it was opened."""
        return self._shown.get(field.name, _as_text(field.object_data))

    def _changed(self) -> dict[str, Any]:
        return {
            field.name: field.data
            for field in self
            if field.raw_data and not self._is_as_shown(field.name, str(field.raw_data[-1]))
        }

    def _is_as_shown(self, name: str, typed: str) -> bool:
        return name in self._shown and clean_block(self._shown[name]) == clean_block(typed)


def _kept_for(form: type[Form]) -> MultiDict[str, str] | None:
    return fields_for({name for name in dir(form) if hasattr(getattr(form, name), "_formfield")})


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _well_named(formdata: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the values whose names a field of ours may have."""
    return MultiDict((name, value) for name, value in formdata.items(multi=True) if _FIELD_NAME.fullmatch(name))


AnyForm = TypeVar("AnyForm", bound=Form)


class TextField(StringField):
    """Text of at most `longest` characters once it is clean."""

    def __init__(
        self, label: str, longest: int, clean: Callable[[str | None], str], *, required: bool = False, **options: Any
    ) -> None:
        options.setdefault("validators", _text_validators(longest, required=required))
        super().__init__(label, filters=[clean], **options)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the text, and note where there is more of it than was looked at."""
        super().process_formdata(valuelist)
        if valuelist and is_cut(valuelist[0]):
            raise ValueError(str(too_long(self.longest)))

    def pre_validate(self, form: Any) -> None:
        """Judge a text that was cut no further."""
        if self.process_errors:
            raise StopValidation

    def read_json(self, value: object) -> str:
        """Read what JSON gives.

        Raises ValidationError where it is no text.
        """
        if not isinstance(value, str):
            raise ValidationError(gettext("Send text."))
        return cut(value)


class NumberedField(TextField):
    """A text such as a telephone number, for which JSON may give a whole number."""

    def read_json(self, value: object) -> str:
        """Read what JSON gives.

        Raises ValidationError where it is neither text nor a whole number.
        """
        if isinstance(value, float) and value.is_integer() and value < _MOST_EXACT:
            value = int(value)
        is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        if not is_number and not isinstance(value, str):
            raise ValidationError(gettext("Send text, or a whole number."))
        return cut(str(value))


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

    def read_json(self, value: object) -> str:
        """Read what JSON gives.

        Raises ValidationError where it is neither true nor false, nor a text that says so, nor 1 or 0.
        """
        if not isinstance(value, str | int):
            raise ValidationError(gettext("Say true or false."))
        return cut(str(value))


def line_field(label: str, longest: int, *, required: bool = False) -> TextField:
    """Return a field for one line of text."""
    return TextField(label, longest, clean_line, required=required)


def numbered_field(label: str, longest: int) -> NumberedField:
    """Return a field for one line of text that may be all digits."""
    return NumberedField(label, longest, clean_line)


def _text_validators(longest: int, *, required: bool) -> list[Any]:
    length = Length(max=longest, message=too_long(longest))
    filled = DataRequired(message=lazy_gettext("This field is required."))
    return [filled, length] if required else [length]


def too_long(longest: int) -> LazyString:
    """Return the sentence that a text is too long."""
    return lazy_gettext("Use at most %(longest)d characters.", longest=longest)


def json_object() -> dict[str, object]:
    """Read the request's body as a JSON object, whatever type it says it is.

    Raises DomainError or FieldErrors where it is none that can be read in one way only.
    """
    return read_object(request.get_data())


def form_from_json(form_class: type[AnyForm], payload: Mapping[str, object], **values: Any) -> AnyForm:
    """Bind a form to a JSON object; null means left out. `values` are those of the form's own, such as `obj`.

    Raises FieldErrors where a value is of a type that its field does not take.
    """
    given: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for field in form_class(formdata=None):
        if (value := payload.get(field.name)) is None:
            continue
        try:
            given[field.name] = field.read_json(value)
        except ValidationError as error:
            errors[field.name] = [str(error)]
    if errors:
        raise FieldErrors(errors)
    return form_class(formdata=MultiDict(given), **values)


def validated(form: AnyForm) -> AnyForm:
    """Return the form where it is valid.

    Raises FieldErrors where it is not.
    """
    if not form.validate():
        raise FieldErrors({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    return form
