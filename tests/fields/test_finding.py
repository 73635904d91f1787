"""Finding clients by an account's own fields."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.clients.search import listing, query
from clientes_app.clients.search.chips import chips_of
from clientes_app.clients.search.choice import selection_of, understood
from clientes_app.clients.search.criteria import Search
from clientes_app.clients.search.known import known_to
from clientes_app.clients.search.pages import Cursor, Order
from clientes_app.clients.search.selection import Said, Unreadable
from clientes_app.clients.segments.services import save_segment
from clientes_app.extensions import unit_of_work
from clientes_app.fields import services
from clientes_app.fields.finding import days_ahead
from clientes_app.fields.services import NewField
from clientes_app.fields.values import store_values
from clientes_app.models import Campo, TipoDeCampo

from ..support.checking_client import CheckingClient
from ..support.clock import Clock
from ..support.shop import Shop, account_of

KINDS = {
    "mascota": TipoDeCampo.TEXTO,
    "hijos": TipoDeCampo.NUMERO,
    "nace": TipoDeCampo.FECHA,
    "talla": TipoDeCampo.OPCION,
}
PEOPLE: dict[str, dict[str, str]] = {
    "Ana": {"mascota": "Gato Félix", "hijos": "2", "nace": "1990-05-17", "talla": "Chica"},
    "Beto": {"mascota": "gato", "hijos": "-1.5", "nace": "--02-29", "talla": "Grande"},
    "Carla": {"mascota": "Perro 100%", "hijos": "10", "nace": "2001-12-31"},
    "Dora": {},
}


@pytest.fixture
def fields(app: Flask, shop: Shop, account: int, context: None) -> dict[str, Campo]:
    """A field of each kind, and people who have something there."""
    made = {
        name: services.create_field(account, NewField(name, kind, ["Chica", "Grande"]), by=NOBODY)
        for name, kind in KINDS.items()
    }
    values = {
        shop.add_client(account, person): {made[name].id: value for name, value in own.items()}
        for person, own in PEOPLE.items()
    }
    with unit_of_work() as session:
        store_values(session, services.lock_fields(session, account), values)
    return made


def asked(fields: dict[str, Campo], question: str) -> Search:
    """Return the search of what is written like `no_mascota_es=gato&hijos_min=2`."""
    pairs = [each.partition("=") for each in question.split("&")]
    named = []
    for name, _, value in pairs:
        negated, (field, _, operator) = name.startswith("no_"), name.removeprefix("no_").partition("_")
        key = f"campo_{fields[field].id}_{operator}" if field in fields else name
        named.append((f"{'no_' if negated and field in fields else ''}{key}", value))
    return Search.from_values(MultiDict(named))


def found(account: int, search: Search) -> str:
    """Return the initials of whom a search finds, by a page and by counting."""
    page = listing.find_page(account_of(account), search, Cursor(), Order.NAME)
    assert listing.count(account, search).number == len(page.rows)
    return "".join(row.client.nombre[0] for row in page.rows)


QUESTIONS = {
    "mascota_contiene=GATO": "AB",
    "mascota_contiene=felix": "A",
    "mascota_contiene=0%": "C",
    "mascota_contiene=%": "C",
    "mascota_es=Gato": "B",
    "no_mascota_contiene=gato": "CD",
    "no_mascota_es=gato": "ACD",
    "hijos_min=2": "AC",
    "hijos_max=2": "AB",
    "hijos_min=-2&hijos_max=0": "B",
    "no_hijos_min=2": "BD",
    "no_hijos_min=0&no_hijos_max=5": "BCD",
    "nace_desde=1990-05-17": "AC",
    "nace_hasta=1999-12-31": "A",
    "no_nace_desde=1990-05-18&no_nace_hasta=2002-01-01": "ABD",
    "nace_mes=5": "A",
    "no_nace_mes=5": "BCD",
    "nace_mes=2": "B",
    "talla_opcion=Chica": "A",
    "talla_opcion=Chica&talla_opcion=grande": "AB",
    "no_talla_opcion=Chica": "BCD",
    "mascota_contiene=gato&hijos_min=0": "A",
    "mascota_contiene=gato&no_talla_opcion=Chica": "B",
    "q=ana&talla_opcion=Chica": "A",
    "q=car&talla_opcion=Chica": "",
    "q=beto&mascota_es=gato": "B",
}


@pytest.mark.both_databases
@pytest.mark.parametrize(("question", "people"), QUESTIONS.items())
def test_who_is_found(account: int, fields: dict[str, Campo], question: str, people: str) -> None:
    assert found(account, asked(fields, question)) == people


@pytest.mark.both_databases
def test_it_is_the_same_whichever_field_is_looked_at_first(
    account: int, fields: dict[str, Campo], monkeypatch: pytest.MonkeyPatch
) -> None:
    for broad in (0, 1):
        monkeypatch.setattr(query, "BROAD", broad)
        assert found(account, asked(fields, "mascota_contiene=gato&hijos_min=-2")) == "AB"
        assert found(account, asked(fields, "mascota_contiene=gato&hijos_min=0&talla_opcion=Chica")) == "A"


@pytest.mark.both_databases
@pytest.mark.parametrize("question", QUESTIONS)
def test_reading_in_order_finds_the_same(
    account: int, fields: dict[str, Campo], question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = asked(fields, question)
    everybody = found(account, search)
    monkeypatch.setattr(listing, "COUNTED_UP_TO", 0)
    page = listing.find_page(account_of(account), search, Cursor(), Order.NAME)
    assert "".join(row.client.nombre[0] for row in page.rows) == everybody


BIRTHDAYS = [
    ((2026, 5, 17, 0, 0), 0, "A"),
    ((2026, 5, 16, 23, 59), 0, ""),
    ((2026, 5, 10, 12), 7, "A"),
    ((2026, 5, 10, 12), 6, ""),
    ((2026, 12, 30, 12), 70, "BC"),
    ((2026, 2, 28, 12), 0, "B"),
    ((2028, 2, 28, 12), 0, ""),
    ((2028, 2, 29, 12), 0, "B"),
    ((2026, 3, 1, 12), 0, ""),
    ((2026, 3, 1, 12), 366, "ABC"),
]


@pytest.mark.both_databases
def test_birthdays(clock: Clock, account: int, fields: dict[str, Campo]) -> None:
    for now, days, people in BIRTHDAYS:
        clock.set(*now)
        assert (now, found(account, asked(fields, f"nace_dias={days}"))) == (now, people)


def test_days_ahead_go_over_the_turn_of_the_year() -> None:
    assert days_ahead(date(2026, 12, 30), 3) == [(1230, 1231), (101, 102)]
    assert days_ahead(date(2027, 2, 27), 1) == [(227, 229)]
    assert days_ahead(date(2028, 2, 27), 1) == [(227, 228)]
    assert days_ahead(date(2027, 2, 28), 364) == [(228, 1231), (101, 227)]


@pytest.mark.parametrize(
    "nonsense",
    ["hijos_min=dos", "nace_desde=mayo", "nace_dias=-1", "nace_dias=367", "nace_mes=13", "mascota_es=\u0301"],
)
def test_what_cannot_be_read_finds_nobody_and_is_refused(account: int, fields: dict[str, Campo], nonsense: str) -> None:
    search = asked(fields, nonsense)
    assert found(account, search) == ""
    with pytest.raises(Unreadable):
        understood(account, search)


def test_a_url_says_what_was_asked(account: int, fields: dict[str, Campo]) -> None:
    for question in QUESTIONS:
        search = asked(fields, question)
        assert Search.from_values(MultiDict(search.pairs())) == search
        assert Search.from_stored(search.values()) == search
        assert chips_of(search, known_to(account))


def test_too_many_questions_are_not_answered(account: int) -> None:
    search = Search.from_values({f"campo_{number}_es": "x" for number in range(1, 100)})
    assert search.unread


@pytest.mark.both_databases
@pytest.mark.parametrize("question", ["mascota_es=gato", "no_mascota_es=gato"])
def test_who_asks_for_a_field_that_is_gone_finds_nobody(account: int, fields: dict[str, Campo], question: str) -> None:
    search = asked(fields, question)
    segment = save_segment(account, "Gatos", search, by=Actor(account))
    services.delete_field(account, fields["mascota"].id, by=NOBODY)
    assert found(account, search) == ""
    with pytest.raises(Unreadable):
        selection_of(account, Said.from_values(MultiDict({"destino": "segmento", "segmento": str(segment.id)})))


def test_an_option_that_is_gone_is_refused(account: int, fields: dict[str, Campo]) -> None:
    search = asked(fields, "no_talla_opcion=Enorme")
    with pytest.raises(Unreadable):
        understood(account, search)


@pytest.mark.both_databases
@pytest.mark.parametrize("question", ["mascota_min=0", "no_nace_contiene=gato"])
def test_what_its_kind_of_field_is_not_asked_finds_nobody(
    account: int, fields: dict[str, Campo], question: str
) -> None:
    search = asked(fields, question)
    assert found(account, search) == ""
    with pytest.raises(Unreadable):
        understood(account, search)


@pytest.mark.both_databases
@pytest.mark.parametrize("question", ["mascota_contiene=gato", "no_mascota_es=nada"])
def test_nobody_is_found_by_another_shops_field(
    account: int, shop: Shop, fields: dict[str, Campo], question: str
) -> None:
    other = shop.add_admin("otra")
    shop.add_client(other, "Zoe")
    assert found(other, asked(fields, question)) == ""


def test_the_list_shows_chips_and_programs_find_the_same(admin: CheckingClient, fields: dict[str, Campo]) -> None:
    query = urlencode(asked(fields, "mascota_contiene=gato&no_talla_opcion=Chica").pairs())
    page = admin.get(f"/clientes/?{query}").text
    assert "mascota: con “gato”" in page
    assert "No: talla: Chica" in page
    assert "Beto" in page
    assert "Ana" not in page.partition('id="clients"')[2]
    found = admin.get(f"/clientes/buscar/?{query}").json
    assert found is not None
    assert [each["nombre"] for each in found["clientes"]] == ["Beto"]
    assert admin.get("/clientes/buscar/?campo_1_nada=x").status_code == 400
