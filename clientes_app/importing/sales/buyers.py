"""Whose a till's sale is: the document decides where a row has one, else the number; a mixed column may say either."""

from __future__ import annotations

from collections.abc import Sequence

from ...client_files.rows import Row
from ...values.client_keys import keys_beside
from ...values.names_alike import alike
from ...values.text import translatable
from ..staging.matching import MOST_COMPARED, Existing, Matches, key_number, may_be_one
from .sale_texts import BadSale

NO_KEY = translatable(
    "It has neither a document nor a number by which a client is found; made-up ones, such as 99999999, do not count."
)
NOBODY = translatable("No client has this document or number.")
SEVERAL = translatable("Several clients have this number: say the document as well, or the name.")
TWO = translatable("One client has this as the number, another as the document: say in two columns which is meant.")
NO_NAME = translatable("No client has this document or number, and without a name none is made.")


def buyer_of(row: Row, matches: Matches) -> Existing | None:
    """Return the client that a row is of; None where there is none yet.

    Raises BadSale where the row says nothing by which one is found, or several may be meant.
    """
    number = key_number(row)
    if not row.documento_clave and not number:
        raise BadSale(NO_KEY)
    if row.may_be_either:
        return _of_number_or_document(row, number, matches)
    if row.documento_clave and (same := matches.by_document.get(row.documento_clave)):
        return _of_that_name(same, row) or same[0]
    return _one_of([each for each in matches.by_phone.get(number, ()) if may_be_one(each.documento_clave, row)], row)


def key_of_buyer(row: Row, client: Existing | None) -> str:
    """Return what a buyer is known by in the file: the client, or who is none yet."""
    if client:
        return f"cliente {client.id}"
    number = key_number(row)
    is_by_document = row.documento_clave and not (row.may_be_either and number)
    return f"documento {row.documento_clave}" if is_by_document else f"telefono {number}"


def without_double(row: Row) -> Row:
    """Return a row whose number may be a document as well, with the number alone: who is made has no such document."""
    if not (row.may_be_either and row.telefono_e164):
        return row
    keys = keys_beside(row.telefono_e164, row.nombre, row.telefono, "", "")
    return row._replace(documento="", **keys._asdict())


def _of_number_or_document(row: Row, number: str, matches: Matches) -> Existing | None:
    by_number, by_document = matches.by_phone.get(number, []), matches.by_document.get(row.documento_clave, [])
    if not (by_number and by_document):
        return _one_of(by_number, row) or _of_that_name(by_document, row) or next(iter(by_document), None)
    both = [each for each in by_number if each in by_document]
    if not both:
        raise BadSale(TWO)
    return _one_of(both, row)


def _one_of(sharing: Sequence[Existing], row: Row) -> Existing | None:
    """Return the one of those who share a number that is meant.

    Raises BadSale where no name says which.
    """
    if len(sharing) < 2:
        return next(iter(sharing), None)
    named = _of_that_name(sharing, row)
    if named is None:
        raise BadSale(SEVERAL)
    return named


def _of_that_name(clients: Sequence[Existing], row: Row) -> Existing | None:
    if not row.nombre:
        return None
    return next((each for each in clients[:MOST_COMPARED] if alike(each.nombre, row.nombre)), None)
