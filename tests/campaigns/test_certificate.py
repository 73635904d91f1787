"""The certificate of a campaign: the page that is printed, and the file; in plain words and the shop's time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from clientes_app.campaigns import certificate
from clientes_app.extensions import unit_of_work
from clientes_app.models import CampanaSMS, EstadoCampana, EstadoSMS, SMSLog

from ..support.campaigns import Campaigns
from ..support.checking_client import CheckingClient
from ..support.csv_files import rows_of_csv
from ..support.shop import Shop

LATE = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
"""The evening before, in Colombia."""


@pytest.fixture
def ended(campaigns: Campaigns, shop: Shop) -> int:
    """A campaign that was cancelled before anything was sent, late in the evening."""
    clients = shop.add_clients(campaigns.account, ["3001234567", "3001234568", "3001234569"])
    campaign_id = campaigns.start_to(clients)
    with campaigns.app.app_context(), unit_of_work() as session:
        rows = {"estado": EstadoSMS.CANCELADO, "actualizado": LATE}
        session.execute(update(SMSLog).where(SMSLog.campana_id == campaign_id).values(rows))
        sums = {"estado": EstadoCampana.CANCELADO, "pendientes": 0, "cancelados": 3, "creado": LATE}
        session.execute(update(CampanaSMS).where(CampanaSMS.id == campaign_id).values(sums))
    return campaign_id


def address(campaign_id: int, rest: str = "") -> str:
    return f"/clientes/campanas/{campaign_id}/certificado/{rest}"


def test_the_file_speaks_plainly_and_in_the_shops_time(admin: CheckingClient, ended: int) -> None:
    lines = rows_of_csv(admin.get(address(ended)).text)
    divider = lines.index([])
    said, titles, rows = dict(line[:2] for line in lines[:divider]), lines[divider + 1], lines[divider + 2 :]
    assert said["Mensaje"] == "Hola {nombre}"
    assert (said["Cancelado"], said["Total"]) == ("3", "3")
    assert said["Comprobado"] == "Las cuentas cuadran con los mensajes y ningún número recibió dos."
    assert "Enviado" not in said
    assert titles == ["Cliente", "Número", "Estado", "Motivo", "Entrega", "SMS", "Cuándo", "Número en Twilio"]
    first = dict(zip(titles, rows[0], strict=True))
    assert (first["Estado"], first["Cuándo"]) == ("Cancelado", "2026-11-21 22:04:05")
    assert len(rows) == 3


def test_the_page_has_the_text_the_sums_and_every_recipient(admin: CheckingClient, ended: int) -> None:
    page = admin.get(address(ended, "imprimir/")).text
    assert "Hola {nombre}" in page
    assert "21 nov 2026, 10:04" in page
    assert "Las cuentas cuadran" in page
    assert page.count("2026-11-21 22:04:05") == 3
    assert "+57 300 123 4569" in page
    assert "Parte siguiente" not in page


def test_it_speaks_english_too(admin: CheckingClient, ended: int) -> None:
    english = {"Accept-Language": "en"}
    assert "The sums agree with the messages" in admin.get(address(ended, "imprimir/"), headers=english).text
    assert "Sent" not in (file := admin.get(address(ended), headers=english).text)
    assert "Cancelled,3" in file


def test_a_large_campaign_is_printed_in_parts(
    admin: CheckingClient, ended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate, "RECIPIENTS_A_PART", 2)
    first = admin.get(address(ended, "imprimir/")).text
    assert "1 a 2 de 3" in first
    onward = re.search(r'id="next-part" href="(.*?)"', first)
    assert onward
    second = admin.get(onward[1]).text
    assert "3 a 3 de 3" in second
    assert "Parte siguiente" not in second
    assert second.count("2026-11-21 22:04:05") == 1


def test_sums_that_do_not_agree_are_said(admin: CheckingClient, campaigns: Campaigns, ended: int) -> None:
    with campaigns.app.app_context(), unit_of_work() as session:
        row = session.query(SMSLog).filter_by(campana_id=ended).first()
        session.delete(row)
    assert "Las cuentas no cuadran" in admin.get(address(ended, "imprimir/")).text


def test_another_shops_certificate_is_not_found(admin: CheckingClient, shop: Shop, ended: int) -> None:
    shop.add_admin("otra")
    admin.log_in("otra")
    assert admin.get(address(ended, "imprimir/")).status_code == 404
