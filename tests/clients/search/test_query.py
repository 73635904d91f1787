"""Searching, filtering and sorting clients."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Select, select
from werkzeug.datastructures import MultiDict

from clientes_app.audit_log import NOBODY
from clientes_app.clients import services
from clientes_app.clients.search import listing
from clientes_app.clients.search.criteria import Search, Status, YesNo
from clientes_app.clients.search.pages import Cursor, Order
from clientes_app.clients.search.query import filtering, filtering_names, matching
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Baja, Cliente, Etiqueta, OrigenBaja
from clientes_app.values.client_keys import document_key, keys_of, name_key, sought_digits
from clientes_app.values.spelling import searchable
from clientes_app.values.text import clean_line

from ...support.shop import Shop, account_of

pytestmark = pytest.mark.both_databases

CO_MIDNIGHT = timedelta(hours=5)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
AMOUNTS = st.decimals(0, 999_999_999_999, places=2)
TAGS = st.lists(st.integers(0, 2**63 - 1), max_size=4, unique=True).map(tuple)


def names(account: int, search: Search) -> list[str]:
    """Return who is found, by name, and check that all ways of asking find the same."""
    found = [set(db.session.scalars(ask(account, search))) for ask in (matching, filtering, by_name)]
    assert found[0] == found[1] == found[2]
    assert listing.count(account, search).number == len(found[0])
    return sorted(client.nombre for client in found[0])


def by_name(account: int, search: Search) -> Select[Cliente]:
    """Select whom the index of names leads to."""
    return select(Cliente).where(Cliente.id.in_(filtering_names(account, search)[0]))


@pytest.fixture
def people(app: Flask, shop: Shop, account: int, context: None) -> dict[str, int]:
    """Five clients of one account, and one of another."""
    people = {
        "María López": shop.add_client(account, "María López", "300 123 4567", documento="1.020.345-6"),
        "Mario Peña": shop.add_client(account, "Mario Peña", "3109998877", documento="98765431"),
        "José Ñáñez": shop.add_client(account, "José Ñáñez", "no tiene"),
        "Inés «la» O'Brien": shop.add_client(account, "Inés «la» O'Brien", "+14155550123", activo=False),
        '50% "Off" _x_': shop.add_client(account, '50% "Off" _x_', "3001112233"),
    }
    shop.add_client(shop.add_admin("otra"), "María Ajena", "3001234567")
    return people


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("maria", ["María López"]),
        ("MARI", ["Mario Peña", "María López"]),
        ("lopez mar", ["María López"]),
        ("ma lop", ["María López"]),
        ("nanez", ["José Ñáñez"]),
        ("300 123", ["María López"]),
        ("+57 300-123", ["María López"]),
        ("1234567", ["María López"]),
        ("1.020.345", ["María López"]),
        ("10203456", ["María López"]),
        ("ma", ["Mario Peña", "María López"]),
        ("jo", ["José Ñáñez"]),
        ("98", ["Mario Peña"]),
        ("50%", ['50% "Off" _x_']),
        ('"off"', ['50% "Off" _x_']),
        ("_x_", ['50% "Off" _x_']),
        ("o'brien", []),
        ("zzz", []),
        ('") OR 1', []),
    ],
)
def test_what_a_text_finds(people: dict[str, int], account: int, text: str, found: list[str]) -> None:
    assert names(account, Search(text)) == sorted(found)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Renata D’Angelo", ("d'angelo", "d’angelo", "D`ANGELO", "d´angelo", "dʼAngelo")),
        ("Sean O'Brien", ("o'brien", "o’brien", "O‘Brien")),
        ("Łucja Wałęsa", ("łucja", "lucja", "walesa", "WAŁĘSA", "lu")),
        ("Søren Ðorđević", ("soren", "søren", "dordevic", "đorđević", "SØREN ÐORĐEVIĆ")),
        ("Æsa Þórsdóttir", ("aesa", "æsa", "thorsdottir", "þors")),
        ("Ana–María Gil", ("ana-maria", "ana–maría", "ana‑maria")),
        ("Işıl Straße", ("isil", "ışıl", "strasse", "straße")),
    ],
)
def test_a_name_is_found_in_whatever_spelling(
    account: int, shop: Shop, context: None, name: str, texts: tuple[str, ...]
) -> None:
    shop.add_client(account, name)
    assert [names(account, Search(text)) for text in texts] == [[name]] * len(texts)


PIECES = ("Luz", "maría", "Ñáñez", "d’a", "x9", "7", "300", "1.020", "(57)", "٣٤", "−", "%", "_", "ß" * 70, "Z" * 73)
"""Of these names, numbers and documents are made: some are longer when folded, some mean something to SQL."""


def test_texts_find_what_their_words_say_by_name_too(shop: Shop, account: int, context: None) -> None:
    dice = Random(7)

    def some(most: int, longest: int) -> str:
        return clean_line(dice.choice(("", " ")).join(dice.choices(PIECES, k=dice.randint(1, most)))[:longest])

    said = [(some(5, 150), some(2, 20), some(2, 20)) for _ in range(150)]
    people = [
        Cliente(
            nombre=nombre,
            telefono=telefono,
            documento=documento,
            usuario_id=account,
            **keys_of(nombre, telefono, documento, "CO")._asdict(),
        )
        for nombre, telefono, documento in said
    ]
    with unit_of_work() as session:
        session.add_all(people)
    for _ in range(60):
        search = Search.from_values({"q": some(2, 60)})
        words = searchable(search.text).split()
        if sought_digits(searchable(search.text), "CO") or all(len(word) < 3 for word in words):
            continue
        meant = sorted(
            (person.nombre_orden, person.id) for person in people if all(word in person.busqueda for word in words)
        )
        found, by = filtering_names(account, search)
        in_order = found.add_columns(by.nombre_orden).order_by(by.nombre_orden, by.id)
        assert [(name, number) for number, name in db.session.execute(in_order)] == meant
        some_order = db.session.scalars(matching(account, search)).all()
        assert sorted((person.nombre_orden, person.id) for person in some_order) == meant


def test_the_parts_of_a_word_elsewhere_are_not_the_word(people: dict[str, int], account: int, shop: Shop) -> None:
    shop.add_client(account, "Marta Ariza Riaño", "3001112244")
    assert names(account, Search("maria")) == ["María López"]


def test_states(people: dict[str, int], account: int) -> None:
    assert names(account, Search(status=Status.INACTIVE)) == ["Inés «la» O'Brien"]
    assert len(names(account, Search(status=Status.ALL))) == 5
    assert names(account, Search("o'brien", Status.ALL)) == ["Inés «la» O'Brien"]


def test_an_edited_client_is_found_by_its_new_name_alone(people: dict[str, int], account: int) -> None:
    services.edit_client(account_of(account), people["María López"], {"nombre": "Marta Gil"}, by=NOBODY)
    assert names(account, Search("lopez")) == []
    assert names(account, Search("marta")) == ["Marta Gil"]
    services.delete_client(account, people["María López"], by=NOBODY)
    assert names(account, Search("marta")) == []


def test_numbers_and_opt_outs(people: dict[str, int], account: int, shop: Shop) -> None:
    shop.add(Baja(telefono_e164="+573109998877", origen=OrigenBaja.MANUAL, usuario_id=account))
    assert names(account, Search(reachable=YesNo.NO)) == ["José Ñáñez"]
    assert "José Ñáñez" not in names(account, Search(reachable=YesNo.YES))
    assert names(account, Search(opted_out=YesNo.YES)) == ["Mario Peña"]
    assert "Mario Peña" not in names(account, Search(opted_out=YesNo.NO))
    assert "José Ñáñez" in names(account, Search(opted_out=YesNo.NO))


def test_purchases(people: dict[str, int], account: int, shop: Shop) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC) + CO_MIDNIGHT
    shop.add_sale(account, people["María López"], 40_000, fecha=day)
    shop.add_sale(account, people["María López"], 20_000, fecha=day - timedelta(days=90))
    shop.add_sale(account, people["Mario Peña"], 59_999, fecha=day - timedelta(minutes=1))
    assert names(account, Search(bought_since=date(2026, 3, 1))) == ["María López"]
    assert "María López" not in names(account, Search(not_bought_since=date(2026, 3, 1)))
    assert "José Ñáñez" in names(account, Search(not_bought_since=date(2026, 3, 1)))
    assert names(account, Search(bought_for=Decimal(60_000))) == ["María López"]


def test_an_amount_is_of_the_days_asked_for(account: int, shop: Shop, context: None) -> None:
    june = datetime(2026, 6, 1, tzinfo=UTC) + CO_MIDNIGHT
    before = june - timedelta(seconds=1)
    purchases: dict[str, list[tuple[float, datetime]]] = {
        "Más antes": [(10_000, june), (500_000, before)],
        "Justo": [(199_999.90, june), (0.10, june + timedelta(days=40))],
        "Solo antes": [(900_000, before)],
        "Nunca": [],
    }
    for name, sales in purchases.items():
        client = shop.add_client(account, name)
        for total, moment in sales:
            shop.add_sale(account, client, Decimal(str(total)), fecha=moment)
    day, amount = date(2026, 6, 1), Decimal(200_000)
    assert names(account, Search(bought_since=day, bought_for=amount)) == ["Justo"]
    assert names(account, Search(bought_since=day, bought_for=Decimal("200000.01"))) == []
    assert names(account, Search(bought_since=day)) == ["Justo", "Más antes"]
    assert names(account, Search(not_bought_since=day, not_bought_for=amount)) == ["Más antes", "Nunca", "Solo antes"]
    assert names(account, Search(not_bought_for=Decimal(510_000))) == ["Justo", "Nunca"]
    assert names(account, Search(not_bought_since=day)) == ["Nunca", "Solo antes"]
    assert names(account, Search(bought_since=day, not_bought_for=amount)) == []
    assert names(account, Search(bought_since=day, not_bought_since=day, not_bought_for=amount)) == ["Más antes"]
    assert names(account, Search(bought_for=amount, not_bought_since=day)) == ["Solo antes"]


@pytest.mark.parametrize(
    "asked",
    [
        Search("maria"),
        Search("ma"),
        Search("300 123"),
        Search(bought_since=date(2026, 3, 1)),
        Search(bought_for=Decimal(50_000)),
        Search(bought_since=date(2026, 3, 1), bought_for=Decimal(30_000)),
        Search(created_from=date(2026, 3, 1)),
        Search(created_to=date(2026, 3, 1)),
        Search(created_from=date(2026, 2, 1), created_to=date(2026, 3, 1)),
    ],
)
def test_a_not_finds_everybody_else(people: dict[str, int], account: int, shop: Shop, asked: Search) -> None:
    shop.add_client(account, "De febrero", creado=datetime(2026, 2, 10, tzinfo=UTC))
    shop.add_client(account, "De antes", creado=datetime(2020, 2, 10, tzinfo=UTC))
    day = datetime(2026, 3, 1, tzinfo=UTC) + CO_MIDNIGHT
    shop.add_sale(account, people["María López"], 40_000, fecha=day)
    shop.add_sale(account, people["Mario Peña"], 59_999, fecha=day - timedelta(minutes=1))
    opposite = Search.from_values({f"no_{name}": value for name, value in asked.values().items()})
    assert opposite.unread == ()
    everybody, meant, others = (set(names(account, search)) for search in (Search(), asked, opposite))
    assert meant
    assert others
    assert (meant | others, meant & others) == (everybody, set())


def test_days_of_creation_are_the_shops(people: dict[str, int], account: int, shop: Shop) -> None:
    midnight = datetime(2020, 5, 10, tzinfo=UTC) + CO_MIDNIGHT
    shop.add_client(account, "Antes", creado=midnight - timedelta(seconds=1))
    shop.add_client(account, "Ese día", creado=midnight)
    that_day = date(2020, 5, 10)
    assert names(account, Search(created_from=that_day, created_to=that_day)) == ["Ese día"]
    assert names(account, Search(created_to=date(2020, 5, 9))) == ["Antes"]


def test_tags(people: dict[str, int], account: int, shop: Shop) -> None:
    tag = shop.add(Etiqueta(nombre="VIP", clave="vip", usuario_id=account))
    for name in ("María López", "Mario Peña"):
        shop.add_tag_to(people[name], tag)
    mora = shop.add(Etiqueta(nombre="Mora", clave="mora", usuario_id=account))
    for name in ("Mario Peña", "José Ñáñez"):
        shop.add_tag_to(people[name], mora)
    assert names(account, Search(any_tags=(tag,))) == ["Mario Peña", "María López"]
    assert names(account, Search("maria", any_tags=(tag,))) == ["María López"]
    assert names(account, Search("ma", any_tags=(tag,))) == ["Mario Peña", "María López"]
    assert names(account, Search("ma lop", any_tags=(tag,))) == ["María López"]
    assert names(account, Search(any_tags=(mora + 1,))) == []
    assert names(account, Search(any_tags=(tag, mora))) == ["José Ñáñez", "Mario Peña", "María López"]
    assert names(account, Search("mar", any_tags=(tag, mora))) == ["Mario Peña", "María López"]
    assert names(account, Search(all_tags=(tag, mora))) == ["Mario Peña"]
    assert names(account, Search("mario", all_tags=(mora, tag))) == ["Mario Peña"]
    assert names(account, Search(any_tags=(tag,), no_tags=(mora,))) == ["María López"]
    assert names(account, Search(all_tags=(tag,), any_tags=(mora,))) == ["Mario Peña"]
    assert names(account, Search(any_tags=(mora,), no_tags=(mora,))) == []
    assert names(account, Search(no_tags=(tag, mora))) == ['50% "Off" _x_']
    assert names(account, Search(no_tags=(tag, mora + 1))) == [], "a tag that is gone must not mean everybody"
    other = shop.add_admin("tercera")
    assert names(other, Search(any_tags=(tag,))) == []


ORDERS = {
    Order.NEWEST: lambda client: -client["id"],
    Order.NAME: lambda client: (client["key"], client["id"]),
    Order.LAST_PURCHASE: lambda client: (
        -(client["bought"].timestamp() if client["bought"] else 0),
        -client["id"],
    ),
}


@pytest.fixture(params=[10, 10_000])
def counted_up_to(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number from which on clients are many: pages of many are read in another way."""
    monkeypatch.setattr(listing, "COUNTED_UP_TO", request.param)


@pytest.mark.usefixtures("counted_up_to", "context")
@pytest.mark.parametrize("order", Order)
def test_pages_forth_and_back(shop: Shop, account: int, order: Order) -> None:
    clients = add_buyers(shop, account, 130)
    wanted = [client["id"] for client in sorted(clients, key=ORDERS[order])]

    first = listing.find_page(account_of(account), Search(), Cursor(), order)
    second = listing.find_page(account_of(account), Search(), Cursor(after=first.after), order)
    third = listing.find_page(account_of(account), Search(), Cursor(after=second.after), order)
    assert [row.client.id for page in (first, second, third) for row in page.rows] == wanted
    assert (first.before, third.after) == (None, None)

    back = listing.find_page(account_of(account), Search(), Cursor(before=third.before), order)
    assert [row.client.id for row in back.rows] == wanted[50:100]
    start = listing.find_page(account_of(account), Search(), Cursor(before=back.before), order)
    assert [row.client.id for row in start.rows] == wanted[:50]


def add_buyers(shop: Shop, account: int, number: int) -> list[dict[str, Any]]:
    """Store clients of whom every third has bought, and some have the same name."""
    ids = shop.add_clients(account, [f"30{place:08d}" for place in range(number)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for place in range(0, number, 3):
        shop.add_sale(account, ids[place], 1_000, fecha=start + timedelta(days=place % 7))
    bought = [start + timedelta(days=place % 7) if place % 3 == 0 else None for place in range(number)]
    return [{"id": ids[place], "key": f"cliente {place}", "bought": bought[place]} for place in range(number)]


@given(
    st.builds(
        Search,
        text=st.text(max_size=30).map(lambda text: Search.from_values({"q": text}).text),
        status=st.sampled_from(Status),
        without_text=st.text(max_size=30).map(lambda text: Search.from_values({"q": text}).text),
        any_tags=TAGS,
        all_tags=TAGS,
        no_tags=TAGS,
        reachable=st.none() | st.sampled_from(YesNo),
        opted_out=st.none() | st.sampled_from(YesNo),
        bought_since=st.none() | DAYS,
        bought_for=st.none() | AMOUNTS,
        not_bought_since=st.none() | DAYS,
        not_bought_for=st.none() | AMOUNTS,
        created_to=st.none() | DAYS,
        not_created_from=st.none() | DAYS,
        import_id=st.none() | st.integers(0, 2**63 - 1),
    )
)
def test_a_search_survives_the_address(search: Search) -> None:
    assert Search.from_values(search.values()) == search
    assert Search.from_values(MultiDict(search.pairs())) == search
    assert Search.from_stored(json.loads(json.dumps(search.values() or {"q": "a"}))).unread == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jhon Rodríguez", "Rodriguez John"),
        ("Yesenia Muñoz", "Jesenia Muños"),
        ("Wilson Vélez", "Vilson Belez"),
        ("Quiñones Kevin", "Kevin Quiñonez"),
    ],
)
def test_near_same_names_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_other_names_have_another_key() -> None:
    assert name_key("María López") != name_key("Mario López")
    assert name_key("Ana") != name_key("Ana María")


def test_a_documents_key_is_its_letters_and_digits() -> None:
    assert document_key("1.020.345-6") == document_key("10203456") == "10203456"
    assert document_key("CC 12 ab") == "cc12ab"
