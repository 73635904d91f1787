"""How much may wait to be imported, and how much a conversion may write."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from clientes_app.client_files import conversion_line
from clientes_app.client_files.refusals import Refused
from clientes_app.client_files.spreadsheet import MAX_WRITTEN
from clientes_app.database.transactions import write_transaction
from clientes_app.errors import DomainError
from clientes_app.extensions import db
from clientes_app.importing import services, uploading
from clientes_app.importing.budget import NoRoom
from clientes_app.importing.jobs import Budget, Surroundings
from clientes_app.models import Usuario

from ..data import make_awful_files as awful
from ..support.carrier import wait_until
from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.shop import Shop

LIST = "nombre,celular\nAna,3001234567\n"


class Budgeted(Imports):
    """Imports with a budget of their own."""

    budget = Budget()

    @property
    def place(self) -> Surroundings:
        return replace(super().place, budget=self.budget)

    def cancel(self, import_id: int) -> None:
        with self.app.test_request_context():
            services.cancel(self.account, import_id, self.place.storage)

    def files(self) -> list[Path]:
        return list(self.folder.iterdir())


@pytest.fixture
def imports(app: Flask, account: int) -> Budgeted:
    return Budgeted(app, account)


@pytest.mark.both_databases
def test_so_many_lists_may_wait_and_no_more(imports: Budgeted, shop: Shop) -> None:
    imports.budget = Budget(imports=2)
    first = imports.upload(LIST, "primera.csv")
    imports.review(LIST)
    with pytest.raises(NoRoom, match=r"primera\.csv"):
        imports.upload(LIST)
    assert len(imports.files()) == 3, "two uploads, and the rows of the one that was reviewed"
    other = Budgeted(imports.app, shop.add_admin("otra"))
    other.budget = imports.budget
    other.upload(LIST)
    imports.cancel(first)
    imports.upload(LIST)


def test_what_has_ended_does_not_wait(imports: Budgeted) -> None:
    imports.budget = Budget(imports=1)
    for _ in range(3):
        imports.run(LIST)


@pytest.mark.both_databases
def test_of_many_at_once_as_many_as_may(imports: Budgeted) -> None:
    imports.budget = Budget(imports=3)

    def upload() -> None:
        with suppress(NoRoom):
            imports.upload(LIST)

    with imports.app.app_context(), write_transaction(db.engine) as connection:
        connection.execute(db.select(Usuario.id).where(Usuario.id == imports.account).with_for_update())
        threads = in_threads(8, upload)
        wait_until(lambda: imports.folder.exists() and len(imports.files()) == 8)
        if db.engine.dialect.name == "postgresql":
            wait_until(lambda: connection.scalar(WAITING_FOR_LOCKS) == 8)
    for each in threads:
        each.join()
    assert len(imports.files()) == 3


WAITING_FOR_LOCKS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def test_lists_that_wait_may_have_so_many_bytes(imports: Budgeted) -> None:
    large = LIST + "Luz,3001234568\n" * 100
    imports.budget = Budget(account_bytes=3_000)
    imports.upload(large, "primera.csv")
    with pytest.raises(NoRoom, match=r"primera\.csv"):
        imports.upload(large)
    assert len(imports.files()) == 1
    imports.upload(LIST)


def test_what_a_spreadsheet_becomes_counts_as_well(imports: Budgeted) -> None:
    imports.budget = Budget(account_bytes=500_000)
    with pytest.raises(NoRoom):
        imports.upload(awful.repeated_text(1_000, 1_000))
    assert imports.files() == []


def test_all_shops_together_may_have_so_many_bytes(imports: Budgeted, shop: Shop) -> None:
    large = LIST + "Luz,3001234568\n" * 100
    imports.upload(large)
    other = Budgeted(imports.app, shop.add_admin("otra"))
    other.budget = Budget(bytes=3_000)
    with pytest.raises(NoRoom, match=r"servidor|server") as refusal:
        other.upload(large)
    assert "csv" not in refusal.value.message, "another shop's lists are not told of"
    other.upload(LIST)


def test_the_page_says_what_waits_and_lists_it(admin: CheckingClient, imports: Budgeted) -> None:
    waiting = [imports.upload(LIST, f"lista {n}.csv") for n in range(9)]
    for _ in range(services.LISTED):
        imports.cancel(imports.upload(LIST))
    waiting.append(imports.upload(LIST))
    answer = admin.post(
        "/clientes/importar/",
        data={"archivo": (BytesIO(LIST.encode()), "otra.csv"), "csrf_token": admin.token()},
    )
    assert answer.status_code == 200
    assert 'id="archivo-errors"' in answer.text
    assert "lista 0.csv" in answer.text.partition('id="archivo-errors"')[2].partition("</div>")[0]
    assert all(f'id="import-{each}"' in answer.text for each in waiting)
    assert len(imports.files()) == 10


def test_a_text_that_a_spreadsheet_repeats_fills_no_disk(imports: Budgeted) -> None:
    bomb = awful.repeated_text(30_000, 50_000)
    assert len(bomb) < 300_000
    assert 5 * MAX_WRITTEN < 30_000 * 50_000
    with pytest.raises(DomainError, match="CSV"):
        imports.upload(bomb)
    assert imports.files() == []


def test_another_sheet_that_is_refused_leaves_the_one_before(
    imports: Budgeted, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = imports.upload(awful.spreadsheet(), "libro.xlsx")
    before = {path.name: path.read_bytes() for path in imports.files()}
    monkeypatch.setattr(conversion_line, "WAIT_SECONDS", 0.0)
    with conversion_line.turn(imports.folder), pytest.raises(DomainError), imports.app.test_request_context():
        uploading.choose_sheet(imports.account, import_id, "Proveedores", imports.place)
    assert {path.name: path.read_bytes() for path in imports.files()} == before


def in_threads(count: int, act: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=act) for _ in range(count)]
    for each in threads:
        each.start()
    return threads


def test_conversions_stand_in_a_line_that_has_an_end(tmp_path: Path) -> None:
    at_work, most, refused = 0, 0, 0
    waiting = threading.Semaphore(0)

    def convert() -> None:
        nonlocal at_work, most, refused
        waiting.release()
        try:
            with conversion_line.turn(tmp_path):
                at_work += 1
                most = max(most, at_work)
                at_work -= 1
        except Refused:
            refused += 1

    with conversion_line.turn(tmp_path):
        threads = in_threads(20, convert)
        for _ in threads:
            waiting.acquire()
        wait_until(lambda: refused == 20 - conversion_line.MOST_IN_LINE + 1)
    for each in threads:
        each.join()
    assert (most, refused) == (1, 20 - conversion_line.MOST_IN_LINE + 1)


def test_a_turn_that_does_not_come_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion_line, "WAIT_SECONDS", 0.2)
    elsewhere = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(elsewhere, fcntl.LOCK_EX)
    with pytest.raises(Refused), conversion_line.turn(tmp_path):
        pass
    os.close(elsewhere)
    with conversion_line.turn(tmp_path):
        pass
