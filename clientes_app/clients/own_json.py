"""What programs say of clients by the account's own fields, and are told: a JSON object by the fields' keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask_babel import gettext

from ..errors import FieldErrors
from ..fields.canonical import NO_NUMBER, BadValue, number_value, read_value
from ..models import Campo, TipoDeCampo
from ..values.text import clean_line, translatable

CAMPOS = "campos"

_NO_TEXT = translatable("Send text.")
_NO_SIGNS = translatable("This has no letter or digit that can be kept.")
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_LONGEST_KEY = 40


def own_as_json(fields: Sequence[Campo], values: Mapping[int, str]) -> dict[str, str]:
    """Return canonical values, by their fields' ids, as programs are told them; what says nothing is left out."""
    return {field.clave: values[field.id] for field in fields if values.get(field.id)}


def read_own(fields: Sequence[Campo], given: object) -> dict[int, str]:
    """Return the canonical values that a program gives, by their fields' ids; null and "" take one away.

    Raises FieldErrors.
    """
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise FieldErrors({CAMPOS: [gettext("Send a JSON object.")]})
    by_key = {field.clave: field for field in fields}
    errors: dict[str, list[str]] = {}
    values: dict[int, str] = {}
    for key, value in given.items():
        try:
            values |= _read_one(by_key.get(key), value)
        except BadValue as bad:
            errors[f"{CAMPOS}.{key[:_LONGEST_KEY]}"] = [gettext(bad.sentence)]
    if errors:
        raise FieldErrors(errors)
    return values


def _read_one(field: Campo | None, value: object) -> dict[int, str]:
    if field is None:
        raise BadValue(translatable("There is no field with this key."))
    if value is None:
        return {field.id: ""}
    if field.tipo is TipoDeCampo.NUMERO:
        return {field.id: _read_number(value)}
    if not isinstance(value, str):
        raise BadValue(_NO_TEXT)
    if value.strip() and not clean_line(value):
        raise BadValue(_NO_SIGNS)
    return {field.id: read_value(field.tipo, field.opciones, value)}


def _read_number(value: object) -> str:
    """Read a number of JSON, or a text with a decimal point, as programs write one; else as people write it."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadValue(NO_NUMBER)
    text = str(value)
    if _PLAIN_NUMBER.fullmatch(text):
        return number_value(Decimal(text))
    return read_value(TipoDeCampo.NUMERO, (), text) if isinstance(value, str) else number_value(Decimal(text))
