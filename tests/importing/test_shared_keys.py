"""A file judged in batches, and once more where rows have keys in common: as if its rows were judged one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from clientes_app.client_files.columns import source_of
from clientes_app.client_files.lines import LeftOut, parted
from clientes_app.client_files.reading import numbered_rows
from clientes_app.client_files.rows import Row, reader_of
from clientes_app.extensions import db
from clientes_app.importing.jobs import Job
from clientes_app.importing.own_fields.own_texts import OwnFields
from clientes_app.importing.reviewing import review
from clientes_app.importing.staging.judging import judge
from clientes_app.importing.staging.matching import find_clients, key_number
from clientes_app.importing.staging.shared_keys import rows_with, seen_by
from clientes_app.importing.staging.store import Holder, Person, Seen, Staged
from clientes_app.importing.staging.verdicts import REJECTED

from ..support.imports import Imports
from ..support.shop import Shop

pytestmark = pytest.mark.both_storages

ROWS = 150
NAMES = ("Ana Ruiz", "RUIZ ANA MARIA", "A. Ruiz", "Luis Ruiz", "Eva Paz", "Evita Paz", "Ida Rey", "Omar Gil", "")
NUMBERS = (*(f"30012419{n:02}" for n in range(16)), "3000000000", "6012345678", "", "")
DOCUMENTS = (*(f"521000{n:02}" for n in range(20)), "n/a", "", "", "")


class Killed(Exception):
    """The worker ended in the middle of something."""


def a_list(dice: random.Random) -> str:
    rows = (f"{dice.choice(NAMES)},{dice.choice(NUMBERS)},{dice.choice(DOCUMENTS)},x\n" for _ in range(ROWS))
    # Some are their own alone.
    alone = (f"Cliente {n},310{n:07},9{n:07},x\n" for n in range(ROWS // 5))
    lines = [*rows, *alone]
    dice.shuffle(lines)
    return "".join(["Nombre,Celular,Identificación,Nota\n", *lines])


@contextmanager
def killed_at(engine: Engine, statement: int) -> Iterator[None]:
    """Let the worker end at one of its statements."""
    left = statement

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Killed

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)


def review_through_kills(dice: random.Random, job: Job) -> None:
    for _ in range(4):
        try:
            with killed_at(db.engine, dice.randrange(1, 60)):
                review(db.engine, job)
        except Killed:
            continue
        return
    review(db.engine, job)


def judged_one_by_one(job: Job) -> tuple[list[Staged], Seen]:
    seen = Seen({}, {}, {})
    read = reader_of(job.layout, job.region)
    with job.kept.text() as path:
        lines = parted(numbered_rows(source_of(path, job.layout)), job.layout, job.region)
        found = [(line[0], line[1], read(line[1])) for line in lines if not isinstance(line, LeftOut)]
    with db.engine.connect() as connection:
        rows = [row for _, _, row in found]
        matches = find_clients(connection, job.account_id, rows, OwnFields(()), with_tags=False)
    judged, _ = judge([(number, row) for number, _, row in found], matches, seen, job.tags)
    cells_of = {number: cells for number, cells, _ in found}
    kept = [each._replace(cells=cells_of[each.number]) if each.verdict in REJECTED else each for each in judged]
    return kept, seen


def keys_of(row: Row, seen: Seen) -> tuple[dict[str, Holder], dict[str, list[Person]]]:
    document, phone = row.documento_clave, key_number(row)
    documents = {document: seen.documents[document]} if document in seen.documents else {}
    return documents, {phone: seen.phones[phone]} if phone in seen.phones else {}


@pytest.mark.parametrize("seed", range(2))
def test_rows_become_what_they_would_one_by_one(
    imports: Imports, shop: Shop, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    size = dice.choice([7, 20, 90])
    monkeypatch.setattr("clientes_app.client_files.parsing.BATCH", size)
    monkeypatch.setattr("clientes_app.importing.reviewing.BATCH", size)
    for _ in range(8):
        number, document = dice.choice(NUMBERS), dice.choice(DOCUMENTS)
        shop.add_client(imports.account, dice.choice(NAMES) or "Eva", number, documento=document)
    import_id = imports.upload(a_list(dice))
    imports.start_review(import_id)
    with imports.app.app_context():
        job = imports.take()
        assert job is not None
        expected, seen = judged_one_by_one(job)
        review_through_kills(dice, job)
        with job.kept.staging() as staging:
            assert rows_with(staging, [staged.number for staged in expected]) == expected
            assert staging.totals().rows == len(expected)
            for staged in dice.sample(expected, 25):
                found = seen_by(staging, staged.row, ())
                assert (found.documents, found.phones) == keys_of(staged.row, seen)
