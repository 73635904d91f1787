"""What is logged holds nobody's telephone number."""

from __future__ import annotations

import logging

import pytest

from clientes_app.values.masking import masked

from ..support.campaigns import Campaigns
from ..support.carrier import sending
from ..support.checking_client import CheckingClient
from ..support.shop import Shop

NUMBER = "+573001234567"
log = logging.getLogger("clientes_app.anything")


@pytest.mark.parametrize(
    "number",
    [NUMBER, "573001234567", "3001234567", "300 123 4567", "300-123-45-67", "+57 (300) 123-4567", "+1 202 555 0123"],
)
def test_a_number_keeps_its_last_digits_however_it_is_spelled(number: str) -> None:
    assert masked(f"to {number}, twice") == f"to ***{number[-2:]}, twice"


@pytest.mark.parametrize("text", ["import 1234567 broke", "2026-11-29 10:30:05", "3.004.567 rows in 12.5 s", "21211"])
def test_what_is_no_number_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.usefixtures("app")
def test_every_record_is_masked_and_so_is_the_error_it_quotes(caplog: pytest.LogCaptureFixture) -> None:
    log.warning("sent to %s", NUMBER)
    logging.getLogger("gunicorn.error").error("Error handling request /clientes/?q=3001234567")
    try:
        int(f"{NUMBER} is odd")
    except ValueError:
        log.exception("import %d broke", 7)
    assert "sent to ***67" in caplog.text
    assert "import 7 broke" in caplog.text
    assert "***67 is odd" in caplog.text
    assert "1234567" not in caplog.text


@pytest.mark.usefixtures("simulator")
def test_sending_receipts_answers_and_a_crash_log_no_number(
    admin: CheckingClient,
    campaigns: Campaigns,
    shop: Shop,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    campaign_id = campaigns.start_to(shop.add_clients(campaigns.account, ["3001234567", "+15005550001"]))
    with sending(campaigns.app):
        campaigns.ended(campaign_id)
    admin.get("/clientes/?q=3001234567")
    admin.send("/twilio/entrante/", {"From": NUMBER, "Body": "STOP", "MessageSid": "SM" + "0" * 32})

    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError(f"no room for {NUMBER}")

    monkeypatch.setattr("clientes_app.clients.services.create_client", broken)
    crash = admin.send("/clientes/nuevo/", {"nombre": "Laura", "telefono": "3001234567", "activo": "true"})
    assert crash.status_code == 500
    assert "no room for ***67" in caplog.text
    for digits in ("1234567", "5550001"):
        assert digits not in caplog.text
