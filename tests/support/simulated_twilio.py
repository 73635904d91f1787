"""What the simulator's tests share: calls of Twilio's SDK and of the control endpoints."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from clientes_app.simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, SIMULATED_FROM_NUMBER
from clientes_app.simulator.ledger import Entry
from clientes_app.simulator.process import SimulatorProcess

TO = "+573001234567"
OTHER = "+573109876543"
IMPATIENT_S = 0.3
NORMAL = {
    "latency": 0,
    "jitter": 0,
    "faults": {},
    "next": [],
    "retry_after": None,
    "seed": None,
    "callback_delay": 100,
    "undelivered": "",
}

Connect = Callable[..., Client]


def control(simulator: SimulatorProcess, settings: Any) -> requests.Response:
    return requests.post(f"{simulator.base_url}/_control/", json=settings, timeout=5)


def settings_of(simulator: SimulatorProcess) -> Any:
    return requests.get(f"{simulator.base_url}/_control/", timeout=5).json()


def ledger_of(simulator: SimulatorProcess) -> list[dict[str, Any]]:
    response = requests.get(f"{simulator.base_url}/_control/ledger", timeout=5)
    assert response.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.content.decode().splitlines()]


def send(client: Client, body: str = "Hola", **changes: Any) -> Any:
    return client.messages.create(**{"to": TO, "from_": SIMULATED_FROM_NUMBER, "body": body, **changes})


def error_of(client: Client, **changes: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as raised:
        send(client, **changes)
    return raised.value.status, raised.value.code


def bodies_in_ledger(simulator: SimulatorProcess) -> list[str]:
    return [line["body"] for line in ledger_of(simulator)]


def status_of(client: Client) -> int:
    try:
        send(client)
    except TwilioRestException as error:
        return int(error.status)
    return 201


def post_message(base_url: str) -> requests.Response:
    return requests.post(
        f"{base_url}/2010-04-01/Accounts/{SIMULATED_ACCOUNT_SID}/Messages.json",
        data={"To": TO, "From": SIMULATED_FROM_NUMBER, "Body": "Hola"},
        auth=(SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN),
        timeout=5,
    )


def entry(body: str) -> Entry:
    return Entry(f"SM {body}", TO, body, None, None, None, "2026-11-22T10:30:00.000+00:00")


def wait_for_a_message(base_url: str) -> None:
    while not requests.get(f"{base_url}/_control/ledger", timeout=5).content:
        pass
