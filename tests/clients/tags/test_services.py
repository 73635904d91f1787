"""Tags: the same by whatever name, an account's own, renamed, merged, deleted."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from clientes_app.audit_log import NOBODY
from clientes_app.clients.tags import services as tags
from clientes_app.clients.tags import tagging
from clientes_app.errors import NotFound
from clientes_app.extensions import db
from clientes_app.models import Cliente

from ...support.shop import Shop

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


def names_of(account_id: int, client_id: int) -> list[str]:
    return [tag.nombre for tag in tags.tags_of(db.session(), account_id, [client_id]).get(client_id, [])]


def test_one_tag_has_one_name_however_it_is_typed(account: int) -> None:
    first = tags.store_tags(account, ["Café  ", "VIP"])
    assert tags.store_tags(account, ["cafe", "vip", "CAFÉ", " "]) == first
    fair = tags.store_tags(account, ["Feria  del   Hogar"])
    assert tags.store_tags(account, ["Feria del Hogar", "feria\u00a0 del hogar"]) == fair
    assert [tag.nombre for tag in tags.list_tags(db.session(), account)] == ["Café", "Feria del Hogar", "VIP"]


def test_a_client_is_given_tags_and_loses_them(shop: Shop, account: int) -> None:
    ana, eva = shop.add_client(account, "Ana"), shop.add_client(account, "Eva")
    tagging.tag_client(account, ana, ["VIP", "Lejos"], by=NOBODY)
    tagging.tag_client(account, ana, ["vip"], by=NOBODY)
    tagging.tag_client(account, eva, ["VIP"], by=NOBODY)
    assert names_of(account, ana) == ["Lejos", "VIP"]
    (vip,) = tags.store_tags(account, ["VIP"])
    tagging.untag_client(account, ana, vip, by=NOBODY)
    tagging.untag_client(account, ana, vip, by=NOBODY)
    assert (names_of(account, ana), names_of(account, eva)) == (["Lejos"], ["VIP"])
    assert [(counted.tag.nombre, counted.count) for counted in tags.count_tagged(account)] == [("Lejos", 1), ("VIP", 1)]
    assert tags.count_one(account, vip).count == 1


def test_who_has_a_tag_is_looked_up_client_by_client(shop: Shop, account: int) -> None:
    """Of a tag that is just being given PostgreSQL knows nothing: it would go through all who have it for each."""
    (vip,) = tags.store_tags(account, ["VIP"])
    told: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("INSERT INTO cambio_de_cliente"):
            told.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    tagging.tag_clients(account, shop.add_clients(account, ["3001234567", "3001234568"]), vip, by=NOBODY)
    event.remove(db.engine, "before_cursor_execute", note)
    (statement, parameters) = told[0]
    explain, in_turn = {"sqlite": ("EXPLAIN QUERY PLAN", "CORRELATED"), "postgresql": ("EXPLAIN", "SubPlan")}[
        db.engine.dialect.name
    ]
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    assert in_turn in str(plan)


def test_another_accounts_client_or_tag_does_not_exist(shop: Shop, account: int) -> None:
    other = shop.add_admin("otra")
    theirs = shop.add_client(other, "Ida")
    tagging.tag_client(other, theirs, ["VIP"], by=NOBODY)
    (their_tag,) = tags.store_tags(other, ["VIP"])
    (mine,) = tags.store_tags(account, ["Mía"])
    for refused in (
        lambda: tagging.tag_client(account, theirs, ["Mía"], by=NOBODY),
        lambda: tagging.untag_client(account, theirs, their_tag, by=NOBODY),
        lambda: tagging.delete_tag(account, their_tag),
        lambda: tagging.merge_tags(account, their_tag, mine),
        lambda: tagging.merge_tags(account, mine, their_tag),
        lambda: tags.rename_tag(account, their_tag, "Otra"),
        lambda: tags.count_one(account, their_tag),
    ):
        with pytest.raises(NotFound):
            refused()
    assert names_of(other, theirs) == ["VIP"]
    assert names_of(account, theirs) == []
    assert tags.known_tags(account, [their_tag, mine], ["VIP"]) == tags.list_tags(db.session(), account)


def test_who_is_given_a_tag_while_it_is_merged_keeps_it(app: Flask, shop: Shop, account: int) -> None:
    vip, gold = tags.store_tags(account, ["VIP", "Oro"])
    tagging.tag_clients(account, shop.add_clients(account, ["3001234567", "3001234568"]), vip, by=NOBODY)
    late = shop.add_client(account, "Eva")
    threads: list[Thread] = []

    def give_it() -> None:
        with app.app_context():
            tagging.tag_client(account, late, ["VIP"], by=NOBODY)

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO cliente_etiqueta") and not threads:
            threads.append(Thread(target=give_it))
            threads[0].start()

    event.listen(db.engine, "before_cursor_execute", meanwhile)
    tagging.merge_tags(account, vip, gold)
    threads[0].join()
    event.remove(db.engine, "before_cursor_execute", meanwhile)
    assert names_of(account, late) in (["Oro"], ["VIP"]), "it came before the merging ended, or after it"


def test_a_tag_gets_another_name_unless_another_tag_has_it(account: int) -> None:
    vip, gold = tags.store_tags(account, ["vip", "Oro"])
    assert tags.rename_tag(account, vip, " VIP ").nombre == "VIP"
    with pytest.raises(tags.SameTag, match="Oro") as refused:
        tags.rename_tag(account, vip, "óro")
    assert refused.value.other.id == gold
    assert [tag.nombre for tag in tags.list_tags(db.session(), account)] == ["Oro", "VIP"]


def test_merging_a_tag_with_itself_keeps_it(shop: Shop, account: int) -> None:
    client_id = shop.add_client(account)
    tagging.tag_client(account, client_id, ["VIP"], by=NOBODY)
    (vip,) = tags.store_tags(account, ["VIP"])
    with pytest.raises(NotFound):
        tagging.merge_tags(account, vip, vip)
    assert names_of(account, client_id) == ["VIP"]


def test_deleting_a_tag_keeps_its_clients(shop: Shop, account: int) -> None:
    client_id = shop.add_client(account)
    tagging.tag_client(account, client_id, ["VIP", "Lejos"], by=NOBODY)
    (vip,) = tags.store_tags(account, ["VIP"])
    assert tagging.delete_tag(account, vip).nombre == "VIP"
    assert names_of(account, client_id) == ["Lejos"]
    assert db.session.get(Cliente, client_id) is not None
