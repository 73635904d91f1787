"""Which clients are likely doubles, and which are no longer."""

from __future__ import annotations

import pytest

from clientes_app.clients.duplicates import services as duplicates
from clientes_app.clients.duplicates.services import Likeness
from clientes_app.errors import DomainError, NotFound
from clientes_app.extensions import db
from clientes_app.models import Distintos

from ...support.shop import Shop

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


def pairs(account: int, likeness: Likeness, after: str = "") -> list[list[tuple[int, int]]]:
    db.session.rollback()  # ends the reading transaction: what others stored since is seen
    page = duplicates.find_page(account, likeness, after)
    return [[(pair.older.id, pair.newer.id) for pair in group.pairs] for group in page.groups]


def test_the_same_number_however_it_is_written(shop: Shop, account: int) -> None:
    one = shop.add_client(account, "Laura", "300 123 4567")
    two = shop.add_client(account, "Pedro", "+573001234567", activo=False)
    shop.add_client(account, "Sin número", "")
    shop.add_client(account, "Sin número tampoco", "")
    shop.add_client(account, "Otro", "3001234568")
    assert pairs(account, Likeness.NUMBER) == [[(one, two)]]


def test_the_same_document_however_it_is_written(shop: Shop, account: int) -> None:
    one = shop.add_client(account, "Laura", "1", documento="1.020.345-6")
    two = shop.add_client(account, "Pedro", "2", documento="10203456")
    shop.add_client(account, "Ana", "3", documento="")
    shop.add_client(account, "Eva", "4", documento="")
    assert pairs(account, Likeness.DOCUMENT) == [[(one, two)]]


def test_nearly_the_same_name_in_any_order(shop: Shop, account: int) -> None:
    one = shop.add_client(account, "Laura Méndez", "1")
    two = shop.add_client(account, "MENDES LAURA", "2")
    shop.add_client(account, "Laura Martínez", "3")
    assert pairs(account, Likeness.NAME) == [[(one, two)]]


def test_what_a_group_shares_is_told_of_each_client(shop: Shop, account: int) -> None:
    for name, document in (("Laura", "7"), ("Laura", "8"), ("Pedro", "8")):
        shop.add_client(account, name, "3001234567", documento=document)
    (group,) = duplicates.find_page(account, Likeness.NUMBER).groups
    assert (group.size, group.more) == (3, False)
    shared = [[likeness.value for likeness in Likeness if group.shares(each, likeness)] for each in group.clients]
    assert shared == [["numero", "nombre"], ["numero", "documento", "nombre"], ["numero", "documento"]]


def test_who_is_said_to_differ_is_a_double_no_more(shop: Shop, account: int) -> None:
    one, two, three = (shop.add_client(account, "Laura", "3001234567") for _ in range(3))
    duplicates.set_apart(account, two, one)
    duplicates.set_apart(account, one, two)
    for likeness in (Likeness.NUMBER, Likeness.NAME):
        assert pairs(account, likeness) == [[(one, three), (two, three)]]
    duplicates.set_apart(account, one, three)
    duplicates.set_apart(account, three, two)
    assert pairs(account, Likeness.NUMBER) == []
    four = shop.add_client(account, "Laura", "3001234567")
    assert pairs(account, Likeness.NUMBER) == [[(one, four), (two, four), (three, four)]]


def test_a_large_group_shows_some_pairs_and_how_many_clients_there_are(shop: Shop, account: int) -> None:
    ids = [shop.add_client(account, "Laura", "3001234567") for _ in range(9)]
    (group,) = duplicates.find_page(account, Likeness.NUMBER).groups
    assert (group.size, len(group.pairs), group.more) == (9, duplicates.SHOWN_PAIRS, True)
    assert [client.id for client in group.clients] == ids[: duplicates.SHOWN_PAIRS + 1]


def test_pages_are_full_though_many_groups_are_settled(
    monkeypatch: pytest.MonkeyPatch, shop: Shop, account: int
) -> None:
    monkeypatch.setattr(duplicates, "PAGE_SIZE", 2)
    groups = [[shop.add_client(account, "x", f"300123000{group}") for _ in range(2)] for group in range(8)]
    for one, two in groups[:6:2]:
        duplicates.set_apart(account, one, two)
    first = duplicates.find_page(account, Likeness.NUMBER)
    assert [group.key for group in first.groups] == ["+573001230001", "+573001230003"]
    assert first.after == "+573001230003"
    second = duplicates.find_page(account, Likeness.NUMBER, first.after)
    assert [group.key for group in second.groups] == ["+573001230005", "+573001230006"]
    third = duplicates.find_page(account, Likeness.NUMBER, second.after or "")
    assert ([group.key for group in third.groups], third.after) == (["+573001230007"], None)


def test_accounts_do_not_mix(shop: Shop, account: int) -> None:
    other = shop.add_admin("otra")
    mine = shop.add_client(account)
    theirs = [shop.add_client(other) for _ in range(2)]
    assert pairs(account, Likeness.NUMBER) == pairs(account, Likeness.NAME) == []
    for one, two in ((mine, theirs[0]), (theirs[0], mine), tuple(theirs), (mine, 999), (mine, 2**70)):
        with pytest.raises(NotFound):
            duplicates.set_apart(account, one, two)
    with pytest.raises(DomainError):
        duplicates.set_apart(account, mine, mine)
    assert db.session.scalars(db.select(Distintos)).all() == []
    assert pairs(other, Likeness.NUMBER) == [[tuple(theirs)]]
