"""Columns that hold an account's own fields: recognised, made, read, shown, mended, undone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from clientes_app.audit_log import NOBODY
from clientes_app.client_files.columns import Layout
from clientes_app.client_files.meaning.own_columns import OwnColumn
from clientes_app.client_files.meaning.roles import Role
from clientes_app.client_files.rows import Fields
from clientes_app.errors import Conflict
from clientes_app.extensions import db
from clientes_app.fields.values import values_of
from clientes_app.importing import services
from clientes_app.importing.own_fields.making import Unfit
from clientes_app.importing.staging import asking, staged_rows
from clientes_app.models import CambioDeCliente, Campo, Cliente, EstadoImportacion, TipoDeCampo

from ..support.client_files import workbook
from ..support.imports import Imports
from ..support.own_fields import add_field
from ..support.shop import Shop

pytestmark = pytest.mark.parametrize(
    ("database_url", "workers"), [("sqlite", "embedded"), ("postgresql", "distributed")], indirect=True
)

HEAD = "nombre,celular,Cumpleaños,Talla,Puntos\n"
FILE = HEAD + 'Ana,3001234501,17/05,m,"1.234,5"\nLuz,3001234502,,,\nSol,3001234503,17 de mayo de 1990,L,-3\n'


@pytest.fixture
def fields(shop: Shop, account: int) -> list[int]:
    """A date, a choice and a number."""
    return [
        add_field(shop, account, "Cumpleaños", TipoDeCampo.FECHA),
        add_field(shop, account, "Talla", TipoDeCampo.OPCION, "S", "M", "L"),
        add_field(shop, account, "Puntos", TipoDeCampo.NUMERO),
    ]


def told(imports: Imports) -> dict[str, dict[str, str]]:
    """Return what is known of the account's clients, by their names and those of the fields."""
    with imports.app.app_context():
        names = dict(db.session.execute(select(Campo.id, Campo.nombre)).all())
        clients = dict(db.session.execute(select(Cliente.id, Cliente.nombre)).all())
        values = values_of(db.session(), list(clients))
    return {clients[each]: {names[field]: value for field, value in own.items()} for each, own in values.items()}


def new_columns(layout: Layout, **kinds: TipoDeCampo) -> dict[str, Any]:
    """Return what makes a new field of each column with one of these titles."""
    own = tuple(OwnColumn(layout.titles.index(title), None, title, kind.value) for title, kind in kinds.items())
    roles = list(layout.roles)
    for column in own:
        roles[column.place] = Role.FIELD
    return {"roles": tuple(roles), "own": own}


def review_with_new(imports: Imports, content: str, **kinds: TipoDeCampo) -> int:
    import_id = imports.upload(content)
    imports.start_review(import_id, **new_columns(imports.layout(import_id), **kinds))
    imports.work()
    return import_id


def mend(imports: Imports, import_id: int, number: int, **fields: str) -> str:
    with imports.app.test_request_context():
        staged = staged_rows.mend(imports.account, import_id, number, Fields(documento="", **fields), imports.place)
    return staged.verdict.value


@pytest.mark.usefixtures("fields")
def test_columns_are_known_by_the_names_of_fields(imports: Imports) -> None:
    imports.run(FILE)
    assert told(imports) == {
        "Ana": {"Cumpleaños": "--05-17", "Talla": "M", "Puntos": "1234.5"},
        "Sol": {"Cumpleaños": "1990-05-17", "Talla": "L", "Puntos": "-3"},
    }


@pytest.mark.usefixtures("fields")
def test_days_of_a_workbook_are_those_of_its_cells(imports: Imports) -> None:
    formats = {"B2": "dd/mm/yy", "B3": "mm/dd/yyyy", "B4": "dd/mm", "B5": "d-mmm"}
    day = date(1990, 5, 6)
    rows: list[list[Any]] = [["nombre", "Cumpleaños"], *([name, day] for name in ("Ana", "Luz", "Sol", "Eva"))]
    imports.run(workbook(rows, formats))
    days = {name: own["Cumpleaños"] for name, own in told(imports).items()}
    assert days == {"Ana": "1990-05-06", "Luz": "1990-05-06", "Sol": "--05-06", "Eva": "1990-05-06"}


@pytest.mark.usefixtures("fields")
def test_numbers_of_a_workbook_are_those_of_its_cells(imports: Imports) -> None:
    imports.run(workbook([["nombre", "Puntos"], ["Ana", 12.345], ["Luz", 999.999], ["Sol", "12.345"]]))
    points = {name: own["Puntos"] for name, own in told(imports).items()}
    assert points == {"Ana": "12.345", "Luz": "999.999", "Sol": "12345"}


@pytest.mark.usefixtures("fields")
def test_clients_that_there_are_get_what_the_file_says_and_an_empty_cell_changes_nothing(imports: Imports) -> None:
    imports.run(FILE)
    again = imports.review(HEAD + "Ana,3001234501,2000-05-17,,1.234,50\n".replace("1.234,50", '"1.234,50"'))
    assert imports.counts(again) == {"actualizadas": 1}
    imports.apply(again)
    assert told(imports)["Ana"] == {"Cumpleaños": "2000-05-17", "Talla": "M", "Puntos": "1234.5"}
    same = imports.run(FILE.replace("17/05", "17 de mayo de 2000").replace(",m,", ",M,"))
    assert imports.counts(same) == {"iguales": 3}


@pytest.mark.usefixtures("fields")
def test_whoever_is_to_stay_as_it_is_does(imports: Imports) -> None:
    imports.run(FILE)
    again = imports.review(FILE.replace(",L,", ",S,"))
    with imports.app.test_request_context():
        asking.keep_existing(imports.account, again, True)
    imports.apply(again)
    assert (imports.counts(again), told(imports)["Sol"]["Talla"]) == ({"iguales": 2, "intactas": 1}, "L")


@pytest.mark.usefixtures("fields")
def test_the_story_tells_it_and_undoing_takes_it_back(imports: Imports) -> None:
    imports.run(FILE)
    again = imports.run(FILE.replace(",L,-3", ",S,7").replace("Luz,3001234502,,,", "Luz,3001234502,1/2,,"))
    assert told(imports)["Luz"] == {"Cumpleaños": "--02-01"}
    imports.undo(again)
    assert told(imports)["Sol"] == {"Cumpleaños": "1990-05-17", "Talla": "L", "Puntos": "-3"}
    assert "Luz" not in told(imports)
    with imports.app.app_context():
        stories = db.session.scalars(select(CambioDeCliente.detalle).order_by(CambioDeCliente.id)).all()
    assert [story["campos"] for story in stories] == [
        {"Cumpleaños": ["", "01/02"]},
        {"Talla": ["L", "S"], "Puntos": ["-3", "7"]},
        {"Cumpleaños": ["01/02", ""]},
        {"Talla": ["S", "L"], "Puntos": ["7", "-3"]},
    ]


@pytest.mark.usefixtures("fields")
def test_undoing_takes_the_values_of_those_who_came_with_it(imports: Imports) -> None:
    imports.undo(imports.run(FILE))
    assert (imports.clients(), told(imports)) == ([], {})


@pytest.mark.usefixtures("fields")
def test_what_cannot_be_read_is_wrong_and_can_be_mended(imports: Imports) -> None:
    import_id = imports.review(
        HEAD + "Ana,3001234501,31/02,XXL,mil\nLuz,3001234502,N/A,-,n/a\nSol,3001234503,12345,,\n"
    )
    assert imports.counts(import_id) == {"nuevas": 1, "malas": 2}
    assert imports.rejected(import_id) == [(row, "mala", "A value does not fit its field.") for row in (2, 4)]
    named = {"nombre": "Ana", "telefono": "3001234501"}
    assert mend(imports, import_id, 2, **named, campos="28/02\nXXL\n1000") == "mala"
    assert mend(imports, import_id, 2, **named, campos="28/02\ns\n") == "nueva"
    imports.apply(import_id)
    assert told(imports) == {"Ana": {"Cumpleaños": "--02-28", "Talla": "S"}}


def test_a_column_becomes_a_field_when_the_file_is_imported(imports: Imports) -> None:
    content = (
        "nombre,celular,Barrio,Desde\nAna,3001234501,Laureles,2020\nLuz,3001234502,LAURELES,\nSol,3001234503,Belén,\n"
    )
    import_id = review_with_new(imports, content, Barrio=TipoDeCampo.OPCION, Desde=TipoDeCampo.NUMERO)
    assert told(imports) == {}
    with imports.app.app_context():
        assert db.session.scalars(select(Campo)).all() == []
    imports.apply(import_id)
    with imports.app.app_context():
        made = [(field.nombre, field.clave, field.tipo, field.opciones) for field in db.session.scalars(select(Campo))]
    assert sorted(made) == [("Barrio", "barrio", "opcion", ["Laureles", "Belén"]), ("Desde", "desde", "numero", [])]
    assert told(imports) == {
        "Ana": {"Barrio": "Laureles", "Desde": "2020"},
        "Luz": {"Barrio": "Laureles"},
        "Sol": {"Barrio": "Belén"},
    }
    assert imports.counts(imports.run(content)) == {"iguales": 3}, "the next time it is known"


def test_a_field_has_no_more_choices_than_there_is_room_for(imports: Imports) -> None:
    rows = "".join(f"Cliente {n},{3_001_000_000 + n},Barrio {n}\n" for n in range(52))
    import_id = review_with_new(imports, f"nombre,celular,Barrio\n{rows}", Barrio=TipoDeCampo.OPCION)
    assert imports.counts(import_id) == {"nuevas": 50, "malas": 2}
    assert mend(imports, import_id, 53, nombre="Ana", telefono="3007778899", campos="barrio 3") == "nueva"


def test_there_is_no_room_for_more_than_thirty(imports: Imports, shop: Shop, account: int) -> None:
    for number in range(29):
        add_field(shop, account, f"Campo {number}", TipoDeCampo.TEXTO)
    import_id = imports.upload("nombre,A,B\nAna,1,2\n")
    both = new_columns(imports.layout(import_id), A=TipoDeCampo.TEXTO, B=TipoDeCampo.TEXTO)
    with pytest.raises(Unfit) as refused:
        imports.start_review(import_id, **both)
    assert (refused.value.place, imports.get(import_id).estado) == (2, EstadoImportacion.SUBIDA)


def test_a_field_that_another_took_meanwhile_is_not_made(imports: Imports, shop: Shop, account: int) -> None:
    import_id = review_with_new(imports, "nombre,Talla\nAna,M\n", Talla=TipoDeCampo.TEXTO)
    add_field(shop, account, "talla", TipoDeCampo.TEXTO)
    with pytest.raises(Conflict, match="alla"), imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    assert imports.get(import_id).estado is EstadoImportacion.REVISADA


def test_a_field_that_is_gone_stops_what_would_lose_its_values(imports: Imports, fields: list[int]) -> None:
    import_id = imports.review(FILE)
    with imports.app.app_context():
        db.session.delete(db.session.get_one(Campo, fields[1]))
        db.session.commit()
    with pytest.raises(Conflict, match="alla"), imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    assert imports.get(import_id).estado is EstadoImportacion.REVISADA


@pytest.mark.usefixtures("fields")
def test_two_columns_cannot_be_one_field(imports: Imports) -> None:
    import_id = imports.upload("nombre,Talla,Talla2\nAna,M,L\n")
    layout = imports.layout(import_id)
    (column,) = layout.own
    with pytest.raises(Unfit):
        imports.start_review(import_id, own=(column, column._replace(place=2)))


@pytest.mark.usefixtures("fields")
def test_the_title_that_a_field_had_the_last_time_is_remembered(imports: Imports) -> None:
    import_id = imports.upload("nombre,Nace\nAna,17/05\n")
    layout = imports.layout(import_id)
    with imports.app.app_context():
        field = db.session.scalars(select(Campo).where(Campo.clave == "cumpleanos")).first()
    assert field
    own = (OwnColumn(1, field.id, field.nombre, field.tipo.value),)
    imports.start_review(import_id, roles=(layout.roles[0], Role.FIELD), own=own)
    imports.work()
    assert [each.field_id for each in imports.layout(imports.upload("nombre,NACE,x\nLuz,1/2,\n")).own] == [field.id]
