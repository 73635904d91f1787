"""What the simulator tells a StatusCallback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from clientes_app.simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, SIMULATED_FROM_NUMBER
from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import wait_until
from ..support.listening import serve_beside
from ..support.simulated_twilio import TO, control, ledger_of, send


class Listener:
    """A small server that keeps what is posted to it, once it is let go on."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], str]] = []
        self.answers: list[int] = []
        """The statuses of the coming answers; 204 when there are none left."""
        self.go_on = threading.Event()
        self.go_on.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        serve_beside(self._server)
        self.url = f"http://127.0.0.1:{self._server.server_port}/estado/x?y=1"

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def statuses(self, sid: str) -> list[str]:
        return [fields["MessageStatus"] for fields, _ in self.heard if fields["MessageSid"] == sid]

    def _handler(listener) -> type[BaseHTTPRequestHandler]:  # noqa: N805 (self is the handler's)
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                listener.go_on.wait()
                listener.heard.append((dict(parse_qsl(body)), self.headers["X-Twilio-Signature"]))
                self.send_response(listener.answers.pop(0) if listener.answers else 204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 (its name)

        return Handler


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def quick(simulator: SimulatorProcess) -> SimulatorProcess:
    control(simulator, {"callback_delay": 0, "undelivered": "0099"})
    return simulator


def test_a_message_goes_its_way_signed(quick: SimulatorProcess, client: Client, listener: Listener) -> None:
    sid = send(client, status_callback=listener.url).sid
    wait_until(lambda: listener.statuses(sid) == ["accepted", "sent", "delivered"])
    fields, signature = listener.heard[-1]
    assert fields == {
        "AccountSid": SIMULATED_ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "MessageSid": sid,
        "MessageStatus": "delivered",
        "SmsSid": sid,
        "SmsStatus": "delivered",
        "To": TO,
        "From": SIMULATED_FROM_NUMBER,
    }
    assert RequestValidator(SIMULATED_AUTH_TOKEN).validate(listener.url, fields, signature)


def test_a_phone_out_of_reach(quick: SimulatorProcess, client: Client, listener: Listener) -> None:
    sid = send(client, to="+573001230099", status_callback=listener.url).sid
    wait_until(lambda: listener.statuses(sid) == ["accepted", "sent", "undelivered"])
    assert listener.heard[-1][0]["ErrorCode"] == "30003"


def test_a_message_whose_answer_was_cut_off_is_told_of_as_well(
    quick: SimulatorProcess, client: Client, listener: Listener
) -> None:
    control(quick, {"next": ["500_after"]})
    with pytest.raises(Exception, match="500"):
        send(client, status_callback=listener.url)
    sid = ledger_of(quick)[-1]["sid"]
    wait_until(lambda: "delivered" in listener.statuses(sid))


def test_creation_does_not_wait_for_a_listener_that_does_not_answer(
    quick: SimulatorProcess, client: Client, listener: Listener
) -> None:
    listener.go_on.clear()
    sids = {send(client, status_callback=listener.url).sid for _ in range(80)}
    assert not listener.heard
    listener.go_on.set()
    wait_until(lambda: all(len(listener.statuses(sid)) == 3 for sid in sids))


def test_what_was_not_taken_is_told_again_where_the_address_asks_for_it(
    quick: SimulatorProcess, client: Client, listener: Listener
) -> None:
    listener.answers = [503, 503]
    sid = send(client, status_callback=f"{listener.url}#rc=5&rp=ct,rt,5xx").sid
    wait_until(lambda: listener.statuses(sid) == ["accepted", "accepted", "accepted", "sent", "delivered"])
    fields, signature = listener.heard[0]
    assert RequestValidator(SIMULATED_AUTH_TOKEN).validate(listener.url, fields, signature)


@pytest.mark.parametrize("overrides", ["", "#rc=5", "#rc=5&rp=ct,rt", "#rc=0&rp=5xx"])
def test_what_was_not_taken_is_not_told_again_by_itself(
    quick: SimulatorProcess, client: Client, listener: Listener, overrides: str
) -> None:
    listener.answers = [503]
    sid = send(client, status_callback=f"{listener.url}{overrides}").sid
    wait_until(lambda: listener.statuses(sid) == ["accepted", "sent", "delivered"])


def test_nothing_is_told_of_a_message_before_it_is_answered(
    simulator: SimulatorProcess, client: Client, listener: Listener
) -> None:
    control(simulator, {"latency": 1_000, "callback_delay": 900})
    sid = send(client, status_callback=listener.url).sid
    assert listener.heard == []
    wait_until(lambda: len(listener.statuses(str(sid))) == 3)
