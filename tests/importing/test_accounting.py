"""Every line of a file is accounted for: on the page the kinds add up to its lines, and each opens its lines."""

from __future__ import annotations

import re

import pytest

from clientes_app.audit_log import NOBODY
from clientes_app.background.daily import take_turn
from clientes_app.extensions import db
from clientes_app.importing import jobs, services
from clientes_app.importing.applying import apply
from clientes_app.importing.staging.verdicts import Apart, Verdict

from ..support.checking_client import CheckingClient
from ..support.erased_people import Shopkeeper
from ..support.imports import Imports
from ..support.shop import Shop

FILE = (
    "\n"
    "Nombre,Celular,Identificación\n"
    "Ana Ruiz,3001241901,52111111\n"
    "Eva Paz,3001241902,\n"
    "Ida Rey,3001241903,\n"
    "\n"
    "\n"
    ",3001241904,\n"
    "Ana María Ruiz,,52.111.111\n"
    "Luis Ruiz,3001241901,\n"
    "Otro Nombre,3001241905,\n"
    "Sin Celular,6012345678,\n"
)
LINES = 12
COUNTS = {
    "nuevas": 2,
    "actualizadas": 1,
    "iguales": 1,
    "preguntadas": 2,
    "dobles": 1,
    "malas": 1,
    "titulos": 1,
    "en_blanco": 3,
    "lineas": LINES,
}
KINDS = {**{verdict.value: verdict for verdict in Verdict}, **{kind.value: kind for kind in Apart}}

pytestmark = pytest.mark.both_storages


@pytest.fixture
def reviewed(imports: Imports, shop: Shop) -> int:
    """The file, checked; the shop knows three of its people."""
    shop.add_client(imports.account, "Eva P.", "3001241902")
    shop.add_client(imports.account, "Ida Rey", "3001241903")
    shop.add_client(imports.account, "Pedro Mar", "3001241905")
    return imports.review(FILE)


def counted(page: str) -> dict[str, int]:
    found = re.findall(r'data-count="(\w+)">([\d.,]+)<', page)
    return {name: int(number) for name, number in found if int(number)}


def lines_of(admin: CheckingClient, import_id: int, kind: str) -> list[int]:
    """Return the numbers of the lines that a kind opens, runs counted out."""
    page = admin.get(f"/clientes/importar/{import_id}/filas/?veredicto={kind}").text
    single = [int(number) for number in re.findall(r"<strong>(?:Fila|Línea) (\d+)</strong>", page)]
    runs = re.findall(r"<strong>Líneas (\d+) a (\d+)</strong>", page)
    return sorted(single + [number for first, last in runs for number in range(int(first), int(last) + 1)])


def all_lines(admin: CheckingClient, import_id: int) -> list[int]:
    return sorted(number for kind in KINDS for number in lines_of(admin, import_id, kind))


def test_the_sums_add_up_and_each_kind_opens_its_lines(admin: CheckingClient, reviewed: int) -> None:
    page = admin.get(f"/clientes/importar/{reviewed}/").text
    assert counted(page) == COUNTS
    assert sum(COUNTS.values()) == 2 * LINES
    assert all_lines(admin, reviewed) == list(range(1, LINES + 1))
    assert lines_of(admin, reviewed, "vacia") == [1, 6, 7]
    assert lines_of(admin, reviewed, "pregunta") == [10, 11]


def test_so_it_is_when_the_import_has_ended(admin: CheckingClient, imports: Imports, reviewed: int) -> None:
    imports.apply(reviewed)
    assert counted(admin.get(f"/clientes/importar/{reviewed}/").text) == COUNTS
    assert all_lines(admin, reviewed) == list(range(1, LINES + 1))
    shown = admin.get(f"/clientes/importar/{reviewed}/filas/?veredicto=actualiza").text
    assert re.search(r"<bdi>Eva P\.</bdi>.*?<bdi>Eva Paz</bdi>", shown, re.DOTALL), "old → new"
    asked = admin.get(f"/clientes/importar/{reviewed}/filas/?veredicto=pregunta").text
    assert "Ana Ruiz" in asked
    assert "Pedro Mar" in asked


def test_nothing_of_the_imported_people_is_kept_beside_the_clients(imports: Imports, reviewed: int) -> None:
    imports.apply(reviewed)
    kept = b"".join(imports.kept().values())
    assert b"Luis Ruiz" in kept, "a row that was not imported can be had back"
    for name in (b"Eva Paz", b"Sin Celular", b"3001241903"):
        assert name not in kept


def test_what_stands_around_a_list_is_named(admin: CheckingClient, imports: Imports) -> None:
    import_id = imports.review("Reporte de clientes\n\nNombre,Celular\nAna Ruiz,3001241901\n\nTOTAL,1\n\n")
    counts = counted(admin.get(f"/clientes/importar/{import_id}/").text)
    assert counts == {"nuevas": 1, "titulos": 2, "en_blanco": 3, "totales": 1, "lineas": 7}
    assert all_lines(admin, import_id) == [1, 2, 3, 4, 5, 6, 7]
    assert "TOTAL · 1" in admin.get(f"/clientes/importar/{import_id}/filas/?veredicto=total").text


def test_old_and_new_stand_beside_each_other(admin: CheckingClient, reviewed: int) -> None:
    shown = admin.get(f"/clientes/importar/{reviewed}/filas/?veredicto=actualiza").text
    assert re.search(r"Nombre: <bdi>Eva P\.</bdi>.*?<bdi>Eva Paz</bdi>", shown, re.DOTALL)


def test_the_link_to_those_without_a_number_opens_just_these(
    admin: CheckingClient, imports: Imports, shop: Shop, reviewed: int
) -> None:
    shop.add_client(imports.account, "Otra Sin", "")
    page = admin.get(f"/clientes/importar/{reviewed}/").text
    link = re.search(r'<a href="([^"#]*veredicto=sin_celular)[^"]*">1 no tiene', page)
    assert link
    assert lines_of(admin, reviewed, "sin_celular") == [12]
    imports.apply(reviewed)
    assert lines_of(admin, reviewed, "sin_celular") == [12]


def test_what_a_cancelled_import_did_not_reach_is_counted(
    admin: CheckingClient, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientes_app.importing.batch_sizes.FIRST", 5)
    import_id = imports.review("nombre\n" + "".join(f"Cliente {n}\n" for n in range(20)))
    stored: list[int] = []

    def cancel_after_first(rows: int) -> None:
        stored.append(rows)
        services.cancel(imports.account, import_id, imports.place.storage)

    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
        job = imports.take()
        assert job is not None
        with pytest.raises(jobs.Stopped):
            apply(db.engine, job, cancel_after_first)
    assert counted(admin.get(f"/clientes/importar/{import_id}/").text) == {
        "nuevas": stored[0],
        "sin_llegar": 20 - stored[0],
        "titulos": 1,
        "lineas": 21,
    }
    assert lines_of(admin, import_id, "pendiente") == list(range(2 + stored[0], 22))


@pytest.mark.parametrize("ended", [False, True])
def test_people_who_are_erased_are_counted_and_not_shown(
    admin: CheckingClient, imports: Imports, shop: Shop, reviewed: int, ended: bool
) -> None:
    with imports.app.app_context():
        take_turn(db.engine)
    if ended:
        imports.apply(reviewed)
    Shopkeeper(imports, shop).erase(shop.add_client(imports.account, "Luis Ruiz", "3001241901"))
    page = admin.get(f"/clientes/importar/{reviewed}/").text
    assert counted(page)["lineas"] == LINES
    assert all_lines(admin, reviewed) == list(range(1, LINES + 1))
    assert "Luis Ruiz" not in admin.get(f"/clientes/importar/{reviewed}/filas/?veredicto=pregunta").text
