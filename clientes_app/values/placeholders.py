"""What programs and people write where there is no document or no number: such a value is nobody's, so it is no key.

Only what is certain counts: a placeholder that is taken for a document joins strangers, a document that is taken for a
placeholder loses one of two things that a person is known by.
"""

from __future__ import annotations

import re

from .text import fold


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Letters and digits alone, as `fold` leaves them.
_NONE_GIVEN = _listed(
    "na nd ns nr no none null nil nan nada ninguno ninguna noaplica notiene noregistra noreporta nosabe noinforma"
    " nodisponible nosuministra nosuministrado nodado nohay noid sd sn sin sindato sindatos sindocumento sindoc"
    " sincedula sinnit sinid sinidentificacion sinidentificar sininformacion sinregistro sinnumero vacio pendiente"
    " pordefinir porconfirmar tbd tba desconocido desconocida unknown notavailable notapplicable notprovided nodocument"
    " withoutdocument generico generica clientegenerico varios clientesvarios consumidor consumidorfinal cf"
    " clientefinal mostrador clientemostrador ventamostrador publicogeneral prueba test"
)
# Mexico's for those without one, at home and abroad, and Colombia's for a client abroad.
_OF_THE_TAX_OFFICE = frozenset({"xaxx010101000", "xexx010101000", "444444444001"})
_LABEL = re.compile(r"(?:cc|ce|nit|nui[pt]|ti|rut|rfc|dni|doc|documento|cedula|id|identificacion|numero|num|pasaporte)")
_NO_SIGN = re.compile(r"[\W_]+")
_CHECK_DIGIT = re.compile(r"(.*\d)\s*-\s*[\dk]")

_COUNTED_UP, _COUNTED_DOWN = "01234567890", "9876543210"
_SHORTEST_RUN = 5
"""Shorter numbers may be a shop's own for its clients: they are kept, and no key (`client_keys`)."""

_OF_EIGHT = "12345678"
"""Somebody's cédula; those of nine digits are none."""

# 1,02035E+09: a spreadsheet showed so many digits, and the others are lost.
_LOST_DIGITS = re.compile(r"\d(?:[.,]\d+e\+?|e\+)\d{1,2}")

_NO_SUBSCRIBER = re.compile(r"\+\d+?(?:0{7}|(\d)\1{9})")


def is_no_document(text: str) -> bool:
    """Return whether a text says that there is no document: "N/A", "0", 222222222222 ("consumidor final")."""
    if text.isdecimal() and text.isascii():
        return _says_nothing(text)
    folded = fold(text).strip()
    if _LOST_DIGITS.fullmatch(folded):
        return True
    if (checked := _CHECK_DIGIT.fullmatch(folded)) and _says_nothing(_NO_SIGN.sub("", checked[1])):
        return True
    return _says_nothing(_NO_SIGN.sub("", folded))


def is_no_number(e164: str) -> bool:
    """Return whether a number that could be dialled is one that is typed for the form's sake: 300 000 0000."""
    # Two digits tell of nearly all numbers.
    return e164[-2:-1] == e164[-1:] and _NO_SUBSCRIBER.fullmatch(e164) is not None


def _says_nothing(signs: str) -> bool:
    if not signs or signs in _NONE_GIVEN or signs in _OF_THE_TAX_OFFICE:
        return True
    if labelled := _LABEL.match(signs):
        return _says_nothing(signs[labelled.end() :])
    return _is_one_sign(signs) or _is_counted(signs)


def _is_one_sign(signs: str) -> bool:
    """Return whether it is one sign over and over: 000, xxx, 111111."""
    first = signs[0]
    if signs != first * len(signs):
        return False
    return first in "0x" or len(signs) >= (_SHORTEST_RUN if first.isdecimal() else 3)


def _is_counted(signs: str) -> bool:
    if signs == _OF_EIGHT:
        return False
    return len(signs) >= _SHORTEST_RUN and (signs in _COUNTED_UP or signs in _COUNTED_DOWN)
