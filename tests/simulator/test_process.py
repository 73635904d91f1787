"""The simulator's ledger and its life as a process."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path
from threading import Timer

import pytest
import requests
from twilio.rest import Client

from clientes_app.simulator import SIMULATED_FROM_NUMBER
from clientes_app.simulator.ledger import Ledger
from clientes_app.simulator.process import LastingSimulator, SimulatorNotStarted, SimulatorProcess

from ..support.carrier import wait_until
from ..support.simulated_twilio import (
    IMPATIENT_S,
    TO,
    Connect,
    bodies_in_ledger,
    entry,
    error_of,
    ledger_of,
    post_message,
    send,
    settings_of,
    wait_for_a_message,
)


def test_options_set_the_conditions(connect: Connect) -> None:
    sid, token = "AC" + "a" * 32, "b" * 32
    options = [
        "--jitter",
        "2",
        "--fault",
        "500=0.5",
        "--fault",
        "429=0.5",
        "--retry-after",
        "9",
        "--seed",
        "3",
        "--callback-delay",
        "7",
        "--undelivered",
        "99",
    ]
    with SimulatorProcess.start(None, 1, *options, "--account-sid", sid, "--auth-token", token) as simulator:
        assert settings_of(simulator) == {
            "latency": 1,
            "jitter": 2,
            "faults": {"500": 0.5, "429": 0.5},
            "next": [],
            "retry_after": 9,
            "seed": 3,
            "callback_delay": 7,
            "undelivered": "99",
        }
        assert error_of(connect(simulator)) == (401, 20003)
        assert error_of(connect(simulator, sid=sid, token=token))[0] in {429, 500}
        assert simulator.stop() == 0


def test_the_ledger_tells_what_was_sent(simulator: SimulatorProcess, client: Client) -> None:
    message = send(client, "¿Qué más?\nChao", status_callback="http://127.0.0.1:9/callback")
    line = ledger_of(simulator)[-1]
    created = line.pop("created")
    assert line == {
        "sid": message.sid,
        "to": TO,
        "body": "¿Qué más?\nChao",
        "from": SIMULATED_FROM_NUMBER,
        "status_callback": "http://127.0.0.1:9/callback",
        "validity_period": None,
    }
    assert datetime.fromisoformat(created).replace(microsecond=0) == message.date_created


def test_a_long_ledger_streams_whole_and_in_order(simulator: SimulatorProcess, ledger_path: Path) -> None:
    numbers = [str(number) for number in range(2500)]
    with Ledger(ledger_path) as ledger:
        for number in numbers:
            ledger.add(entry(number))
    assert bodies_in_ledger(simulator)[-2500:] == numbers


def test_several_processes_share_a_ledger(simulator: SimulatorProcess, client: Client, ledger_path: Path) -> None:
    def send_many() -> set[str]:
        return {send(client).sid for _ in range(100)}

    with ThreadPoolExecutor(1) as threads, Ledger(ledger_path) as ledger:
        sending = threads.submit(send_many)
        for number in range(100):
            ledger.add(entry(f"shared {number}"))
        sent = sending.result()
        assert len(sent) == 100
        assert all(ledger.get(sid) for sid in sent)
    assert {f"shared {number}" for number in range(100)} <= set(bodies_in_ledger(simulator))


def test_a_new_ledger_waits_for_another_process_that_makes_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = Timer(IMPATIENT_S, other.rollback)
        release.start()
        with Ledger(path) as ledger:
            ledger.add(entry("patient"))
            assert ledger.count() == 1
        release.join()


def test_the_ledger_survives_a_kill(tmp_path: Path, connect: Connect) -> None:
    path = tmp_path / "ledger.sqlite3"
    with SimulatorProcess.start(path) as simulator:
        client = connect(simulator)
        sids = [send(client, str(number)).sid for number in range(50)]
        os.kill(simulator.pid, signal.SIGKILL)
        assert simulator.stop() == -signal.SIGKILL
    with Ledger(path) as ledger:
        assert [message.sid for message in ledger.newest(100, TO)] == sids[::-1]


def test_a_lasting_simulator_comes_back_at_its_address_with_its_ledger(tmp_path: Path, connect: Connect) -> None:
    path = tmp_path / "ledger.sqlite3"
    with LastingSimulator(path) as simulator:
        base_url, sids = simulator.base_url, []
        for _ in range(3):
            sids.append(send(connect(simulator)).sid)
            killed = simulator.pid
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda killed=killed: simulator.pid != killed)
        assert simulator.base_url == base_url
        sids.append(send(connect(simulator)).sid)
    with Ledger(path) as ledger:
        assert [message.sid for message in ledger.newest(100, TO)] == sids[::-1]
    with pytest.raises(requests.ConnectionError):
        requests.get(base_url, timeout=5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_even_with_a_client_waiting(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "clientes_app.simulator", "--fault", "silent_after=1"]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        base_url = process.stdout.readline().removeprefix("Simulated Twilio on ").strip()
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(post_message, base_url)
            wait_for_a_message(base_url)
            process.send_signal(number)
            assert isinstance(waiting.exception(timeout=5), requests.ConnectionError)
        assert process.communicate(timeout=5) == ("", "")
        assert process.returncode == 0


def test_it_ends_with_a_parent_that_was_killed() -> None:
    program = (
        "from clientes_app.simulator.process import SimulatorProcess\n"
        "with SimulatorProcess.start() as simulator:\n"
        "    print(simulator.base_url, flush=True)\n"
        "    input()\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], text=True, **pipes) as parent:  # type: ignore[call-overload]
        base_url = parent.stdout.readline().strip()
        assert requests.get(f"{base_url}/_control/", timeout=5).ok
        parent.kill()
        # The simulator inherited this pipe: it ends when the last of the two is gone.
        assert parent.stderr.read() == ""
    with pytest.raises(requests.ConnectionError):
        requests.get(base_url, timeout=5)


def test_a_simulator_that_cannot_start_says_so() -> None:
    with pytest.raises(SimulatorNotStarted):
        SimulatorProcess.start(None, 0, "--fault", "nonsense=1")
