"""Clients that send or take slowly, and those that wait: they hold no thread that somebody else needs."""

from __future__ import annotations

import json
import shutil
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.clients.search.criteria import Search
from clientes_app.extensions import db
from clientes_app.models import Alcance, CampanaSMS

from ..support.carrier import Simulator, wait_until
from ..support.server import Server
from ..support.shop import Shop
from ..support.tokens import bearer, make_token

Start = Callable[..., Server]
Connect = Callable[[Server, str], socket.socket]

THREADS = 20
IMPATIENT = "--worker-class tests.support.impatient.ImpatientWorker"
HALF_A_HEAD = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
HALF_A_BODY = "POST /cuenta/entrar/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\nusuario=ana"
CHUNKED = "POST /cuenta/entrar/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
HALVES = {
    "nothing": "",
    "head": HALF_A_HEAD,
    "small body": HALF_A_BODY.replace("\r\n\r\n", f"\r\n{FORM}", 1).format(length=1_000),
    "large body": HALF_A_BODY.replace("\r\n\r\n", f"\r\n{FORM}", 1).format(length=1_000_000),
    "chunks": CHUNKED.replace("\r\n\r\n", f"\r\n{FORM}", 1),
}


@pytest.fixture
def start(app: Flask, simulator: Simulator, tmp_path: Path) -> Iterator[Start]:
    """Starts a server in simulated mode."""
    with ExitStack() as servers:

        def started(**environment: str) -> Server:
            url = app.config["SQLALCHEMY_DATABASE_URI"]
            simulated = {"SMS_MODE": "simulated", "TWILIO_API_BASE_URL": simulator.base_url}
            server = Server(url, tmp_path / "server.log", **{**simulated, **environment})
            servers.callback(server.stop)
            server.start()
            return server

        yield started


@pytest.fixture(scope="module")
def server(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with few threads, for tests that change nothing."""
    yield from serving(migrated_sqlite, tmp_path_factory.mktemp("patient"))


@pytest.fixture(scope="module")
def impatient(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same, with little patience."""
    yield from serving(migrated_sqlite, tmp_path_factory.mktemp("impatient"), GUNICORN_CMD_ARGS=IMPATIENT)


def serving(migrated: Path, folder: Path, **environment: str) -> Iterator[Server]:
    url = f"sqlite:///{shutil.copy(migrated, folder / 'shop.sqlite')}"
    simulated = {"SMS_MODE": "simulated", "SERVER_THREADS": str(THREADS)}
    server = Server(url, folder / "server.log", **simulated, **environment)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Opens connections, which stay open until the test ends."""
    with ExitStack() as connections:

        def connected(server: Server, begun: str) -> socket.socket:
            address = urlsplit(server.url)
            client = connections.enter_context(socket.create_connection((address.hostname, address.port), 20))
            client.sendall(begun.encode())
            return client

        yield connected


def status_of(server: Server, path: str) -> int:
    """Ask for a page as one who does not wait long."""
    with urlopen(f"{server.url}{path}", timeout=3) as answer:
        answer.read()
        return int(answer.status)


def serves(server: Server) -> bool:
    return status_of(server, "/healthz") == status_of(server, "/cuenta/entrar/") == 200


def all_of(client: socket.socket) -> bytes:
    """Read until the server closes."""
    with client.makefile("rb") as answer:
        return answer.read()


def order_of(server: Server, secret: str, ids: list[int]) -> str:
    body = json.dumps({"cliente_ids": ids, "mensaje": "Hola {nombre}"})
    named = bearer(secret)["Authorization"]
    head = f"POST /clientes/enviar-sms/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: {named}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"


@pytest.mark.parametrize("begun", HALVES.values(), ids=HALVES.keys())
def test_what_is_sent_by_half_holds_no_thread(server: Server, connect: Connect, begun: str) -> None:
    for _ in range(4 * THREADS):
        connect(server, begun)
    assert serves(server)


def test_256_by_half_and_256_that_wait_leave_the_site_and_a_campaign_alone(
    app: Flask, shop: Shop, account: int, start: Start, connect: Connect
) -> None:
    ids = shop.add_clients(account, [f"30{number:08d}" for number in range(300)])
    secret = make_token(app, account, Alcance.SEND)
    with app.test_request_context():
        running = services.create_campaign(account, services.Draft(Search(), "Hola", "En curso"), by=NOBODY).id
    server = start(TWILIO_MESSAGES_PER_SECOND="20", SEND_WAIT_SECONDS="60")
    halves = list(HALVES.values())
    for place in range(256):
        connect(server, halves[place % len(halves)])
    orders = [connect(server, order_of(server, secret, ids)) for _ in range(256)]
    for _ in range(5):
        assert serves(server)
    with app.app_context():
        before = db.session.get_one(CampanaSMS, running).enviados_exitosos
    wait_until(lambda: sent_of(app, running) > before)
    assert serves(server)
    # More than may wait: what is over is told at once where to look.
    wait_until(lambda: any(first_line(each).startswith(b"HTTP/1.1 202") for each in orders if is_answered(each)))


def sent_of(app: Flask, campaign_id: int) -> int:
    with app.app_context():
        return db.session.get_one(CampanaSMS, campaign_id).enviados_exitosos


def is_answered(client: socket.socket) -> bool:
    client.settimeout(0)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        client.settimeout(20)


def first_line(client: socket.socket) -> bytes:
    return client.recv(64).partition(b"\r\n")[0]


def test_an_order_waits_only_where_there_is_room_for_it(
    app: Flask, shop: Shop, account: int, start: Start, connect: Connect
) -> None:
    ids = shop.add_clients(account, [f"30{number:08d}" for number in range(50)])
    secret = make_token(app, account, Alcance.SEND)
    server = start(SERVER_THREADS=str(THREADS), TWILIO_MESSAGES_PER_SECOND="1", SEND_WAIT_SECONDS="12")
    orders = [connect(server, order_of(server, secret, ids)) for _ in range(10)]
    answered = wait_until(lambda: found if len(found := [each for each in orders if is_answered(each)]) == 6 else [])
    assert {first_line(each) for each in answered} == {b"HTTP/1.1 202 ACCEPTED"}
    assert len([each for each in orders if is_answered(each)]) == 6, "the other four wait"


def test_bodies_that_are_on_their_way_hold_no_connection_to_the_database(
    app: Flask, account: int, start: Start, connect: Connect
) -> None:
    secret = make_token(app, account, Alcance.SEND, Alcance.READ)
    server = start()
    half = order_of(server, secret, [1]).replace("Content-Length: ", "Content-Length: 10000")
    for _ in range(60):  # the pool has forty
        connect(server, half)
    request = Request(f"{server.url}/clientes/plantillas-sms/", headers=bearer(secret))
    with urlopen(request, timeout=3) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("begun", ["head", "small body", "large body", "chunks"])
def test_who_does_not_go_on_is_told_so_and_let_go(impatient: Server, connect: Connect, begun: str) -> None:
    assert all_of(connect(impatient, HALVES[begun])).startswith(b"HTTP/1.1 408 ")


def test_who_sends_nothing_is_let_go_without_a_word(impatient: Server, connect: Connect) -> None:
    assert all_of(connect(impatient, "")) == b""


def test_a_head_that_trickles_has_no_more_time_than_one_that_stands_still(impatient: Server, connect: Connect) -> None:
    client = connect(impatient, HALF_A_HEAD)
    client.settimeout(0.05)
    received, sent = b"", 0
    while not received:
        assert sent < 100, "it may trickle for ever"
        try:
            client.sendall(b"X")
            sent += 1
            received = client.recv(64)
        except TimeoutError:
            continue
    assert received.startswith(b"HTTP/1.1 408 ")


def test_a_request_in_pieces_and_two_in_one_piece_are_answered(server: Server, connect: Connect) -> None:
    client = connect(server, HALF_A_HEAD)
    client.sendall(b"\r\n" + HALF_A_HEAD.encode())
    assert first_line(client) == b"HTTP/1.1 200 OK"
    client.sendall(b"Connection: close\r\n\r\n")
    assert all_of(client).count(b"HTTP/1.1 200 OK") == 1


def test_a_large_body_that_keeps_coming_is_read_whole(impatient: Server, connect: Connect) -> None:
    """The app looks at all of it: a form of 0.9 MB without a token is refused as such, not for its pace."""
    head = HALF_A_BODY.replace("\r\n\r\n", f"\r\nConnection: close\r\n{FORM}", 1)
    client = connect(impatient, head.format(length=900_011))
    for _ in range(90):
        client.sendall(b"x" * 10_000)
    assert all_of(client).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(("length", "said"), [(3_000_000, b"close"), (1_000, b"keep-alive")])
def test_an_answer_says_whether_the_connection_goes_on(
    server: Server, connect: Connect, length: int, said: bytes
) -> None:
    """JSON of 3 MB is too much, and is not read; of 1 KB it is refused for want of a log-in."""
    head = "POST /clientes/crear/ajax/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    client = connect(server, f"{head}Content-Length: {length}\r\n\r\n" + "x" * min(length, 100_000))
    answer = client.recv(100_000).lower()
    assert b"\r\nconnection: %s\r\n" % said in answer
    client.sendall(f"{HALF_A_HEAD}Connection: close\r\n\r\n".encode())
    assert all_of(client).count(b"HTTP/1.1 200 OK") == (said == b"keep-alive")


def test_who_does_not_read_is_let_go_and_nobody_else_waits(impatient: Server, connect: Connect) -> None:
    ask = "GET /static/vendor/tabler.min.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
    readers = []
    for _ in range(4 * THREADS):
        reader = connect(impatient, "")
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.sendall((ask * 8).encode())
        readers.append(reader)
    assert serves(impatient)
    wait_until(lambda: has_been_dropped(readers[0]))


def has_been_dropped(client: socket.socket) -> bool:
    """Look at the state of the connection itself: reading would be what the server waits for."""
    state = struct.unpack("B", client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1))[0]
    established = 1
    return bool(state != established)


def test_who_leaves_the_connection_open_delays_nobody(server: Server, connect: Connect) -> None:
    for _ in range(20):
        connect(server, "GET /healthz HTTP/1.0\r\n\r\n")
    assert serves(server)


def test_more_connections_than_there_may_be_drop_the_oldest(start: Start, connect: Connect) -> None:
    server = start(GUNICORN_CMD_ARGS="--worker-connections 60", SERVER_THREADS=str(THREADS))
    first = connect(server, HALF_A_HEAD)
    for _ in range(100):
        connect(server, HALF_A_HEAD)
    assert all_of(first) == b""
    assert serves(server)


def test_half_a_request_does_not_keep_the_server_from_stopping(start: Start, connect: Connect) -> None:
    server = start()
    client = connect(server, HALF_A_HEAD)
    assert status_of(server, "/healthz") == 200
    assert server.stop() == 0
    assert all_of(client) in (b"", b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
