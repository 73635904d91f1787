"""Saying on the page who a row is, with and without scripts, and what becomes of clients that there are."""

from __future__ import annotations

import re

import pytest

from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.shop import Shop

ANA, EVA = "3001241901", "3001241903"
FILE = f"Nombre,Celular\nLuis Ruiz,{ANA}\nJuan Paz,{EVA}\nEva María Paz,{EVA}\nNueva Sol,3001241904\n"

pytestmark = pytest.mark.both_storages


@pytest.fixture
def url(imports: Imports, shop: Shop) -> str:
    """The address of an import that asks about two rows and updates a client."""
    shop.add_client(imports.account, "Ana Ruiz", ANA)
    shop.add_client(imports.account, "Eva Paz", EVA)
    return f"/clientes/importar/{imports.review(FILE)}/"


def names(imports: Imports) -> list[str]:
    return [name for name, *_ in imports.clients()]


def test_the_page_asks_who_it_is_beside_who_has_the_number(admin: CheckingClient, url: str) -> None:
    page = admin.get(url).text
    assert 'data-count="preguntadas">2<' in page
    assert re.search(r'<li id="row-2".*?Luis Ruiz.*?href="/clientes/1/"><bdi>Ana Ruiz</bdi>', page, re.DOTALL)
    assert "2 filas esperan que digas quiénes son" in page
    assert "Importar 2 clientes" in page


def test_a_row_is_answered_for_in_place(admin: CheckingClient, imports: Imports, url: str) -> None:
    swapped = admin.swap(f"{url}filas/2/respuesta/", {"respuesta": "otro"}).text
    assert '<li id="row-2" class="import-row" tabindex="-1" autofocus>' in swapped
    assert 'data-count="preguntadas">1<' in swapped
    assert "Importar 3 clientes" in swapped
    again = admin.swap(f"{url}filas/2/respuesta/", {"respuesta": "preguntar"}).text
    assert 'data-count="preguntadas">2<' in again
    admin.swap(f"{url}filas/2/respuesta/", {"respuesta": "mismo"})
    admin.swap(f"{url}filas/3/respuesta/", {"respuesta": "fuera"})
    admin.send(f"{url}aplicar/")
    imports.work()
    assert names(imports) == ["Luis Ruiz", "Eva María Paz", "Nueva Sol"]


def test_without_scripts_too(admin: CheckingClient, url: str) -> None:
    answered = admin.send(f"{url}filas/2/respuesta/", {"respuesta": "otro"})
    assert answered.location == f"{url}filas/?veredicto=pregunta#rows"
    assert 'data-count="preguntadas">1<' in admin.get(url).text


def test_one_answer_for_all(admin: CheckingClient, imports: Imports, url: str) -> None:
    assert 'id="answer-all"' in admin.get(f"{url}filas/?veredicto=pregunta").text
    assert admin.send(f"{url}respuesta/", {"respuesta": "otro"}).location == url
    admin.send(f"{url}aplicar/")
    imports.work()
    assert names(imports) == ["Ana Ruiz", "Eva María Paz", "Luis Ruiz", "Juan Paz", "Nueva Sol"]
    told = admin.get("/clientes/2/").text
    assert "Cambió con una importación" in told
    assert "clientes.csv" in told


def test_clients_that_there_are_may_stay_as_they_are(admin: CheckingClient, imports: Imports, url: str) -> None:
    assert admin.send(f"{url}existentes/", {"dejar": "si"}).location == url
    page = admin.get(url).text
    assert 'data-count="actualizadas">0<' in page
    assert 'data-count="intactas">1<' in page
    kept = admin.get(f"{url}filas/?veredicto=intacta").text
    assert re.search(r"<bdi>Eva Paz</bdi>.*<bdi>Eva María Paz</bdi> <em>\(en el archivo\)", kept, re.DOTALL)
    admin.send(f"{url}aplicar/")
    imports.work()
    assert names(imports) == ["Ana Ruiz", "Eva Paz", "Nueva Sol"]
    assert 'data-count="intactas">1<' in admin.get(url).text
    assert "Eva Paz" in admin.get(f"{url}filas/?veredicto=intacta").text


@pytest.mark.parametrize("address", ["filas/2/respuesta/", "respuesta/", "existentes/"])
@pytest.mark.parametrize("said", ["", "todos", "mismo,otro"])
def test_what_cannot_be_read_changes_nothing(admin: CheckingClient, url: str, address: str, said: str) -> None:
    assert admin.send(f"{url}{address}", {"respuesta": said, "dejar": said}).status_code == 400
    assert 'data-count="preguntadas">2<' in admin.get(url).text


def test_rows_that_nobody_decided_on_are_in_the_file_of_rejected_ones(
    admin: CheckingClient, imports: Imports, url: str
) -> None:
    admin.send(f"{url}aplicar/")
    imports.work()
    lines = admin.get(f"{url}rechazadas/").get_data().decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == ["Luis Ruiz", "Juan Paz"]
    assert "nadie dijo si es el mismo" in lines[1]


def test_undoing_says_who_stays_and_why(admin: CheckingClient, imports: Imports, url: str) -> None:
    admin.send(f"{url}respuesta/", {"respuesta": "otro"})
    admin.send(f"{url}aplicar/")
    imports.work()
    assert admin.send("/clientes/3/ventas/", {"total": "1000"}).status_code == 302
    assert f'href="{url}deshacer/"' in admin.get(url).text
    dialog = admin.swap(f"{url}deshacer/", method="GET").text
    assert "Los 2 clientes que creó se eliminan." in dialog
    assert "El cliente que cambió vuelve a quedar como estaba." in dialog
    assert "1 cliente se queda como está" in dialog
    assert "1 tiene ventas" in dialog
    admin.send(f"{url}deshacer/")
    imports.work()
    assert names(imports) == ["Ana Ruiz", "Eva Paz", "Luis Ruiz"]
    page = admin.get(url).text
    assert "1 cliente se queda como está" in page
    assert "1 tiene ventas" in page


def test_one_is_said_as_one(admin: CheckingClient, imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA)
    imports.run(f"Nombre,Celular\nAna María Ruiz,{ANA}\nNueva Sol,3001241904\n")
    assert "Importados: 1 nuevo, 1 actualizado." in admin.get("/clientes/importar/1/").text
    assert "1 nuevo, 1 actualizado" in admin.get("/clientes/importar/").text


@pytest.mark.parametrize("said", ["mismo", "otro", "fuera"])
def test_a_row_that_is_answered_for_still_names_the_other(admin: CheckingClient, imports: Imports, said: str) -> None:
    import_id = imports.review(f"Nombre,Celular\nAna,{ANA}\nLuis,{ANA}\n")
    url = f"/clientes/importar/{import_id}/"
    swapped = admin.swap(f"{url}filas/3/respuesta/", {"respuesta": said}).text
    assert "La fila 2 del archivo tiene este número o documento: <bdi>Ana</bdi>" in swapped


def test_two_rows_with_nothing_but_a_document_in_common_are_asked_about(
    admin: CheckingClient, imports: Imports
) -> None:
    rows = f"Ana Ruiz,{ANA},52123456\nJuan Paz,{EVA},52.123.456\nAna R.,{EVA},52123456\nOtra,{ANA},52123456\n"
    import_id = imports.review(f"Nombre,Celular,Cédula\n{rows}")
    assert imports.counts(import_id) == {"nuevas": 1, "preguntadas": 1, "dobles": 2}
    url = f"/clientes/importar/{import_id}/"
    assert "La fila 2 del archivo tiene este número o documento: <bdi>Ana Ruiz</bdi>" in admin.get(url).text
    admin.swap(f"{url}filas/3/respuesta/", {"respuesta": "otro"})
    imports.apply(import_id)
    assert names(imports) == ["Ana Ruiz", "Juan Paz"]


def test_a_kind_of_rows_that_cannot_be_read_is_refused(admin: CheckingClient, url: str) -> None:
    refused = admin.get(f"{url}filas/?veredicto=nuevas")
    assert (refused.status_code, "“nuevas” no se puede leer" in refused.text) == (400, True)
