"""Whatever an act is told: it concerns those who were readably asked for, or it is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from clientes_app.audit_log import NOBODY
from clientes_app.clients.tags.tagging import tag_client
from clientes_app.extensions import Base, db
from clientes_app.models import Cliente, ClienteEtiqueta, Segmento, SMSLog

from ..support.checking_client import CheckingClient
from ..support.csv_files import rows_of_csv
from ..support.shop import Shop

Said = list[tuple[str, str]]

ACTS: dict[str, Said] = {
    "/clientes/campanas/enviar/": [("mensaje", "Hola"), ("nombre", "Aniversario")],
    "/clientes/seleccion/eliminar/": [],
    "/clientes/seleccion/etiquetas/": [("etiqueta_nueva", "Nueva"), ("accion", "poner")],
    "/clientes/seleccion/activo/": [("activar", "false")],
    "/clientes/seleccion/exportar/": [("formato", "csv"), ("columnas", "nombre")],
}
"""Each act, with what it takes beside whom it is for."""

SEGMENTS = "/clientes/segmentos/nuevo/"
ASKED = {
    "all": ([("destino", "todos")], {"Ana", "Eva", "Ida"}),
    "ticked": ([("destino", "marcados"), ("cliente_ids", "1"), ("cliente_ids", "3")], {"Ana", "Ida"}),
    "a text": ([("destino", "busqueda"), ("q", "eva")], {"Eva"}),
    "inactive ones": ([("destino", "busqueda"), ("estado", "inactivos")], {"Luz"}),
    "any of some tags": ([("destino", "busqueda"), ("etiqueta", "1"), ("etiqueta", "2")], {"Ida"}),
    "all of some tags": ([("destino", "busqueda"), ("etiqueta_todas", "1"), ("no_q", "eva")], {"Ida"}),
    "not a tag": ([("destino", "busqueda"), ("no_etiqueta", "1"), ("no_compro_por", "1000")], {"Ana", "Eva"}),
    "a tag": ([("destino", "busqueda"), ("etiqueta", "1")], {"Ida"}),
    "several filters": ([("destino", "busqueda"), ("numero", "no"), ("creado_desde", "2020-01-01")], {"Eva"}),
    "a segment": ([("destino", "segmento"), ("segmento", "1")], {"Ana"}),
}
"""What may be asked, and whom it means."""

NUMBERS = ["5,6", "1 2", "+1", "-1", "1.0", "0x1", "١", "9" * 30, str(2**63)]
DAYS = ["2024-02-30", "29/11/2026", "0000-00-00", "9999-12-31", "ayer"]
WORDS = ["abc", "Marcados", "TODOS", "todas", "null", "sí", "[]", "%", "x" * 500, "1e999", "NaN"]
SIGNS = ["\x00", "\u0301" * 50, "\u200b", "\u202e"]
GARBAGE = st.sampled_from(NUMBERS + DAYS + WORDS + SIGNS) | st.text(
    st.characters(exclude_categories=["Cs", "N"]), min_size=1, max_size=9
).filter(lambda text: bool(text.strip()))
"""No value that any of the parameters takes."""

PARAMETERS = (
    "destino",
    "cliente_ids",
    "segmento",
    "estado",
    "no_q",
    "etiqueta",
    "etiqueta_todas",
    "no_etiqueta",
    "numero",
    "baja",
    "compro_desde",
    "no_compro_desde",
    "compro_por",
    "no_compro_por",
    "compras_min",
    "compras_max",
    "escrito",
    "creado_desde",
    "creado_hasta",
    "no_creado_desde",
    "no_creado_hasta",
    "importacion",
    "creado_asta",
    "cliente_id",
)
"""All that say who is meant, but for the text, which may be anything; and two that are none."""


@pytest.fixture
def house(app: Flask, shop: Shop, account: int) -> None:
    """Ana, Eva without a number, Ida with the only tag, Luz who is inactive, and a segment of Ana alone."""
    for place, name in enumerate(("Ana", "Eva", "Ida", "Luz")):
        shop.add_client(account, name, "" if name == "Eva" else f"300111000{place}", activo=name != "Luz")
    with app.app_context():
        tag_client(account, 3, ["VIP"], by=NOBODY)
    shop.add(Segmento(nombre="Solo Ana", busqueda={"q": "ana"}, creado_por_id=account, usuario_id=account))


def spoiled(asked: str, name: str, garbage: str, replaced: bool) -> Said:
    """Ask with garbage in one parameter, instead of what stands there or beside it."""
    said = [pair for pair in ASKED[asked][0] if not (replaced and pair[0] == name)]
    # Some numbers are amounts, and any text may be one that is not to be there: but none that nobody could hold.
    unreadable = "mucho" if name.endswith("compro_por") and garbage in NUMBERS else garbage
    unreadable = "\u0301" if name == "no_q" else unreadable
    return [*said, (name, unreadable)]


def post(client: CheckingClient, url: str, said: Said) -> Any:
    data: dict[str, list[str]] = {}
    for name, value in said:
        data.setdefault(name, []).append(value)
    return client.send(url, data)


def stored(app: Flask) -> dict[str, list[str]]:
    """Return everything that is stored, but when somebody was last seen."""
    with app.app_context(), db.engine.connect() as connection:
        tables = {name: table for name, table in Base.metadata.tables.items() if name not in ("sesion", "usuario")}
        return {name: sorted(map(str, connection.execute(select(table)))) for name, table in tables.items()}


def names(app: Flask, query: Any) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(query))


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(("said", "meant"), ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("url", ACTS)
def test_an_act_concerns_exactly_those_who_were_asked_for(
    app: Flask, admin: CheckingClient, url: str, said: Said, meant: set[str]
) -> None:
    answer = post(admin, url, [*said, *ACTS[url]])
    assert answer.status_code in (200, 302)
    everybody = select(Cliente.nombre)
    inactive = everybody.where(~Cliente.activo)
    tagged = everybody.join(ClienteEtiqueta).where(ClienteEtiqueta.etiqueta_id != 1)
    found = {
        "/clientes/campanas/enviar/": lambda: names(app, select(SMSLog.nombre)),
        "/clientes/seleccion/eliminar/": lambda: {"Ana", "Eva", "Ida", "Luz"} - names(app, everybody),
        "/clientes/seleccion/etiquetas/": lambda: names(app, tagged),
        "/clientes/seleccion/activo/": lambda: names(app, inactive) - {"Luz"} | meant & {"Luz"},
        "/clientes/seleccion/exportar/": lambda: {row[0] for row in rows_of_csv(answer.text)[1:]},
    }
    assert found[url]() == meant


@pytest.mark.usefixtures("house")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    said=st.builds(spoiled, st.sampled_from(sorted(ASKED)), st.sampled_from(PARAMETERS), GARBAGE, st.booleans()),
    url=st.sampled_from([*ACTS, SEGMENTS]),
)
def test_garbage_in_any_parameter_of_any_act_is_refused_and_changes_nothing(
    app: Flask, admin: CheckingClient, said: Said, url: str
) -> None:
    before = stored(app)
    answer = post(admin, url, [*said, *ACTS.get(url, [("nombre", "Segmento")])])
    assert answer.status_code == 400, answer.text
    assert stored(app) == before


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("url", [*ACTS, SEGMENTS])
@pytest.mark.parametrize(
    "said",
    [
        [],
        [("cliente_ids", "1")],
        [("destino", "busqueda")],
        [("destino", "busqueda"), ("q", " "), ("estado", "activos")],
        [("destino", "marcados")],
        [("destino", "marcados"), ("q", "eva")],
        [("destino", "marcados"), ("cliente_ids", "999")],
        [("destino", "segmento")],
        [("destino", "segmento"), ("segmento", "999")],
        [("destino", "todos"), ("destino", "todos")],
        [("destino", "todos"), ("cliente_ids", "1")],
        [("destino", "todos"), ("segmento", "1")],
        [("destino", "todos"), ("estado", "todos")],
        [("destino", "todos"), ("q", "\x00")],
        [("destino", "busqueda"), ("q", "\u0301")],
        [("destino", "busqueda"), ("q", "eva"), ("q", "eva")],
        [("destino", "busqueda"), ("q", "x" * 101)],
        [("destino", "busqueda"), ("no_etiqueta", "999")],
        [("destino", "busqueda"), *(("etiqueta", str(place)) for place in range(1, 52))],
    ],
)
def test_nobody_is_meant_by_default(app: Flask, admin: CheckingClient, url: str, said: Said) -> None:
    before = stored(app)
    assert post(admin, url, [*said, *ACTS.get(url, [("nombre", "Segmento")])]).status_code == 400
    assert stored(app) == before


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("url", "beside"),
    [
        ("/clientes/seleccion/etiquetas/", [("etiqueta_nueva", "Nueva"), ("accion", "borrar")]),
        ("/clientes/seleccion/etiquetas/", [("etiqueta_nueva", "Nueva"), ("accion", "poner"), ("accion", "quitar")]),
        ("/clientes/seleccion/activo/", [("activar", "true"), ("activar", "false")]),
        ("/clientes/seleccion/activo/", [("activar", "quizás")]),
        ("/clientes/campanas/enviar/", [("mensaje", "Hola"), ("mensaje", "Adiós")]),
        ("/clientes/campanas/enviar/", [("mensaje", "Hola"), ("plantilla", "abc")]),
        ("/clientes/unir/", [("a", "1"), ("b", "2"), ("nombre", "abc")]),
        ("/clientes/unir/", [("a", "1"), ("b", "2"), ("nombre", "3")]),
    ],
)
def test_what_stands_beside_is_read_as_strictly(app: Flask, admin: CheckingClient, url: str, beside: Said) -> None:
    before = stored(app)
    said = [] if url.endswith("unir/") else [("destino", "todos")]
    assert post(admin, url, [*said, *beside]).status_code in (200, 400)
    assert stored(app) == before
