"""What will become of each row: its verdict, given the clients there are and the rows that came before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...client_files.reading import Record
from ...client_files.rows import Row
from ...clients.tags.services import tag_key
from .matching import Existing, Matches, changed, may_be_one
from .store import Seen, Staged, Verdict


def judge(
    read: Iterable[tuple[Record, Row]], matches: Matches, seen: Seen, tags: Sequence[str]
) -> tuple[list[Staged], Seen]:
    """Return the rows with their verdicts, and the keys that they are the first in the file to have.

    `tags` are those that every row gets beside its own.
    """
    firsts = Seen({}, {}, {})
    staged = []
    for (number, cells), row in read:
        if row.fault:
            staged.append(Staged(number, Verdict.WRONG, row, cells=cells))
            continue
        client = matches.client_of(row)
        first = _first(row, client, seen)
        if first is not None:
            staged.append(Staged(number, Verdict.DOUBLE, row, double_of=first, cells=cells))
            continue
        for keys in (seen, firsts):
            _note(number, row, client, keys)
        staged.append(Staged(number, _verdict(row, client, matches, tags), row))
    return staged, firsts


def adds_tags(row: Row, client: Existing, matches: Matches, tags: Sequence[str]) -> bool:
    """Return whether a client lacks one of the tags that a row gives it."""
    if not tags and not row.etiquetas:
        return False
    has = matches.tags.get(client.id, set())
    return any(tag_key(tag) not in {"", *has} for tag in (*tags, *row.tags))


def _verdict(row: Row, client: Existing | None, matches: Matches, tags: Sequence[str]) -> Verdict:
    if client is None:
        return Verdict.NEW
    if changed(client, row) or adds_tags(row, client, matches, tags) or not matches.heeds(client, row):
        return Verdict.UPDATE
    return Verdict.SAME


def _first(row: Row, client: Existing | None, seen: Seen) -> int | None:
    """Return the number of the first row that is the same client."""
    if row.documento_clave in seen.documents:
        return seen.documents[row.documento_clave]
    if row.telefono_e164 in seen.phones:
        number, document = seen.phones[row.telefono_e164]
        if may_be_one(document, row.documento_clave):
            return number
    return seen.clients.get(client.id) if client else None


def _note(number: int, row: Row, client: Existing | None, keys: Seen) -> None:
    if row.documento_clave:
        keys.documents.setdefault(row.documento_clave, number)
    if row.telefono_e164:
        keys.phones.setdefault(row.telefono_e164, (number, row.documento_clave))
    if client:
        keys.clients.setdefault(client.id, number)
