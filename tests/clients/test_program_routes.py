"""Finding clients as a program does."""

from __future__ import annotations

import pytest

from clientes_app.api.parameters import FILTERS
from clientes_app.clients.search import criteria
from clientes_app.models import Etiqueta

from ..support.checking_client import CheckingClient
from ..support.shop import Shop


def test_a_program_finds_by_every_filter(admin: CheckingClient, shop: Shop, account: int) -> None:
    tag = shop.add(Etiqueta(nombre="VIP", clave="vip", usuario_id=account))
    ana, eva = shop.add_client(account, "Ana", "3001110001"), shop.add_client(account, "Eva", "", activo=False)
    shop.add_client(shop.add_admin("otra"), "Ajena")
    shop.add_tag_to(ana, tag)

    def found(query: str) -> list[int]:
        answer = admin.get(f"/clientes/buscar/?{query}")
        assert answer.status_code == 200, answer.text
        return [client["id"] for client in answer.get_json()["clientes"]]

    assert found("") == [ana]
    assert found("estado=todos") == [ana, eva]
    assert found(f"estado=todos&no_etiqueta={tag}") == [eva]
    assert found(f"etiqueta={tag}&etiqueta={tag + 1}&numero=si") == [ana]
    assert found("estado=todos&no_q=ana&no_compro_por=1000") == [eva]
    assert found(f"estado=todos&despues={ana}") == [eva]


@pytest.mark.parametrize(
    "query", ["creado_desde=29/11/2026", "creado_dsde=2026-11-29", "no_etiqueta=999", "despues=x", "q=a&q=b"]
)
def test_what_a_program_asks_unreadably_is_refused(admin: CheckingClient, query: str) -> None:
    answer = admin.get(f"/clientes/buscar/?{query}")
    assert (answer.status_code, answer.get_json()["success"]) == (400, False)


def test_a_program_reads_page_by_page(
    admin: CheckingClient, shop: Shop, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientes_app.clients.search.listing.FOUND_AT_ONCE", 2)
    ids = shop.add_clients(account, ["3001110001", "3001110002", "3001110003"])
    first = admin.get("/clientes/buscar/?q=cliente&no_q=zzz").get_json()
    rest = admin.get(first["clientes_url"]).get_json()
    assert [client["id"] for client in (*first["clientes"], *rest["clientes"])] == ids
    assert "clientes_url" not in rest


def test_the_description_names_every_filter() -> None:
    described = {parameter["name"] for parameter in FILTERS}
    assert described == {*criteria.FILTERS, "despues"}
