"""A client's story: what it tells, in which order, a page at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.clients import services
from clientes_app.clients.timeline import PAGE_SIZE, Entry, Kind, Place, story_of
from clientes_app.models import Baja, CampanaSMS, EstadoSMS, OrigenBaja, SMSLog, Venta

from ..support.shop import Shop, account_of

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]

NOON = datetime(2026, 3, 5, 17, tzinfo=UTC)
NUMBER = "+573001234567"


def told(account: int, client_id: int, before: Place | None = None) -> list[Entry]:
    return story_of(services.find_client(account, client_id), before).entries


def kinds(entries: list[Entry]) -> list[Kind]:
    return [entry.kind for entry in entries]


def add_sale(shop: Shop, account: int, client_id: int, moment: datetime = NOON) -> int:
    return shop.add(Venta(cliente_id=client_id, total=Decimal(1000), fecha=moment, usuario_id=account))


def add_message(shop: Shop, account: int, client_id: int, moment: datetime = NOON) -> int:
    campaign = shop.add(
        CampanaSMS(
            nombre="Promo", mensaje="Hola", usuario_id=account, enviada_por_id=account, total_clientes=1, omitidos=1
        )
    )
    return shop.add(
        SMSLog(campana_id=campaign, cliente_id=client_id, nombre="Laura", estado=EstadoSMS.OMITIDO, actualizado=moment)
    )


def test_who_created_and_who_edited_what(shop: Shop, account: int) -> None:
    seller = shop.add_seller(account, "vero")
    client = services.create_client(account_of(account), {"nombre": "Laura", "telefono": "300"}, by=Actor(account))
    services.edit_client(account_of(account), client.id, {"nombre": "Lucía", "telefono": "300"}, by=Actor(seller))
    services.set_active(account, client.id, False, by=NOBODY)
    switched, edited, created = told(account, client.id)
    assert (created.kind, created.name) == (Kind.CREATED, "ana")
    assert (edited.kind, edited.name, edited.what.detalle) == (Kind.EDITED, "vero", {"nombre": ["Laura", "Lucía"]})
    assert (switched.kind, switched.name, switched.what.detalle) == (Kind.EDITED, None, {"activo": [True, False]})


def test_an_edit_that_changes_nothing_is_not_told(shop: Shop, account: int) -> None:
    client = services.create_client(account_of(account), {"nombre": "Laura"}, by=Actor(account))
    services.edit_client(account_of(account), client.id, {"nombre": "Laura", "activo": True}, by=Actor(account))
    services.set_active(account, client.id, True, by=Actor(account))
    assert kinds(told(account, client.id)) == [Kind.CREATED]


def test_a_creation_that_nobody_noted_is_told_by_its_date(shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, creado=NOON)
    (created,) = told(account, client_id)
    assert (created.kind, created.place.moment, created.name) == (Kind.CREATED, NOON, None)


def test_all_kinds_stand_in_one_order(shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, creado=NOON)
    add_sale(shop, account, client_id, NOON + timedelta(days=2))
    add_message(shop, account, client_id, NOON + timedelta(days=1))
    shop.add(Baja(telefono_e164=NUMBER, origen=OrigenBaja.MENSAJE, usuario_id=account, creado=NOON + timedelta(days=3)))
    services.edit_client(account_of(account), client_id, {"documento": "7"}, by=Actor(account))
    entries = told(account, client_id)
    assert kinds(entries) == [Kind.EDITED, Kind.OPT_OUT, Kind.PURCHASE, Kind.MESSAGE, Kind.CREATED]
    assert entries[3].name == "Promo"


def test_pages_show_everything_once_though_all_happened_at_the_same_moment(shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, creado=NOON)
    for _ in range(PAGE_SIZE):
        add_sale(shop, account, client_id)
        add_message(shop, account, client_id)
    shop.add(Baja(telefono_e164=NUMBER, origen=OrigenBaja.MANUAL, usuario_id=account, creado=NOON))
    places: list[Place] = []
    before, pages = None, 0
    while before is not None or not pages:
        story = story_of(services.find_client(account, client_id), before)
        places += [entry.place for entry in story.entries]
        before, pages = story.older_than, pages + 1
    assert pages == 3
    assert len(places) == len(set(places)) == 2 * PAGE_SIZE + 2
    assert places == sorted(places, reverse=True)


def test_nothing_of_another_account_is_told(shop: Shop, account: int) -> None:
    other = shop.add_admin("otra")
    client_id, theirs = shop.add_client(account), shop.add_client(other)
    add_sale(shop, other, theirs)
    add_message(shop, other, theirs)
    add_message(shop, other, client_id)
    shop.add(Baja(telefono_e164=NUMBER, origen=OrigenBaja.MANUAL, usuario_id=other))
    assert kinds(told(account, client_id)) == [Kind.CREATED]


def test_a_place_is_written_and_read_again() -> None:
    place = Place(NOON + timedelta(microseconds=1), 4, 77)
    assert Place.from_text(str(place)) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "x_1_1",
        "2026-03-05_9_1",
        "2026-03-05_1_-1",
        f"2026-03-05_1_{2**63}",
        "2026-03-05_1_1_1",
        "0001-01-01T00:00+23:00_1_1",
    ],
)
def test_what_is_no_place_counts_as_left_out(text: Any) -> None:
    assert Place.from_text(text) is None
