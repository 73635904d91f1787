"""Steps of an import begun at one moment, with each other and with an erasure, on PostgreSQL."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.background.daily import take_turn
from clientes_app.clients import services as clients
from clientes_app.clients.duplicates import merging
from clientes_app.errors import DomainError
from clientes_app.extensions import db
from clientes_app.fields.services import delete_field, list_fields
from clientes_app.importing import services
from clientes_app.importing.staging import staged_rows
from clientes_app.models import Accion, Auditoria, Cliente, EstadoImportacion, TipoDeCampo, ValorDeCampo

from ..support.erased_people import DOCUMENT, HEAD, NAME, TYPED, Shopkeeper, about_to_be_applied, being_reviewed
from ..support.imports import Imports
from ..support.own_fields import add_field
from ..support.races import race
from ..support.shop import Shop, account_of
from .test_own_fields import review_with_new

pytestmark = pytest.mark.parametrize(
    ("database_url", "workers"), [("postgresql", "embedded"), ("postgresql", "distributed")], indirect=True
)

ROUNDS = 15


@pytest.fixture
def keeper(app: Flask, imports: Imports, shop: Shop) -> Shopkeeper:
    """Who erases."""
    with app.app_context():
        take_turn(db.engine)  # as the server does at its start
    return Shopkeeper(imports, shop)


def test_erasing_at_once_with_applying(imports: Imports, keeper: Shopkeeper) -> None:
    for _ in range(ROUNDS):
        person, import_id = keeper.arrive(), about_to_be_applied(imports)
        outcomes = race(imports.app, lambda person=person: keeper.erase(person), imports.work)
        assert outcomes.refused == []
        assert NAME not in keeper.names()
        assert imports.get(import_id).estado is EstadoImportacion.APLICADA
        assert (keeper.traces(), keeper.noted()) == ([], 0)


def test_erasing_at_once_with_the_dry_run(imports: Imports, keeper: Shopkeeper) -> None:
    for _ in range(ROUNDS):
        person, import_id = keeper.arrive(), being_reviewed(imports)
        race(imports.app, lambda person=person: keeper.erase(person), imports.work)
        # Its upload stays until it ends.
        (uploaded,) = keeper.traces()
        assert uploaded in (imports.get(import_id).archivo, "archivo_importado")
        imports.apply(import_id)
        assert NAME not in keeper.names()
        assert keeper.traces() == []


def test_erasing_at_once_with_undoing(imports: Imports, keeper: Shopkeeper, shop: Shop) -> None:
    for _ in range(ROUNDS):
        person = keeper.arrive()
        shop.add_sale(imports.account, person, 1)
        import_id = imports.run(f"{HEAD}Z. Quiñonez,{TYPED},{DOCUMENT}\n")
        with imports.app.test_request_context():
            services.start_undoing(imports.account, import_id, by=NOBODY)
        race(imports.app, lambda person=person: keeper.erase(person), imports.work)
        assert set(keeper.names()) == {"Cliente borrado"}


@pytest.mark.parametrize("what", ["edit", "merge"])
def test_erasing_at_once_with_a_change(
    imports: Imports, keeper: Shopkeeper, shop: Shop, account: int, what: str
) -> None:
    for _ in range(ROUNDS):
        person, other = keeper.arrive(), shop.add_client(account, "Zulema Dos", "3009990000")
        shop.add_sale(account, person, 1)

        def change(person: int = person, other: int = other) -> None:
            if what == "edit":
                clients.edit_client(account_of(account), person, {"nombre": NAME, "documento": "1"}, by=Actor(account))
            else:
                merging.merge(account_of(account), (person, other), {}, by=Actor(account))

        race(imports.app, lambda person=person: keeper.erase(person), change)
        with imports.app.app_context():
            erased = db.session.get_one(Cliente, person)
            assert (erased.nombre, erased.documento, erased.telefono) == ("Cliente borrado", "", "")


def test_two_imports_of_one_list_at_once_store_each_client_once(app: Flask, imports: Imports, account: int) -> None:
    for place in range(5):
        rows = [f"Ana {place} {number},30{place}{number:07d}" for number in range(40)]
        for import_id in [imports.review("\n".join(["nombre,celular", *rows])) for _ in range(2)]:
            with app.test_request_context():
                services.start_applying(account, import_id, by=NOBODY)
        race(app, imports.work, imports.work)
        assert len(imports.clients()) == 40 * (place + 1)


def test_applying_and_cancelling(app: Flask, imports: Imports, account: int) -> None:
    storage = imports.place.storage
    for place in range(ROUNDS):
        import_id = imports.review(f"nombre\nAna {place}\nEva {place}\n")

        def begin(import_id: int = import_id) -> object:
            return services.start_applying(account, import_id, by=NOBODY)

        def cancel(import_id: int = import_id) -> object:
            return services.cancel(account, import_id, storage)

        outcomes = race(app, *[begin, cancel] * 3)
        begun, cancelled = outcomes.all[::2], outcomes.all[1::2]
        assert sum(not isinstance(each, DomainError) for each in begun) <= 1
        assert sum(not isinstance(each, DomainError) for each in cancelled) == 1
        assert {refusal.status for refusal in outcomes.refused} == {409}
        imports.work()
        assert imports.get(import_id).estado is EstadoImportacion.CANCELADA
        assert imports.clients() == []
        was_begun = any(not isinstance(each, DomainError) for each in begun)
        assert audited(app, import_id) == [Accion.IMPORT_APPLIED] * was_begun


def test_a_worker_and_who_cancels(app: Flask, imports: Imports, account: int) -> None:
    for place in range(ROUNDS):
        import_id = imports.review(f"nombre\nAna {place}\nEva {place}\n")
        with app.test_request_context():
            services.start_applying(account, import_id, by=NOBODY)
        before = len(imports.clients())
        outcomes = race(
            app,
            imports.work,
            lambda import_id=import_id: services.cancel(account, import_id, imports.place.storage),
        )
        row = imports.get(import_id)
        ended = EstadoImportacion.APLICADA if outcomes.refused else EstadoImportacion.CANCELADA
        assert row.estado is ended
        assert len(imports.clients()) - before == row.nuevas


def test_mending_and_applying(app: Flask, imports: Imports, account: int) -> None:
    for place in range(ROUNDS):
        import_id = imports.review(f"nombre,celular\nAna {place},\n,3001110001\nEva {place},\n")
        race(
            app,
            lambda import_id=import_id: services.start_applying(account, import_id, by=NOBODY),
            lambda import_id=import_id: staged_rows.leave_out(account, import_id, 3, imports.place.storage),
        )
        imports.work()
        assert imports.get(import_id).nuevas == 2


def audited(app: Flask, import_id: int) -> list[Accion]:
    with app.app_context():
        found = select(Auditoria.accion).where(Auditoria.cosa == "importacion", Auditoria.cosa_id == import_id)
        return list(db.session.scalars(found))


def test_of_two_files_that_bring_the_thirtieth_field_one_is_imported(imports: Imports, shop: Shop) -> None:
    for number in range(29):
        add_field(shop, imports.account, f"Campo {number}", TipoDeCampo.TEXTO)
    size = review_with_new(imports, "nombre,Talla\nAna,M\n", Talla=TipoDeCampo.TEXTO)
    place = review_with_new(imports, "nombre,Barrio\nAna,Belén\n", Barrio=TipoDeCampo.TEXTO)

    def begin(import_id: int) -> None:
        services.start_applying(imports.account, import_id, by=NOBODY)

    outcomes = race(imports.app, lambda: begin(size), lambda: begin(place))
    assert (len(outcomes.won), len(outcomes.refused)) == (1, 1)
    assert sorted(imports.get(each).estado.value for each in (size, place)) == ["aplicando", "revisada"]
    with imports.app.app_context():
        assert len(list_fields(db.session(), imports.account)) == 30


def test_a_field_that_is_deleted_at_once_with_applying_takes_its_values_along(imports: Imports, shop: Shop) -> None:
    for round_ in range(ROUNDS):
        field = add_field(shop, imports.account, "Talla", TipoDeCampo.TEXTO)
        import_id = imports.review(f"nombre,documento,Talla\nAna,{5_000_000 + round_},M\n")
        with imports.app.test_request_context():
            services.start_applying(imports.account, import_id, by=NOBODY)
        outcomes = race(imports.app, lambda field=field: delete_field(imports.account, field, by=NOBODY), imports.work)
        assert outcomes.refused == []
        assert (imports.get(import_id).estado, imports.counts(import_id)["nuevas"]) == (EstadoImportacion.APLICADA, 1)
        with imports.app.app_context():
            assert db.session.scalars(select(ValorDeCampo)).all() == []
