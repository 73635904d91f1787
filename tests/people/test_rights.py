"""What a vendedor may do beyond looking: each right by HTTP, and the buttons that go with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.clients.search.selection import Ticked
from clientes_app.extensions import unit_of_work
from clientes_app.models import CampanaSMS, EstadoCampana, Segmento

from ..support.checking_client import CheckingClient, open_browser
from ..support.shop import Shop

SellerWho = Callable[..., CheckingClient]

RIGHTS = ("puede_enviar", "puede_vender", "puede_editar_clientes")


@pytest.fixture
def client_id(shop: Shop, account: int) -> int:
    """A client of the account's."""
    return shop.add_client(account)


@pytest.fixture
def seller_who(app: Flask, shop: Shop, account: int) -> SellerWho:
    """Return the browser of a vendedor with these rights and no others."""

    def log_in(*rights: str) -> CheckingClient:
        shop.add_seller(account, "eva", **{name: name in rights for name in RIGHTS})
        browser = open_browser(app)
        assert browser.log_in("eva").status_code == 302
        return browser

    return log_in


@pytest.fixture
def campaign_id(app: Flask, account: int, client_id: int) -> int:
    """A campaign that waits for the sender."""
    with app.test_request_context():
        draft = services.Draft(Ticked((client_id,)), "Hola", "Vieja")
        return int(services.create_campaign(account, draft, by=NOBODY).id)


class TestSending:
    """Send campaigns."""

    PLACES = ("/", "/clientes/", "/clientes/1/", "/clientes/campanas/", "/clientes/plantillas/", "/clientes/segmentos/")

    @pytest.fixture
    def shown(self, shop: Shop, account: int, client_id: int) -> None:
        """Rows of each kind, so that each page has its buttons."""
        shop.add_template(account)
        shop.add(Segmento(nombre="Todos", busqueda={}, creado_por_id=account, usuario_id=account))

    @pytest.mark.parametrize("place", PLACES)
    def test_who_may_is_offered_it(self, seller_who: SellerWho, shown: None, place: str) -> None:
        page = seller_who("puede_enviar").get(place)
        assert page.status_code == 200
        assert "/clientes/campanas/nueva/" in page.text

    @pytest.mark.parametrize("place", PLACES)
    def test_who_may_not_is_not(self, seller_who: SellerWho, shown: None, place: str) -> None:
        page = seller_who("puede_vender", "puede_editar_clientes").get(place)
        assert page.status_code == 200
        assert "/clientes/campanas/nueva/" not in page.text
        assert 'name="cliente_ids"' not in page.text

    def test_without_it_none_is(self, seller_who: SellerWho, client_id: int) -> None:
        payload = {"cliente_ids": [client_id], "mensaje": "Hola", "nombre_campana": "Una"}
        bare = seller_who()
        refused = bare.send_json("/clientes/enviar-sms/", payload)
        assert (refused.status_code, refused.get_json()["success"]) == (403, False)
        form = {"cliente_ids": str(client_id), "mensaje": "Hola", "nombre": "Una campaña"}
        assert bare.send("/clientes/campanas/enviar/", form).status_code == 403
        assert "/clientes/campanas/1/" not in bare.get("/clientes/campanas/").text

    def test_with_it_a_campaign_is_sent(self, seller_who: SellerWho, client_id: int) -> None:
        payload = {"cliente_ids": [client_id], "mensaje": "Hola", "nombre_campana": "Una"}
        sent = seller_who("puede_enviar").send_json("/clientes/enviar-sms/", payload)
        assert sent.status_code == 202

    def test_the_page_of_a_campaign_keeps_its_certificate_for_everybody(
        self, app: Flask, seller_who: SellerWho, campaign_id: int
    ) -> None:
        with app.app_context(), unit_of_work() as session:
            session.get_one(CampanaSMS, campaign_id).estado = EstadoCampana.CANCELADO
        page = seller_who().get(f"/clientes/campanas/{campaign_id}/acciones/").text
        assert f"/clientes/campanas/{campaign_id}/certificado/" in page
        assert "/clientes/campanas/nueva/" not in page

    @pytest.mark.parametrize(("right", "offered"), [("puede_enviar", True), ("puede_vender", False)])
    def test_a_running_campaign_can_be_paused_and_cancelled_by_who_may_send(
        self, seller_who: SellerWho, campaign_id: int, right: str, offered: bool
    ) -> None:
        page = seller_who(right).get(f"/clientes/campanas/{campaign_id}/").text
        for act in ("pausar", "cancelar"):
            assert (f"/clientes/campanas/{campaign_id}/{act}/" in page) is offered


class TestSelling:
    """Record sales."""

    def test_with_it_a_sale_is_recorded(self, seller_who: SellerWho, client_id: int) -> None:
        browser = seller_who("puede_vender")
        assert 'id="total"' in browser.get(f"/clientes/{client_id}/").text
        assert browser.send(f"/clientes/{client_id}/ventas/", {"total": "59900"}).status_code == 302

    def test_without_it_none_is(self, seller_who: SellerWho, client_id: int) -> None:
        browser = seller_who("puede_enviar", "puede_editar_clientes")
        assert 'id="total"' not in browser.get(f"/clientes/{client_id}/").text
        assert browser.send(f"/clientes/{client_id}/ventas/", {"total": "59900"}).status_code == 403


class TestEditingClients:
    """Create and edit clients; deleting stays the admin's."""

    def test_with_it_clients_are_created_and_edited(self, seller_who: SellerWho, client_id: int) -> None:
        browser = seller_who("puede_editar_clientes")
        listed = browser.get("/clientes/").text
        assert "/clientes/nuevo/" in listed
        assert f"/clientes/editar/{client_id}/" in listed
        assert browser.send("/clientes/nuevo/", {"nombre": "Otra", "telefono": "3001112222"}).status_code == 302
        assert browser.send(f"/clientes/editar/{client_id}/", {"activo": "false"}).status_code == 302
        shown = browser.get(f"/clientes/{client_id}/").text
        assert f"/clientes/editar/{client_id}/" in shown
        assert 'name="etiqueta_nueva"' in shown

    def test_with_it_nothing_is_deleted_or_imported(self, seller_who: SellerWho, client_id: int) -> None:
        browser = seller_who(*RIGHTS)
        for place in ("/clientes/", f"/clientes/{client_id}/"):
            page = browser.get(place).text
            assert "/eliminar/" not in page
            assert "/clientes/importar/" not in page
            assert "/seleccion/exportar/" not in page
        assert browser.send(f"/clientes/eliminar/{client_id}/").status_code == 403

    def test_without_it_nothing_is_changed(self, seller_who: SellerWho, client_id: int) -> None:
        browser = seller_who("puede_enviar", "puede_vender")
        listed = browser.get("/clientes/").text
        assert "/clientes/nuevo/" not in listed
        assert f"/clientes/editar/{client_id}/" not in listed
        shown = browser.get(f"/clientes/{client_id}/").text
        assert f"/clientes/editar/{client_id}/" not in shown
        assert 'name="etiqueta_nueva"' not in shown
        assert browser.send(f"/clientes/editar/{client_id}/", {"activo": "false"}).status_code == 403

    def test_an_empty_list_says_who_adds_clients(self, seller_who: SellerWho) -> None:
        browser = seller_who("puede_editar_clientes")
        page = browser.get("/clientes/", headers={"Accept-Language": "en"}).text
        assert "Add the people who buy from you" in page
        assert "Import a list" not in page


def test_the_first_steps_offer_what_the_person_may_do(seller_who: SellerWho) -> None:
    page = seller_who("puede_editar_clientes").get("/").text
    assert 'href="/clientes/nuevo/"' in page
    assert "/clientes/plantillas/crear/" not in page
    assert "/clientes/campanas/nueva/" not in page
