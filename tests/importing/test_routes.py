"""Importing a list through its pages, with and without scripts."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from clientes_app.audit_log import NOBODY
from clientes_app.extensions import db
from clientes_app.importing import jobs, services
from clientes_app.importing.applying import apply
from clientes_app.models import Baja

from ..data import make_awful_files as awful
from ..support.checking_client import CheckingClient
from ..support.imports import Imports, csv_of
from ..support.shop import Shop

LIST = "Nombre;Celular;Cédula;Correo\nMaría Pérez;3001234567;1020;a@b.co\n;3001112222;;\nMaría P.;3001234567;;\n"

pytestmark = pytest.mark.both_storages


@pytest.fixture
def imports(app: Flask, account: int) -> Imports:
    return Imports(app, account)


def upload(client: CheckingClient, content: bytes | str, name: str = "lista.csv") -> TestResponse:
    raw = content.encode() if isinstance(content, str) else content
    # Encoded here: the client would leave a large body's temporary file open.
    boundary, body = encode_multipart({"archivo": FileStorage(BytesIO(raw), name), "csrf_token": client.token()})
    return client.post("/clientes/importar/", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def review(client: CheckingClient, imports: Imports, content: str = LIST, **fields: str) -> str:
    """Upload a list and let it be checked; answer the address of the import."""
    url = upload(client, content).location.removesuffix("columnas/")
    answer = client.send(f"{url}columnas/", {"titulos": "true", "c0": "nombre", "c1": "telefono", **fields})
    assert answer.location == url
    imports.work()
    return url


def test_a_list_is_uploaded_checked_imported_and_undone(admin: CheckingClient, imports: Imports) -> None:
    answer = upload(admin, LIST)
    assert answer.status_code == 302
    page = admin.get(answer.location).text
    assert '<option value="documento" selected>' in page
    assert "+57 300 123 4567" in page
    url = review(admin, imports, c2="documento", etiqueta="Feria")
    shown = admin.get(url).text
    assert 'data-count="nuevas">1<' in shown
    assert 'data-count="malas">1<' in shown
    assert imports.clients() == []
    assert admin.send(f"{url}aplicar/").location == url
    imports.work()
    assert 'data-count="nuevas">1<' in admin.get(url).text
    assert imports.clients() == [("María Pérez", "3001234567", "+573001234567", "1020")]
    assert imports.tags() == {"Feria": ["María Pérez"]}
    assert "lista.csv" in admin.get("/clientes/importar/").text
    assert "<form" in admin.swap(f"{url}deshacer/", method="GET").text
    admin.send(f"{url}deshacer/")
    imports.work()
    assert imports.clients() == []
    assert admin.get(url).status_code == 200


def test_another_choice_of_columns_changes_the_rows_shown(admin: CheckingClient) -> None:
    url = upload(admin, LIST).location
    shown = admin.swap(f"{url}?titulos=true&c0=&c1=nombre", method="GET").text
    assert "<bdi>3001234567</bdi>" in shown
    assert "<!doctype" not in shown
    refused = admin.send(url, {"titulos": "true", "c0": "telefono", "etiqueta": "Feria"})
    assert 'role="alert"' in refused.text
    assert 'value="Feria"' in refused.text


def test_the_sheet_that_was_read_is_named(admin: CheckingClient, imports: Imports) -> None:
    url = upload(admin, awful.spreadsheet(), "libro.xlsx").location.removesuffix("columnas/")
    assert '<option value="Clientes" selected>' in admin.get(f"{url}columnas/").text
    admin.send(f"{url}hoja/", {"hoja": "Proveedores"})
    admin.send(f"{url}columnas/", {"titulos": "true", "c0": "nombre", "c1": "telefono"})
    imports.work()
    assert "<bdi>Proveedores</bdi>" in admin.get(url).text


def test_wrong_rows_are_mended_or_left_out(admin: CheckingClient, imports: Imports) -> None:
    url = review(admin, imports, f"{LIST};3201112222;;\n")
    swapped = admin.swap(f"{url}filas/3/", {"nombre": "Rosa", "telefono": "3001112222"})
    assert 'id="row-3"' in swapped.text
    assert 'data-count="nuevas">2<' in swapped.text
    assert "Con errores 1" in swapped.text, "the chips count as well"
    still_wrong = admin.swap(f"{url}filas/5/", {"nombre": "", "telefono": "3201112222"}).text
    assert re.search(r'<input[^>]*id="row-5-nombre"[^>]*aria-describedby="row-5-fault" autofocus>', still_wrong)
    assert admin.send(f"{url}filas/5/", {"dejar": "1"}).status_code == 302
    assert admin.send(f"{url}filas/3/", {"nombre": "Otra"}).status_code == 409
    assert admin.send(f"{url}filas/99/", {"nombre": "Otra"}).status_code == 404
    admin.send(f"{url}aplicar/")
    imports.work()
    assert [name for name, *_ in imports.clients()] == ["María Pérez", "Rosa"]
    assert admin.send(f"{url}filas/5/", {"nombre": "Otra"}).status_code == 409


def test_a_row_is_mended_whose_tag_is_too_long(admin: CheckingClient, imports: Imports) -> None:
    url = review(admin, imports, f"Nombre;Celular;Grupo\nMaría;3001234567;{'x' * 41}\n", c2="etiquetas")
    shown = admin.get(url).text
    assert f'name="etiquetas" value="{"x" * 41}"' in shown
    admin.swap(f"{url}filas/2/", {"nombre": "María", "telefono": "3001234567", "etiquetas": "Feria"})
    admin.send(f"{url}aplicar/")
    imports.work()
    assert imports.tags() == {"Feria": ["María"]}


def test_the_file_of_rejected_rows_names_row_and_reason(admin: CheckingClient, imports: Imports) -> None:
    url = review(admin, imports, LIST.replace(";3001112222;;", ";=cmd();;"))
    lines = admin.get(f"{url}rechazadas/").get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith(";'=cmd();;;3;")
    assert lines[2].startswith("María P.;3001234567;;;4;")
    assert lines[2].endswith("2.")


@pytest.mark.parametrize("content", ["", "%PDF-1.7 ...", "PK\x03\x04broken", "a" * 2_000_000])
def test_what_is_no_list_is_refused_in_words(admin: CheckingClient, imports: Imports, content: str) -> None:
    answer = upload(admin, content)
    assert answer.status_code == 200
    assert 'id="archivo-errors"' in answer.text
    assert imports.kept() == {}


def test_a_file_may_be_larger_than_other_bodies(admin: CheckingClient) -> None:
    rows = "".join(f"Cliente número {n},{3_001_000_000 + n}\n" for n in range(100_000))
    assert len(rows) > 2 * 1024 * 1024
    assert upload(admin, f"nombre,celular\n{rows}").status_code == 302


def test_a_cancelled_import_leaves_nothing(admin: CheckingClient, imports: Imports) -> None:
    url = review(admin, imports)
    assert "<form" in admin.swap(f"{url}cancelar/", method="GET").text
    admin.send(f"{url}cancelar/")
    assert admin.send(f"{url}aplicar/").status_code == 409
    assert admin.get(url).status_code == 200
    assert imports.kept() == {}


def test_an_import_with_a_sale_cannot_be_undone(admin: CheckingClient, imports: Imports, shop: Shop) -> None:
    url = review(admin, imports)
    admin.send(f"{url}aplicar/")
    imports.work()
    assert admin.send("/clientes/1/ventas/", {"total": "1000"}).status_code == 302
    assert "<form" not in admin.swap(f"{url}deshacer/", method="GET").text
    assert admin.send(f"{url}deshacer/").status_code == 409
    assert len(imports.clients()) == 1


def test_the_columns_of_the_last_import_are_remembered(admin: CheckingClient, imports: Imports) -> None:
    review(admin, imports, "a;b\nAna;3001234567\n", c0="nombre", c1="telefono", c2="")
    upload(admin, "b;a\n3007654321;Luis\n")
    assert [str(role) for role in imports.layout(2).roles] == ["telefono", "nombre"]


def test_columns_of_one_title_are_remembered_each_by_itself(admin: CheckingClient, imports: Imports) -> None:
    twice = "Nombre;Teléfono;Teléfono\n{};3001234567;6011234567\n"
    review(admin, imports, twice.format("Ana"), c0="nombre", c1="telefono", c2="")
    upload(admin, twice.format("Luis"))
    assert [str(role) for role in imports.layout(2).roles] == ["nombre", "telefono", ""]


def test_columns_are_guessed_anew_where_one_is_missing_that_was_used(admin: CheckingClient, imports: Imports) -> None:
    review(admin, imports, "Nombre;Celular;WhatsApp\nAna;3001234567;3017654321\n", c0="nombre", c1="", c2="telefono")
    upload(admin, "Nombre;Celular\nLuis;3021234567\n")
    assert [str(role) for role in imports.layout(2).roles] == ["nombre", "telefono"]


def test_progress_is_streamed_to_the_end(admin: CheckingClient, imports: Imports) -> None:
    url = upload(admin, LIST).location.removesuffix("columnas/")
    admin.send(f"{url}columnas/", {"titulos": "true", "c0": "nombre"})
    assert "hx-sse:connect" in admin.get(url).text
    imports.work()
    assert admin.get(f"{url}progreso/", buffered=True).text.endswith("event: end\ndata: \n\n")


def test_a_row_with_a_cell_too_many_is_shown_whole_and_mended(admin: CheckingClient, imports: Imports) -> None:
    url = review(admin, imports, "Nombre,Celular\nRuiz, Ana,3007960064\nEva,3001234502\n")
    page = admin.get(f"{url}filas/?veredicto=mala").text
    assert "Esta fila tiene más celdas que columnas tiene el archivo." in page
    assert "<bdi>Ruiz · Ana · 3007960064</bdi>" in page
    again = admin.get(f"{url}rechazadas/").text
    assert imports.counts(imports.review(again)) == {"malas": 1}
    admin.send(f"{url}filas/2/", {"nombre": "Ana Ruiz", "telefono": "3007960064"})
    admin.send(f"{url}aplicar/")
    imports.work()
    assert [name for name, *_ in imports.clients()] == ["Ana Ruiz", "Eva"]


def test_who_mends_an_answer_that_cannot_be_read_says_whether_one_wants_messages(
    admin: CheckingClient, imports: Imports
) -> None:
    content = "Nombre,Celular,Acepta SMS\nAna,3001234501,tal vez\nEva,3001234502,tal vez\n"
    url = review(admin, imports, content, c2="acepta")
    assert 'name="baja" value="1"' in admin.get(f"{url}filas/?veredicto=mala").text
    admin.send(f"{url}filas/2/", {"nombre": "Ana", "telefono": "3001234501", "baja": "1"})
    admin.send(f"{url}filas/3/", {"nombre": "Eva", "telefono": "3001234502"})
    admin.send(f"{url}aplicar/")
    imports.work()
    with imports.app.app_context():
        assert list(db.session.scalars(select(Baja.telefono_e164))) == ["+573001234501"]


def test_what_the_question_of_cancelling_said_is_what_happens(admin: CheckingClient, imports: Imports) -> None:
    import_id = imports.review(csv_of([["nombre"], ["Ana"], ["Eva"]]))
    page = admin.get(f"/clientes/importar/{import_id}/cancelar/").text
    (action,) = re.findall(rf'action="(/clientes/importar/{import_id}/cancelar/[^"]*)"', page)
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    assert admin.send(action).status_code == 409
    imports.work()
    questions = [f"/clientes/importar/{import_id}/{what}/" for what in ("cancelar", "deshacer")]
    assert [admin.get(url).status_code for url in questions] == [409, 200]
    imports.undo(import_id)
    assert [admin.get(url).status_code for url in questions] == [409, 409]


def test_a_cancelled_import_says_how_the_rest_is_imported(
    admin: CheckingClient, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientes_app.importing.batch_sizes.FIRST", 5)
    content = csv_of([["nombre"], *([f"Cliente {number}"] for number in range(20))])
    import_id = imports.review(content)
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
        job = imports.take()
        assert job is not None
        with pytest.raises(jobs.Stopped):
            apply(db.engine, job, lambda _: services.cancel(imports.account, import_id, imports.place.storage))
    page = admin.get(f"/clientes/importar/{import_id}/").text
    assert "sube el mismo archivo otra vez" in page
    assert f"importacion={import_id}" in page
    imports.run(content)
    assert len(imports.clients()) == 20
