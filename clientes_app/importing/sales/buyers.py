"""Whose a till's sale is: the document decides where a row has one, else the number."""

from __future__ import annotations

from collections.abc import Sequence

from ...client_files.rows import Row
from ...values.names_alike import alike
from ...values.text import translatable
from ..staging.matching import MOST_COMPARED, Existing, Matches, key_number, may_be_one
from .sale_texts import BadSale

NO_KEY = translatable("It has neither a document nor a number by which a client is found.")
NOBODY = translatable("No client has this document or number.")
SEVERAL = translatable("Several clients have this number: say the document as well, or the name.")
NO_NAME = translatable("No client has this document or number, and without a name none is made.")


def buyer_of(row: Row, matches: Matches) -> Existing | None:
    """Return the client that a row is of; None where there is none yet.

    Raises BadSale where the row says nothing by which one is found, or several may be meant.
    """
    number = key_number(row)
    if not row.documento_clave and not number:
        raise BadSale(NO_KEY)
    if row.documento_clave and (same := matches.by_document.get(row.documento_clave)):
        return _of_that_name(same, row) or same[0]
    sharing = [each for each in matches.by_phone.get(number, ()) if may_be_one(each.documento_clave, row)]
    if len(sharing) > 1:
        named = _of_that_name(sharing, row)
        if named is None:
            raise BadSale(SEVERAL)
        return named
    return sharing[0] if sharing else None


def key_of_buyer(row: Row, client: Existing | None) -> str:
    """Return what a buyer is known by in the file: the client, or who is none yet."""
    if client:
        return f"cliente {client.id}"
    return f"documento {row.documento_clave}" if row.documento_clave else f"telefono {key_number(row)}"


def _of_that_name(clients: Sequence[Existing], row: Row) -> Existing | None:
    if not row.nombre:
        return None
    return next((each for each in clients[:MOST_COMPARED] if alike(each.nombre, row.nombre)), None)
