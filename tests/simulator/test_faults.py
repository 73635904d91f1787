"""The simulator's faults and conditions, as Twilio's SDK meets them."""

from typing import Any

import pytest
import requests
from twilio.rest import Client

from clientes_app.simulator.process import SimulatorProcess

from ..support.simulated_twilio import (
    IMPATIENT_S,
    NORMAL,
    Connect,
    bodies_in_ledger,
    control,
    error_of,
    post_message,
    send,
    settings_of,
    status_of,
)


@pytest.mark.parametrize(
    ("fault", "answer", "created"),
    [
        ("401", (401, 20003), False),
        ("429", (429, 20429), False),
        ("daily_limit", (429, 63038), False),
        ("500", (500, 20500), False),
        ("500_after", (500, 20500), True),
        ("503", (503, 503), False),
    ],
)
def test_a_faulty_answer(
    simulator: SimulatorProcess, client: Client, fault: str, answer: tuple[int, int], created: bool
) -> None:
    control(simulator, {"next": [fault]})
    assert error_of(client, body=fault) == answer
    assert (fault in bodies_in_ledger(simulator)) is created


@pytest.mark.parametrize(
    ("fault", "error", "created"),
    [
        ("cut_before", requests.ConnectionError, False),
        ("cut_after", requests.ConnectionError, True),
        ("silent", requests.ReadTimeout, False),
        ("silent_after", requests.ReadTimeout, True),
    ],
)
def test_a_fault_without_an_answer(
    simulator: SimulatorProcess, connect: Connect, fault: str, error: type[Exception], created: bool
) -> None:
    control(simulator, {"next": [fault]})
    with pytest.raises(error):
        send(connect(simulator, timeout=IMPATIENT_S), fault)
    assert (fault in bodies_in_ledger(simulator)) is created


def test_ordered_faults_come_once_each_and_in_order(simulator: SimulatorProcess, client: Client) -> None:
    control(simulator, {"next": ["500", "429"]})
    assert error_of(client) == (500, 20500)
    assert settings_of(simulator)["next"] == ["429"]
    assert error_of(client) == (429, 20429)
    assert send(client).status == "queued"


def test_faults_spare_the_reading_of_messages(simulator: SimulatorProcess, client: Client) -> None:
    sid = send(client).sid
    control(simulator, {"faults": {"500": 1}})
    assert client.messages(sid).fetch().sid == sid
    assert error_of(client) == (500, 20500)


def test_a_seed_repeats_the_faults(simulator: SimulatorProcess, client: Client) -> None:
    def outcomes() -> list[int]:
        control(simulator, {"seed": 7, "faults": {"500": 0.4, "429": 0.2}})
        return [status_of(client) for _ in range(40)]

    first = outcomes()
    assert set(first) == {201, 429, 500}
    assert outcomes() == first


def test_429_can_ask_for_a_pause(simulator: SimulatorProcess) -> None:
    control(simulator, {"next": ["429", "429"]})
    assert "Retry-After" not in post_message(simulator.base_url).headers
    control(simulator, {"retry_after": 3})
    answer = post_message(simulator.base_url)
    assert answer.headers["Retry-After"] == "3"
    assert answer.json().keys() == {"code", "message", "more_info", "status"}


def test_a_message_exists_while_its_answer_is_still_on_the_way(simulator: SimulatorProcess, connect: Connect) -> None:
    control(simulator, {"latency": 60_000})
    with pytest.raises(requests.ReadTimeout):
        send(connect(simulator, timeout=IMPATIENT_S), "slow")
    assert "slow" in bodies_in_ledger(simulator)


def test_settings_change_one_at_a_time(simulator: SimulatorProcess) -> None:
    assert settings_of(simulator) == NORMAL
    answer = control(simulator, {"latency": 5, "jitter": 2})
    assert answer.json() == {**NORMAL, "latency": 5, "jitter": 2}
    control(simulator, {"faults": {"503": 0.25}})
    assert settings_of(simulator) == {**NORMAL, "latency": 5, "jitter": 2, "faults": {"503": 0.25}}


@pytest.mark.parametrize(
    "settings",
    [
        {"latency": -1},
        {"latency": "much"},
        {"unknown": 1},
        {"faults": {"404": 1}},
        {"faults": {"500": 0.7, "429": 0.7}},
        {"faults": []},
        {"next": ["404"]},
        {"next": 3},
        {"retry_after": "soon"},
        {"seed": []},
        {"callback_delay": -1},
        {"undelivered": 9},
        [1],
    ],
)
def test_senseless_settings_are_refused_and_change_nothing(simulator: SimulatorProcess, settings: Any) -> None:
    answer = control(simulator, settings)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert settings_of(simulator) == NORMAL


def test_settings_that_are_no_json_are_refused(simulator: SimulatorProcess) -> None:
    answer = requests.post(f"{simulator.base_url}/_control/", data="latency=1", timeout=5)
    assert answer.status_code == 400
