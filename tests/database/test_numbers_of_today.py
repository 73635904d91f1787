"""Numbers in older spellings that a database holds become those of today, in every table, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from clientes_app.campaigns.verification import verify
from clientes_app.clients.search.criteria import Search
from clientes_app.clients.search.query import matching
from clientes_app.config import PROJECT_ROOT
from clientes_app.extensions import db
from clientes_app.models import Cliente

from ..support.postgres import PostgresServer

pytestmark = pytest.mark.both_databases

MIGRATIONS = str(PROJECT_ROOT / "migrations")
MOMENT = "'2026-11-22 15:00:00'"
OLD, TODAY = "+5215512345678", "+525512345678"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a database without tables."""
    return f"sqlite:///{tmp_path / 'blank.sqlite'}"


@pytest.fixture
def postgresql_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of a database without tables."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def before(app: Flask, context: None) -> None:
    """The database of a shop as it was before."""
    upgrade(MIGRATIONS, "0015")
    for name in ("ana", "beto"):
        execute(
            "INSERT INTO usuario (usuario, usuario_clave, clave_hash, rol, negocio, de_muestra, creado)"
            f" VALUES ('{name}', '{name}', 'x', 'admin', '', false, {MOMENT})"
        )


def execute(statement: str, **values: Any) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement), values)


def rows(statement: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def add_client(telefono: str, number: str | None, account: int = 1) -> None:
    digits = "".join(filter(str.isdigit, telefono))
    execute(
        "INSERT INTO cliente (nombre, telefono, telefono_e164, busqueda, activo, creado, usuario_id)"
        f" VALUES (:name, :typed, :number, :busqueda, true, {MOMENT}, :account)",
        name=f"Cliente {telefono}",
        typed=telefono,
        number=number,
        busqueda="\n".join(filter(None, (f"cliente {telefono}", digits, (number or "")[1:]))),
        account=account,
    )


def add_campaign(campaign_id: int, state: str, messages: list[tuple[str, str]]) -> None:
    """Store a campaign with a message in each state and to each number given, in this order."""
    counters = {"pendiente": "pendientes", "enviado": "enviados_exitosos", "fallido": "enviados_fallidos"}
    counts = {column: sum(counters[each] == column for each, _ in messages) for column in counters.values()}
    execute(
        "INSERT INTO campana_sms (id, nombre, mensaje, total_clientes, pendientes, enviando, enviados_exitosos,"
        " enviados_fallidos, omitidos, inciertos, cancelados, estado, creado, completado, velocidad, enviada_por_id,"
        " usuario_id) VALUES (:id, 'Promo', 'Hola', :total, :pendientes, 0, :enviados_exitosos, :enviados_fallidos,"
        f" 0, 0, 0, :state, {MOMENT}, {MOMENT if state == 'completado' else 'NULL'}, 0, 1, 1)",
        id=campaign_id,
        total=len(messages),
        state=state,
        **counts,
    )
    for place, (each, number) in enumerate(messages):
        execute(
            "INSERT INTO sms_log (campana_id, nombre, telefono, telefono_e164, mensaje, partes, estado, twilio_sid,"
            f" creado, actualizado) VALUES (:campaign, :name, '', :number, '', 0, :state, :sid, {MOMENT}, {MOMENT})",
            campaign=campaign_id,
            name=f"Cliente {place}",
            number=number,
            state=each,
            sid=f"SM{campaign_id}{place}" if each == "enviado" else None,
        )


def test_clients_get_the_number_of_today(before: None) -> None:
    add_client("+52 1 55 1234 5678", OLD)
    add_client("+52 1 55 1234 5679", None)
    add_client("+54 11 2345 6789", None)
    add_client("+55 11 8765 4321", "+551187654321")
    add_client("300 123 4567", "+573001234567")
    add_client("Tel. 300 124 2001", None)
    add_client("01 8000 123456", "+5718000123456")
    add_client("no tiene", None)
    add_client("555 123", "+573009998877")  # read when the region was another
    upgrade(MIGRATIONS)
    assert rows("SELECT telefono, telefono_e164 FROM cliente ORDER BY id") == [
        ("+52 1 55 1234 5678", TODAY),
        ("+52 1 55 1234 5679", "+525512345679"),
        ("+54 11 2345 6789", "+5491123456789"),
        ("+55 11 8765 4321", "+5511987654321"),
        ("300 123 4567", "+573001234567"),
        ("Tel. 300 124 2001", "+573001242001"),
        ("01 8000 123456", None),
        ("no tiene", None),
        ("555 123", "+573009998877"),
    ]


@pytest.mark.parametrize("sought", ["+52 1 55 1234 5678", "+52 55 1234 5678", "5215512345678", "5512345678"])
def test_they_are_found_by_both_spellings(before: None, sought: str) -> None:
    add_client("+52 1 55 1234 5678", OLD)
    add_client("300 123 4567", "+573001234567")
    upgrade(MIGRATIONS)
    found = db.session.scalars(matching(1, Search(sought)).with_only_columns(Cliente.telefono_e164)).all()
    assert found == [TODAY]


def test_opt_outs_stay_those_of_the_same_people(before: None) -> None:
    for account, number in ((1, OLD), (1, TODAY), (2, OLD), (2, "+541123456789"), (1, "#0123456789abcde")):
        execute(
            "INSERT INTO baja (telefono_e164, origen, creado, usuario_id)"
            f" VALUES (:number, 'manual', {MOMENT}, :account)",
            number=number,
            account=account,
        )
    upgrade(MIGRATIONS)
    assert rows("SELECT usuario_id, telefono_e164 FROM baja ORDER BY usuario_id, telefono_e164") == [
        (1, "#0123456789abcde"),
        (1, TODAY),
        (2, TODAY),
        (2, "+5491123456789"),
    ]


PENDING, SENT, FAILED, OMITTED = "pendiente", "enviado", "fallido", "omitido"


@pytest.mark.parametrize(
    ("messages", "after"),
    [
        ([(PENDING, OLD)], [(PENDING, TODAY)]),
        ([(SENT, OLD)], [(SENT, TODAY)]),
        ([(PENDING, OLD), (PENDING, TODAY)], [(PENDING, TODAY), (OMITTED, None)]),
        ([(PENDING, TODAY), (PENDING, OLD)], [(PENDING, TODAY), (OMITTED, None)]),
        ([(SENT, OLD), (PENDING, TODAY)], [(SENT, TODAY), (OMITTED, None)]),
        ([(PENDING, OLD), (SENT, TODAY)], [(OMITTED, None), (SENT, TODAY)]),
        ([(FAILED, OLD), (PENDING, TODAY)], [(FAILED, OLD), (PENDING, TODAY)]),
        ([(SENT, OLD), (SENT, TODAY)], [(SENT, OLD), (SENT, TODAY)]),
    ],
)
def test_no_phone_gets_a_campaign_twice(
    before: None, messages: list[tuple[str, str]], after: list[tuple[str, str | None]]
) -> None:
    going = any(state == PENDING for state, _ in messages)
    add_campaign(1, "procesando" if going else "completado", messages)
    upgrade(MIGRATIONS)
    assert rows("SELECT estado, telefono_e164 FROM sms_log ORDER BY id") == after
    left_out = rows("SELECT error_mensaje FROM sms_log WHERE estado = 'omitido'")
    assert left_out == [("Duplicate number",)] * len(left_out)
    still_going = any(state == PENDING for state, _ in after)
    assert rows("SELECT estado, completado IS NULL FROM campana_sms") == [
        ("procesando", True) if still_going else ("completado", False)
    ]
    assert verify(1).holds
