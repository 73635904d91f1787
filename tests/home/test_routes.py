"""Home: what runs, what the last campaigns came to, whom none can reach, and the first steps."""

from __future__ import annotations

import re
from typing import Any

import pytest

from clientes_app.models import CampanaSMS, EstadoCampana
from clientes_app.models.types import utc_now

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

ENGLISH = {"Accept-Language": "en"}


class Campaigns:
    """Stores campaigns of one account as the sender would have left them."""

    def __init__(self, shop: Shop, account: int) -> None:
        self.shop, self.account = shop, account

    def add(self, nombre: str, estado: EstadoCampana = EstadoCampana.COMPLETADO, **counters: Any) -> int:
        counts = [count for name, count in counters.items() if not name.startswith("error")]
        campaign = CampanaSMS(
            nombre=nombre,
            mensaje="Hola",
            estado=estado,
            total_clientes=sum(counts),
            completado=utc_now() if estado is EstadoCampana.COMPLETADO else None,
            enviada_por_id=self.account,
            usuario_id=self.account,
            **counters,
        )
        return self.shop.add(campaign)


@pytest.fixture
def campaigns(shop: Shop, account: int) -> Campaigns:
    return Campaigns(shop, account)


def home(browser: CheckingClient) -> str:
    """The page's text, its runs of white space as one space."""
    return " ".join(browser.get("/", headers=ENGLISH).text.split())


def steps(browser: CheckingClient) -> list[bool]:
    """Which of the three steps are ticked."""
    items = home(browser).partition('id="first-steps"')[2].partition("</ol>")[0].split("<li ")[1:]
    return ["Done" in item for item in items]


# The first steps


def test_a_new_account_is_led_to_its_first_campaign(
    admin: CheckingClient, shop: Shop, account: int, campaigns: Campaigns
) -> None:
    assert steps(admin) == [False, False, False]
    for url in ("/clientes/nuevo/", "/clientes/importar/", "/clientes/plantillas/crear/", "/clientes/campanas/nueva/"):
        assert f'href="{url}"' in home(admin)
    shop.add_client(account)
    assert steps(admin) == [True, False, False]
    shop.add_template(account)
    assert steps(admin) == [True, True, False]
    campaigns.add("Primera", EstadoCampana.PENDIENTE, pendientes=1)
    assert steps(admin) == []


def test_a_seller_is_told_who_does_the_first_two(seller: CheckingClient) -> None:
    text = home(seller)
    assert text.count("The shop's administrator does this.") == 2
    assert 'href="/clientes/nuevo/"' not in text
    assert 'href="/clientes/plantillas/crear/"' not in text
    assert 'href="/clientes/campanas/nueva/"' in text


def test_another_accounts_rows_tick_nothing(admin: CheckingClient, shop: Shop) -> None:
    other = shop.add_admin("berta")
    shop.add_client(other, telefono="")
    shop.add_template(other)
    Campaigns(shop, other).add("Ajena", enviados_exitosos=1)
    assert steps(admin) == [False, False, False]
    assert "Ajena" not in home(admin)
    assert 'id="unreachable"' not in home(admin)


# The last campaigns


@pytest.mark.parametrize(
    ("estado", "counters", "sentence"),
    [
        (EstadoCampana.COMPLETADO, {"enviados_exitosos": 1240}, "1,240 of 1,240 sent."),
        (
            EstadoCampana.COMPLETADO,
            {"enviados_exitosos": 4, "enviados_fallidos": 3, "omitidos": 2, "inciertos": 1},
            "4 of 10 sent, 3 failed, 2 skipped, 1 uncertain.",
        ),
        (
            EstadoCampana.ERROR,
            {"enviados_exitosos": 1, "pendientes": 2, "error_codigo": 20003, "error_mensaje": "A <reason>"},
            "Stopped: A &lt;reason&gt; (20003). 1 of 3 sent, 2 still waiting.",
        ),
        (EstadoCampana.PROCESANDO, {"pendientes": 2, "enviando": 3}, "0 of 5 sent, 5 still waiting."),
    ],
)
def test_a_campaigns_outcome_is_one_sentence(
    admin: CheckingClient, campaigns: Campaigns, estado: EstadoCampana, counters: dict[str, Any], sentence: str
) -> None:
    pk = campaigns.add("<b>Oferta</b>", estado, **counters)
    text = home(admin)
    assert f">{sentence}</p>" in text
    assert f'<a href="/clientes/campanas/{pk}/"><bdi>&lt;b&gt;Oferta&lt;/b&gt;</bdi></a>' in text


def test_the_last_five_are_shown_newest_first(admin: CheckingClient, campaigns: Campaigns) -> None:
    ids = [campaigns.add(f"C{place}", enviados_exitosos=1) for place in range(6)]
    shown = re.findall(r'id="campaign-(\d+)"', home(admin))
    assert [int(pk) for pk in shown] == ids[:0:-1]


def test_what_runs_is_shown_and_followed(admin: CheckingClient, campaigns: Campaigns) -> None:
    campaigns.add("Vieja", enviados_exitosos=1)
    assert 'hx-trigger="every' not in home(admin)
    running = campaigns.add("Nueva", EstadoCampana.PROCESANDO, enviados_exitosos=2, pendientes=3)
    text = home(admin)
    assert f'id="running-{running}"' in text
    assert "2 of 5 done" in text
    fragment = admin.swap("/", method="GET").text
    assert "<h1" not in fragment
    assert fragment.count('hx-trigger="every 2s"') == 1
    assert f'id="campaign-{running}"' in fragment


# Clients whom no campaign can reach


def test_active_clients_without_a_usable_number_are_counted(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account)
    shop.add_client(account, telefono="", activo=False)
    assert 'id="unreachable"' not in home(admin)
    shop.add_client(account, telefono="")
    assert "1 active client has no number" in home(admin)
    shop.add_client(account, telefono="601 555")
    text = home(admin)
    assert "2 active clients have no number" in text
    assert 'href="/clientes/?numero=no"' in text.partition('id="unreachable"')[2].partition("</p>")[0]


def test_counting_them_stops_early(
    admin: CheckingClient, shop: Shop, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientes_app.clients.search.listing.COUNTED_UP_TO", 2)
    shop.add_clients(account, ["", "", ""])
    assert "More than 2 active clients" in home(admin)
