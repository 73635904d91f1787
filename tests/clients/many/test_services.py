"""What is done to a whole selection: that it reaches all of it, nothing else, and nobody else's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.clients.many import services as many
from clientes_app.clients.many.batches import BATCH, SLOW_BATCH, change
from clientes_app.clients.search.criteria import Search, Status
from clientes_app.clients.search.selection import Selection, Ticked
from clientes_app.clients.tags import services as tags
from clientes_app.clients.tags import tagging
from clientes_app.extensions import db
from clientes_app.models import CambioDeCliente, Cliente, ClienteEtiqueta, Etiqueta, SMSLog, TipoDeCambio, Venta

from ...support.campaigns import Campaigns
from ...support.shop import Shop

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]

ALL = Search(status=Status.ALL)


@pytest.fixture
def other(shop: Shop) -> int:
    """Another account."""
    return shop.add_admin("otra")


def tagged_with(tag_id: int) -> set[int]:
    db.session.commit()
    return set(db.session.scalars(select(ClienteEtiqueta.cliente_id).where(ClienteEtiqueta.etiqueta_id == tag_id)))


def active_ids() -> set[int]:
    db.session.commit()
    return set(db.session.scalars(select(Cliente.id).where(Cliente.activo)))


def client_ids() -> set[int]:
    db.session.commit()
    return set(db.session.scalars(select(Cliente.id)))


def test_ticked_or_found_clients_are_counted(shop: Shop, account: int, other: int) -> None:
    ana, eva = shop.add_client(account, "Ana"), shop.add_client(account, "Eva", activo=False)
    theirs = shop.add_client(other, "Ana")
    assert many.count_selected(account, Ticked((ana, eva, ana, theirs, 999))) == 2
    assert many.count_selected(account, Ticked(())) == 0
    assert many.count_selected(account, Search()) == 1
    assert many.count_selected(account, Search("ana", Status.ALL)) == 1


@pytest.mark.parametrize("whole", [False, True])
def test_tags_are_given_and_taken(shop: Shop, account: int, other: int, whole: bool) -> None:
    mine = {shop.add_client(account, "Ana"), shop.add_client(account, "Eva")}
    theirs = shop.add_client(other, "Ana")
    selection: Selection = ALL if whole else Ticked((*mine, theirs))
    vip, far = tags.store_tags(account, ["VIP", "Lejos"])
    assert many.add_tags(account, selection, [vip, far], by=NOBODY) == 2
    assert many.add_tags(account, selection, [vip], by=NOBODY) == 2, "what was done is done again without harm"
    assert tagged_with(vip) == tagged_with(far) == mine
    assert many.remove_tags(account, selection, [vip], by=NOBODY) == 2
    assert (tagged_with(vip), tagged_with(far)) == (set(), mine)


def test_stories_tell_whose_tags_are_given_and_taken(shop: Shop, account: int) -> None:
    ana, eva = shop.add_client(account, "Ana"), shop.add_client(account, "Eva")
    (vip,) = tags.store_tags(account, ["VIP"])
    who = Actor(person_id=account, account_id=account)
    many.add_tags(account, Ticked((ana,)), [vip], by=who)
    many.add_tags(account, ALL, [vip], by=who)
    many.remove_tags(account, Ticked((eva,)), [vip], by=who)
    many.remove_tags(account, Ticked((eva,)), [vip], by=who)
    tagging.tag_client(account, eva, ["Lejos"], by=who)
    given, taken = {"etiquetas": ["VIP"]}, {"etiquetas_quitadas": ["VIP"]}
    assert stories() == [(ana, given), (eva, given), (eva, taken), (eva, {"etiquetas": ["Lejos"]})]
    tagging.delete_tag(account, vip)
    assert len(stories()) == 4, "that is done to the tag"


def stories() -> list[tuple[int, dict[str, object]]]:
    db.session.commit()
    told = select(CambioDeCliente.cliente_id, CambioDeCliente.detalle).order_by(CambioDeCliente.id)
    return [tuple(row) for row in db.session.execute(told.where(CambioDeCliente.hecho_por_id.is_not(None)))]


def test_another_accounts_tags_and_clients_are_left_alone(shop: Shop, account: int, other: int) -> None:
    mine, theirs = shop.add_client(account, "Ana"), shop.add_client(other, "Eva")
    (their_tag,) = tags.store_tags(other, ["VIP"])
    (my_tag,) = tags.store_tags(account, ["VIP"])
    many.add_tags(other, Ticked((theirs,)), [their_tag], by=NOBODY)
    many.add_tags(account, Ticked((mine, theirs)), [their_tag], by=NOBODY)
    many.add_tags(account, Ticked((theirs,)), [my_tag], by=NOBODY)
    assert (tagged_with(their_tag), tagged_with(my_tag)) == ({theirs}, set())
    many.remove_tags(account, Ticked((mine, theirs)), [their_tag], by=NOBODY)
    assert tagged_with(their_tag) == {theirs}


@pytest.mark.parametrize("active", [True, False])
def test_activity_is_set(shop: Shop, account: int, other: int, active: bool) -> None:
    on, off = shop.add_client(account), shop.add_client(account, activo=False)
    theirs = shop.add_client(other, activo=not active)
    assert many.set_active(account, Ticked((on, off, theirs)), active, by=Actor(account)) == 2
    assert active_ids() - {theirs} == ({on, off} if active else set())
    assert (theirs in active_ids()) is not active


@pytest.mark.parametrize("active", [True, False])
def test_the_story_of_those_whose_activity_changes_tells_it(shop: Shop, account: int, active: bool) -> None:
    changed, same = shop.add_client(account, activo=not active), shop.add_client(account, activo=active)
    many.set_active(account, Ticked((changed, same)), active, by=Actor(account))
    (told,) = db.session.scalars(select(CambioDeCliente))
    assert (told.cliente_id, told.tipo, told.hecho_por_id) == (changed, TipoDeCambio.EDITADO, account)
    assert told.detalle == {"activo": [not active, active]}


def test_deactivating_a_search_of_active_ones_reaches_all_of_them(shop: Shop, account: int) -> None:
    shop.add_clients(account, [f"300{place:07}" for place in range(30)])
    assert many.set_active(account, Search(), active=False, by=Actor(account)) == 30
    assert active_ids() == set()


def test_deletion_keeps_those_with_sales_and_names_them(shop: Shop, account: int, other: int) -> None:
    sold, rest = shop.add_client(account, "Ana"), shop.add_client(account, "Eva")
    theirs = shop.add_client(other, "Ida")
    shop.add(Venta(cliente_id=sold, total=Decimal(1), usuario_id=account))
    before = many.buyers(account, ALL)
    assert before == many.Buyers(1, ("Ana",))
    done = many.delete_clients(account, Ticked((sold, rest, theirs)), by=NOBODY)
    assert done == many.Deletion(1, before)
    assert client_ids() == {sold, theirs}


def test_a_sale_that_another_account_recorded_protects_as_well(shop: Shop, account: int, other: int) -> None:
    sold = shop.add_client(account, "Ana")
    shop.add(Venta(cliente_id=sold, total=Decimal(1), usuario_id=other))
    assert many.delete_clients(account, ALL, by=NOBODY) == many.Deletion(0, many.Buyers(1, ("Ana",)))
    assert client_ids() == {sold}


def test_no_more_than_some_are_named(shop: Shop, account: int) -> None:
    for place in range(many.NAMED + 5):
        client_id = shop.add_client(account, f"Cliente {place:02}")
        shop.add(Venta(cliente_id=client_id, total=Decimal(1), usuario_id=account))
    kept = many.delete_clients(account, ALL, by=NOBODY).kept
    assert (kept.count, kept.names[0], len(kept.names)) == (many.NAMED + 5, "Cliente 00", many.NAMED)


def test_a_deleted_client_leaves_its_messages(shop: Shop, account: int, campaigns: Campaigns) -> None:
    client_id = shop.add_client(account, "Ana")
    (tag,) = tags.store_tags(account, ["VIP"])
    many.add_tags(account, ALL, [tag], by=NOBODY)
    campaigns.start_to([client_id])
    many.delete_clients(account, ALL, by=NOBODY)
    message = db.session.scalars(select(SMSLog)).one()
    assert (message.cliente_id, message.nombre) == (None, "Ana")
    assert tagged_with(tag) == set()


def test_more_than_a_batch_is_done_whole(shop: Shop, account: int) -> None:
    ids = shop.add_clients(account, ["3001234567"] * (SLOW_BATCH * 2 + 1))
    (tag,) = tags.store_tags(account, ["VIP"])
    assert change(ids, lambda connection, batch: len(connection.execute(batch).all()), SLOW_BATCH) == len(ids)
    many.add_tags(account, ALL, [tag], by=NOBODY)
    assert tagged_with(tag) == set(ids)
    assert many.delete_clients(account, ALL, by=NOBODY).deleted == len(ids)
    assert client_ids() == set()
    assert BATCH >= SLOW_BATCH


def test_merging_tags_moves_their_clients(shop: Shop, account: int, other: int) -> None:
    ana, eva = shop.add_client(account, "Ana"), shop.add_client(account, "Eva")
    vip, gold = tags.store_tags(account, ["VIP", "Oro"])
    tagging.tag_clients(account, [ana, eva], vip, by=NOBODY)
    tagging.tag_clients(account, [eva], gold, by=NOBODY)
    assert tagging.merge_tags(account, vip, gold).nombre == "Oro"
    assert tagged_with(gold) == {ana, eva}
    assert [tag.nombre for tag in tags.list_tags(db.session(), account)] == ["Oro"]
    assert db.session.get(Etiqueta, vip) is None
    assert tags.list_tags(db.session(), other) == []
