"""An account's own fields on its clients' pages, as a browser sees them."""

from __future__ import annotations

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.clients.services import edit_client
from clientes_app.errors import Conflict
from clientes_app.extensions import db
from clientes_app.fields import services
from clientes_app.fields.services import NewField
from clientes_app.fields.values import values_of
from clientes_app.models import Campo, Cliente, TipoDeCampo

from ..support.checking_client import CheckingClient
from ..support.shop import Shop, account_of

pytestmark = pytest.mark.both_databases

KINDS = {
    "Mascota": TipoDeCampo.TEXTO,
    "Hijos": TipoDeCampo.NUMERO,
    "Nace": TipoDeCampo.FECHA,
    "Talla": TipoDeCampo.OPCION,
}


@pytest.fixture
def fields(app: Flask, account: int) -> dict[str, Campo]:
    """A field of each kind, by its name."""
    with app.test_request_context():
        return {
            name: services.create_field(account, NewField(name, kind, ["Chica", "Grande"]), by=NOBODY)
            for name, kind in KINDS.items()
        }


def form_of(fields: dict[str, Campo], **typed: str) -> dict[str, str]:
    return {f"campo_{fields[name].id}": value for name, value in typed.items()}


def shown_of(fields: dict[str, Campo], **shown: str) -> dict[str, str]:
    return {f"antes-campo_{fields[name].id}": value for name, value in shown.items()}


def values(app: Flask, fields: dict[str, Campo], client_id: int) -> dict[str, str]:
    with app.app_context():
        found = values_of(db.session(), [client_id]).get(client_id, {})
    return {name: found[field.id] for name, field in fields.items() if field.id in found}


def test_a_new_client_has_what_was_typed(admin: CheckingClient, app: Flask, fields: dict[str, Campo]) -> None:
    assert "Mascota" in admin.get("/clientes/nuevo/").text
    typed = form_of(fields, Mascota=" Ñandú ", Hijos="1,5", Nace="17/05", Talla="Chica")
    admin.send("/clientes/nuevo/", {"nombre": "Laura", **typed})
    with app.app_context():
        client_id = db.session.scalars(db.select(Cliente.id)).one()
    assert values(app, fields, client_id) == {"Mascota": "Ñandú", "Hijos": "1.5", "Nace": "--05-17", "Talla": "Chica"}
    page = admin.get(f"/clientes/{client_id}/").text
    assert all(each in page for each in ("Ñandú", "1,5", "17 de mayo", "Chica"))


def test_what_is_no_value_is_said_beside_its_field_and_kept(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, fields: dict[str, Campo]
) -> None:
    client_id = shop.add_client(account)
    answer = admin.send(f"/clientes/editar/{client_id}/", form_of(fields, Mascota="Gato", Hijos="dos", Nace="31/02"))
    assert answer.text.count('aria-invalid="true"') == 2
    assert all(f'value="{typed}"' in answer.text for typed in ("Gato", "dos", "31/02"))
    assert values(app, fields, client_id) == {}


def test_two_who_edit_a_client_keep_what_each_has_changed(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, fields: dict[str, Campo]
) -> None:
    url = f"/clientes/editar/{(client_id := shop.add_client(account))}/"
    admin.send(url, form_of(fields, Mascota="Gato", Nace="17/05/1990"))
    shown = shown_of(fields, Mascota="Gato", Nace="17/05/1990")
    assert 'value="17/05/1990"' in admin.get(url).text
    admin.send(url, {**form_of(fields, Mascota="Perro", Nace="17/05/1990"), **shown})
    admin.send(url, {**form_of(fields, Mascota="Gato", Nace="18/05/1990"), **shown})
    assert values(app, fields, client_id) == {"Mascota": "Perro", "Nace": "1990-05-18"}
    admin.send(url, {**form_of(fields, Mascota=""), **shown_of(fields, Mascota="Perro")})
    assert values(app, fields, client_id) == {"Nace": "1990-05-18"}
    story = admin.get(f"/clientes/{client_id}/").text
    assert all(each in story for each in ("<bdi>Gato</bdi>", "<bdi>Perro</bdi>", "<bdi>18/05/1990</bdi>"))


def test_an_edit_from_a_program_leaves_the_fields_alone(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, fields: dict[str, Campo]
) -> None:
    client_id = shop.add_client(account)
    admin.send(f"/clientes/editar/{client_id}/", form_of(fields, Mascota="Gato"))
    admin.send_json(f"/clientes/editar/{client_id}/", {"nombre": "Luz"})
    assert values(app, fields, client_id) == {"Mascota": "Gato"}


def test_fields_of_another_shop_are_neither_shown_nor_stored(
    admin: CheckingClient, app: Flask, shop: Shop, account: int
) -> None:
    other = shop.add_admin("otra")
    with app.test_request_context():
        field = services.create_field(other, NewField("Ajeno", TipoDeCampo.TEXTO), by=NOBODY)
    client_id = shop.add_client(account)
    assert "Ajeno" not in admin.get(f"/clientes/editar/{client_id}/").text
    admin.send(f"/clientes/editar/{client_id}/", {f"campo_{field.id}": "Gato"})
    with app.app_context():
        assert values_of(db.session(), [client_id]) == {}


def test_a_choice_that_went_meanwhile_is_refused(
    app: Flask, shop: Shop, account: int, fields: dict[str, Campo]
) -> None:
    client_id = shop.add_client(account)
    with app.test_request_context():
        services.edit_field(account, fields["Talla"].id, "Talla", ["Grande", "Enorme"], by=NOBODY)
        with pytest.raises(Conflict):
            edit_client(account_of(account), client_id, {}, {fields["Talla"].id: "Chica"}, by=NOBODY)


def test_a_field_is_made_changed_moved_and_deleted(admin: CheckingClient, app: Flask, account: int) -> None:
    url = "/ajustes/campos/"
    refused = admin.send(f"{url}nuevo/", {"nombre": "Talla", "tipo": "opcion", "opciones": "Chica"})
    assert "aria-invalid" in refused.text
    sizes = {"nombre": "Talla", "tipo": "opcion", "opciones": "Chica\nGrande"}
    assert admin.send(f"{url}nuevo/", sizes).location == url
    assert admin.send(f"{url}nuevo/", {"nombre": "Mascota", "tipo": "texto"}).location == url
    assert "aria-invalid" in admin.send(f"{url}nuevo/", {"nombre": "Mascota", "tipo": "texto"}).text
    with app.app_context():
        size, pet = services.list_fields(db.session(), account)
    admin.send(f"{url}{pet.id}/mover/", {"hacia": "arriba"})
    admin.send(f"{url}{size.id}/", {"nombre": "Medida", "opciones": "Chica\nGrande\nEnorme"})
    page = admin.get(url).text
    assert page.index("Mascota") < page.index("Medida") < page.index("Enorme")
    assert "{medida}" in page
    assert "Mascota" in admin.get(f"{url}{pet.id}/eliminar/").text
    admin.send(f"{url}{pet.id}/eliminar/")
    assert "Mascota" not in admin.get(url).text.partition('id="fields"')[2]
    assert admin.get(f"{url}{pet.id}/").status_code == 404
