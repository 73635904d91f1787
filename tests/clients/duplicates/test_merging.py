"""Merging two clients: nothing of either is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, text

from clientes_app.audit_log import Actor
from clientes_app.clients import services
from clientes_app.clients.duplicates import merging
from clientes_app.clients.duplicates import services as duplicates
from clientes_app.clients.duplicates.services import Likeness
from clientes_app.clients.sales import services as sales
from clientes_app.clients.tags import services as tags
from clientes_app.clients.timeline import Kind, story_of
from clientes_app.errors import Conflict, DomainError, NotFound
from clientes_app.extensions import db, unit_of_work
from clientes_app.fields.values import values_of
from clientes_app.models import (
    Baja,
    CambioDeCliente,
    CampanaSMS,
    Cliente,
    ClienteEtiqueta,
    Distintos,
    EstadoSMS,
    OrigenBaja,
    SMSLog,
    TipoDeCampo,
    Venta,
)
from clientes_app.values.amounts import LARGEST

from ...support.own_fields import add_field, give
from ...support.shop import Shop, account_of

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]

EARLIER, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture
def kept(shop: Shop, account: int) -> int:
    return shop.add_client(account, "Laura Méndez", "3001234567", creado=EARLIER)


@pytest.fixture
def dropped(shop: Shop, account: int) -> int:
    return shop.add_client(account, "Laura Mendes", "3107654321", documento="7700", activo=False, creado=LATER)


def merge(account: int, one: int, other: int, **chosen: int) -> Cliente:
    return merging.merge(account_of(account), (one, other), chosen, by=Actor(account))


def add_sale(shop: Shop, account: int, client_id: int, total: str, moment: datetime = EARLIER) -> None:
    shop.add(Venta(cliente_id=client_id, total=Decimal(total), fecha=moment, usuario_id=account))


def add_messages(shop: Shop, account: int, *client_ids: int) -> None:
    campaign = CampanaSMS(
        nombre="Promo",
        mensaje="Hola",
        usuario_id=account,
        enviada_por_id=account,
        total_clientes=len(client_ids),
        omitidos=len(client_ids),
    )
    campaign_id = shop.add(campaign)
    for client_id in client_ids:
        shop.add(SMSLog(campana_id=campaign_id, cliente_id=client_id, nombre="Laura", estado=EstadoSMS.OMITIDO))


def tag(account: int, client_id: int, *names: str) -> None:
    with unit_of_work() as session:
        ids = tags.find_or_create_tags(session, account, names)
        session.add_all(ClienteEtiqueta(etiqueta_id=number, cliente_id=client_id) for number in ids)


def tags_of(client_id: int) -> int:
    return db.session.scalar(db.select(func.count()).where(ClienteEtiqueta.cliente_id == client_id)) or 0


def everything(app: Flask) -> dict[str, list[str]]:
    with app.app_context(), db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")))) for name in names}


def test_sales_messages_and_tags_move_and_their_sums_hold(shop: Shop, account: int, kept: int, dropped: int) -> None:
    bystander = shop.add_client(account, "Pedro", "1")
    add_sale(shop, account, kept, "0.10")
    add_sale(shop, account, dropped, "0.20", LATER)
    add_sale(shop, account, dropped, "59900")
    add_sale(shop, account, bystander, "7")
    add_messages(shop, account, kept, dropped, dropped, bystander)
    tag(account, kept, "VIP", "Moda")
    tag(account, dropped, "vip", "Zapatos")

    moves = merging.propose(account, (dropped, kept)).moves
    assert moves == merging.Moves(sales=2, messages=2, tags=1)
    client = merge(account, dropped, kept)

    assert client.id == kept
    db.session.refresh(client)
    assert (client.total_compras, client.ultima_compra) == (Decimal("59900.30"), LATER)
    assert db.session.scalar(db.select(func.count(Venta.id)).where(Venta.cliente_id == kept)) == 3
    assert db.session.scalar(db.select(func.count(SMSLog.id)).where(SMSLog.cliente_id == kept)) == 3
    assert db.session.scalar(db.select(func.count(SMSLog.id))) == 4
    assert tags_of(kept) == 3
    assert db.session.get(Cliente, dropped) is None
    assert db.session.scalar(db.select(func.sum(Venta.total))) == Decimal("59907.30")


def test_the_older_ones_values_are_kept_where_it_has_any(account: int, kept: int, dropped: int) -> None:
    assert merging.propose(account, (kept, dropped)).preferred == {
        "nombre": kept,
        "telefono": kept,
        "documento": dropped,
        "activo": kept,
    }
    client = merge(account, kept, dropped)
    assert (client.nombre, client.telefono, client.documento, client.activo) == (
        "Laura Méndez",
        "3001234567",
        "7700",
        True,
    )
    assert client.documento_clave == "7700"
    assert "7700" in client.busqueda


def test_sums_beyond_what_is_kept_do_not_keep_two_apart(shop: Shop, account: int, kept: int, dropped: int) -> None:
    for client in (kept, dropped):
        shop.add_sale(account, client, 999_999_999_999)
    merged = merge(account, kept, dropped)
    db.session.refresh(merged)
    assert merged.total_compras == LARGEST
    assert sales.sales_to(account, kept).total == 2 * 999_999_999_999


def test_two_spellings_of_a_number_or_document_are_no_choice(shop: Shop, account: int) -> None:
    one = shop.add_client(account, "Laura", "300 123 4567", documento="1.020")
    two = shop.add_client(account, "Laura", "+573001234567", documento="1020")
    assert merging.propose(account, (one, two)).preferred == {}
    client = merge(account, one, two, telefono=two)
    assert (client.telefono, client.documento) == ("300 123 4567", "1.020")


def test_what_is_chosen_is_taken_with_its_keys(account: int, kept: int, dropped: int) -> None:
    client = merge(account, kept, dropped, nombre=dropped, telefono=dropped, activo=dropped, documento=kept)
    assert (client.nombre, client.telefono_e164, client.documento, client.activo) == (
        "Laura Mendes",
        "+573107654321",
        "",
        False,
    )
    assert "3107654321" in client.busqueda
    assert "3001234567" not in client.busqueda


def test_a_choice_of_a_third_client_takes_nothing_from_it(shop: Shop, account: int, kept: int, dropped: int) -> None:
    stranger = shop.add_client(shop.add_admin("otra"), "Secreto")
    assert merge(account, kept, dropped, nombre=stranger).nombre == "Laura Méndez"


@pytest.mark.parametrize("case", [("+573001234567", "dropped"), ("+573107654321", "kept")])
def test_who_wants_no_messages_on_one_number_wants_none_on_the_other(
    shop: Shop, account: int, kept: int, dropped: int, case: tuple[str, str]
) -> None:
    out, chosen = case
    shop.add(Baja(telefono_e164=out, origen=OrigenBaja.MENSAJE, usuario_id=account))
    client = merge(account, kept, dropped, telefono={"kept": kept, "dropped": dropped}[chosen])
    listed = set(db.session.execute(db.select(Baja.telefono_e164, Baja.origen)).all())
    assert listed == {(out, OrigenBaja.MENSAJE), (client.telefono_e164, OrigenBaja.MENSAJE)}


def test_nobody_opts_out_by_being_merged(shop: Shop, account: int, kept: int, dropped: int) -> None:
    other = shop.add_admin("otra")
    shop.add(Baja(telefono_e164="+573107654321", origen=OrigenBaja.MENSAJE, usuario_id=other))
    merge(account, kept, dropped)
    assert db.session.scalars(db.select(Baja.usuario_id)).all() == [other]


def test_the_story_tells_of_both(shop: Shop, account: int) -> None:
    one = services.create_client(account_of(account), {"nombre": "Laura"}, by=Actor(account))
    two = services.create_client(
        account_of(account), {"nombre": "Lau", "telefono": "300"}, by=Actor(shop.add_seller(account))
    )
    services.edit_client(account_of(account), two.id, {"nombre": "Laurita"}, by=Actor(account))
    client = merge(account, one.id, two.id)
    told: list[tuple[Any, ...]] = [
        (entry.kind, entry.name, entry.what.detalle if entry.what else None) for entry in story_of(client).entries
    ]
    assert sorted(told[:2]) == [
        (Kind.EDITED, "ana", {"telefono": ["", "300"]}),
        (
            Kind.MERGED,
            "ana",
            {
                "nombre": "Laurita",
                "telefono": "300",
                "documento": "",
                "activo": True,
                "creado": two.creado.isoformat(),
            },
        ),
    ]
    assert told[2:] == [
        (Kind.EDITED, "ana", {"nombre": ["Lau", "Laurita"]}),
        (Kind.CREATED, "vero", {"nombre": "Laurita"}),
        (Kind.CREATED, "ana", {}),
    ]


def test_who_differs_from_the_one_dropped_differs_from_the_one_kept(shop: Shop, account: int) -> None:
    one, two, three = (shop.add_client(account, "Laura", "3001234567") for _ in range(3))
    duplicates.set_apart(account, two, three)
    duplicates.set_apart(account, one, two)
    merge(account, one, two)
    assert duplicates.find_page(account, Likeness.NUMBER).groups == []
    assert [(row.menor_id, row.mayor_id) for row in db.session.scalars(db.select(Distintos))] == [(one, three)]


def test_who_is_gone_cannot_be_merged(app: Flask, account: int, kept: int, dropped: int) -> None:
    merge(account, kept, dropped)
    before = everything(app)
    for attempt in (merging.propose, lambda account, ids: merge(account, *ids)):
        with pytest.raises(NotFound):
            attempt(account, (kept, dropped))
        with pytest.raises(DomainError):
            attempt(account, (kept, kept))
    assert everything(app) == before


def test_own_fields_are_chosen_like_the_others(shop: Shop, account: int, kept: int, dropped: int) -> None:
    pet, size, points, same = (
        add_field(shop, account, "Mascota", TipoDeCampo.TEXTO),
        add_field(shop, account, "Talla", TipoDeCampo.OPCION, "S", "M"),
        add_field(shop, account, "Puntos", TipoDeCampo.NUMERO),
        add_field(shop, account, "Nace", TipoDeCampo.FECHA),
    )
    give(shop, account, kept, {pet: "Toby", size: "S", same: "--05-17"})
    give(shop, account, dropped, {pet: "Michi", size: "M", points: "1.5", same: "--05-17"})
    own = merging.propose(account, (kept, dropped)).own
    assert [(each.field.id, each.preferred) for each in own] == [(pet, kept), (size, kept), (points, dropped)]
    merging.merge(
        account_of(account), (kept, dropped), {f"campo_{size}": dropped, f"campo_{pet}": 7}, by=Actor(account)
    )
    assert values_of(db.session(), [kept, dropped]) == {kept: {pet: "Toby", size: "M", points: "1.5", same: "--05-17"}}
    edited, merged = db.session.scalars(db.select(CambioDeCliente).order_by(CambioDeCliente.id)).all()[-2:]
    assert edited.detalle["campos"] == {"Talla": ["S", "M"], "Puntos": ["", "1,5"]}
    assert merged.detalle["campos"] == {"Mascota": "Michi", "Talla": "M", "Puntos": "1,5", "Nace": "17/05"}


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """Do several things at the same moment, each in an app context of its own; answer the error of what fails."""
    start = Barrier(len(works))

    def do(work: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return work()
            except (NotFound, Conflict) as error:
                return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(do, works))


def test_of_two_who_merge_at_once_one_is_late(app: Flask, shop: Shop, account: int, kept: int, dropped: int) -> None:
    add_sale(shop, account, kept, "1")
    add_sale(shop, account, dropped, "2")
    answers = at_once(app, lambda: merge(account, kept, dropped), lambda: merge(account, dropped, kept))
    assert sorted(type(answer).__name__ for answer in answers) == ["Cliente", "NotFound"]
    client = services.find_client(account, kept)
    assert client.total_compras == Decimal(3)


def test_a_sale_that_comes_in_between_is_kept_or_refused(app: Flask, account: int, kept: int, dropped: int) -> None:
    sale = sales.NewSale(Decimal(5))
    _, answer = at_once(
        app,
        lambda: merge(account, kept, dropped),
        lambda: sales.record_sale(account_of(account), dropped, sale),
    )
    made = Decimal(0) if isinstance(answer, NotFound) else Decimal(5)
    assert services.find_client(account, kept).total_compras == made
    assert sales.sales_to(account, kept).total == made


def test_another_accounts_client_is_not_touched(app: Flask, shop: Shop, account: int, kept: int, dropped: int) -> None:
    other = shop.add_admin("otra")
    theirs = shop.add_client(other, "Laura Méndez")
    before = everything(app)
    for ids in ((kept, theirs), (theirs, kept), (kept, 2**70), (0, kept)):
        with pytest.raises(NotFound):
            merge(account, *ids)
        with pytest.raises(NotFound):
            merging.propose(account, ids)
    with pytest.raises(NotFound):
        merging.merge(account_of(other), (kept, dropped), {}, by=Actor(other))
    assert everything(app) == before


def test_changes_of_other_clients_stay(shop: Shop, account: int, kept: int, dropped: int) -> None:
    bystander = services.create_client(account_of(account), {"nombre": "Pedro"}, by=Actor(account))
    merge(account, kept, dropped)
    changes = db.session.scalars(db.select(CambioDeCliente).filter_by(cliente_id=bystander.id)).all()
    assert [change.detalle for change in changes] == [{}]
