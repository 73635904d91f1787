"""What will become of each row: its verdict, given the clients there are and the rows that came before.

A client that there is comes first: a row that is one, by document or by number and name, is that client. Of what is
left, a row is a double whose document and name or number, or whose number and name, came before; one with nothing but
the document or the number in common with somebody is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...client_files.rows import Row
from ...clients.tags.services import tag_key
from ...values.client_keys import digits_of
from ...values.names_alike import alike
from .matching import MOST_COMPARED, Existing, Match, Matches, changed, key_number, may_be_one
from .store import Holder, Person, Seen, Staged
from .verdicts import Verdict


def judge(
    read: Iterable[tuple[int, Row]], matches: Matches, seen: Seen, tags: Sequence[str]
) -> tuple[list[Staged], Seen]:
    """Return numbered rows with their verdicts, and the keys that they are the first in the file to have.

    `tags` are those that every row gets beside its own.
    """
    firsts = Seen({}, {}, {})
    staged = []
    for number, row in read:
        judged = _judged(number, row, matches, seen, tags)
        if judged.verdict not in (Verdict.WRONG, Verdict.DOUBLE):
            _note(judged, seen, firsts)
        staged.append(judged)
    return staged, firsts


def verdict_on(row: Row, client: Existing | None, matches: Matches, tags: Sequence[str]) -> Verdict:
    """Return what becomes of a row that is a client, or nobody yet."""
    if client is None:
        return Verdict.NEW
    if changed(client, row) or _adds_tags(row, client, matches, tags) or not matches.heeds(client, row):
        return Verdict.UPDATE
    return Verdict.UPDATE if matches.own_changes(client.id, row) else Verdict.SAME


def _judged(number: int, row: Row, matches: Matches, seen: Seen, tags: Sequence[str]) -> Staged:
    if row.fault:
        return Staged(number, Verdict.WRONG, row)
    match = matches.match(row)
    if match.client and not match.asks:
        return _of_client(number, row, match.client, seen, verdict_on(row, match.client, matches, tags))
    return _of_nobody_yet(number, row, match, seen)


def _of_client(number: int, row: Row, client: Existing, seen: Seen, verdict: Verdict) -> Staged:
    if (first := seen.clients.get(client.id, number)) != number:
        return Staged(number, Verdict.DOUBLE, row, first)
    return Staged(number, verdict, row, client_id=client.id)


def _of_nobody_yet(number: int, row: Row, match: Match, seen: Seen) -> Staged:
    holder = _other_holder(number, row, seen)
    if holder and _is_holder(row, holder):
        return Staged(number, Verdict.DOUBLE, row, holder.number)
    others = (each for each in seen.phones.get(key_number(row), ()) if each.number != number)
    sharing = [each for each in others if may_be_one(each.document, row)]
    same = next((each for each in sharing if alike(each.name, row.nombre)), None)
    if same:
        return Staged(number, Verdict.DOUBLE, row, same.number)
    if match.client:
        return Staged(number, Verdict.ASKED, row, client_id=match.client.id)
    if holder or sharing:
        return Staged(number, Verdict.ASKED, row, holder.number if holder else sharing[0].number)
    return Staged(number, Verdict.NEW, row)


def _other_holder(number: int, row: Row, seen: Seen) -> Holder | None:
    """Return the row of the file that had a row's document before it."""
    holder = seen.documents.get(row.documento_clave)
    return holder if holder and holder.number != number else None


def _is_holder(row: Row, holder: Holder) -> bool:
    """Return whether a row is who has its document: by the name, or by a number that does not say otherwise."""
    before, now = digits_of(holder.e164 or holder.phone), digits_of(row.telefono_e164 or row.telefono)
    return alike(holder.name, row.nombre) or not before or not now or before == now


def _adds_tags(row: Row, client: Existing, matches: Matches, tags: Sequence[str]) -> bool:
    """Return whether a client lacks one of the tags that a row gives it."""
    if not tags and not row.etiquetas:
        return False
    has = matches.tags.get(client.id, set())
    return any(tag_key(tag) not in {"", *has} for tag in (*tags, *row.tags))


def _note(judged: Staged, seen: Seen, firsts: Seen) -> None:
    """Note whom a row told of, for the rows that follow."""
    number, row = judged.number, judged.row
    person = Person(number, row.documento_clave, row.nombre)
    holder = Holder(number, row.nombre, row.telefono, row.telefono_e164)
    for keys in (seen, firsts):
        if row.documento_clave:
            keys.documents.setdefault(row.documento_clave, holder)
        if judged.client_id and judged.verdict is not Verdict.ASKED:
            keys.clients.setdefault(judged.client_id, number)
    if (phone := key_number(row)) and len(seen.phones.get(phone, ())) < MOST_COMPARED:
        seen.phones.setdefault(phone, []).append(person)
        firsts.phones.setdefault(phone, []).append(person)
