"""Twilio's callbacks in a process of its own: signed ones as fast as asked, some of them twice, some signed wrongly."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

import aiohttp
import click
from twilio.request_validator import RequestValidator

from clientes_app.config import PROJECT_ROOT
from clientes_app.simulator import SIMULATED_AUTH_TOKEN

CONNECTIONS = 100
TWICE_OF_100 = 5
FORGED_OF_1000 = 1


@dataclass(frozen=True)
class Calls:
    """What was called, what was answered, and in what time."""

    answers: dict[str, int]
    seconds: float

    @property
    def per_second(self) -> float:
        """Calls a second."""
        return sum(self.answers.values()) / self.seconds


def call_back(server_url: str, public_url: str, messages: int, per_second: int) -> Calls:
    """Tell a server of each of so many messages that it was sent and that it was delivered, from another process."""
    command = [sys.executable, "-m", "tests.bench.callbacks", server_url, public_url, str(messages), str(per_second)]
    said = subprocess.run(command, cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE).stdout
    return Calls(**json.loads(said))


def attempt_of(place: int) -> str:
    """Name the attempt of the message at a place."""
    return f"{place:032x}"


def sid_of(place: int) -> str:
    """Return the SID of the message at a place."""
    return f"SM{place:032x}"


@click.command()
@click.argument("server_url")
@click.argument("public_url")
@click.argument("messages", type=int)
@click.argument("per_second", type=int)
def main(server_url: str, public_url: str, messages: int, per_second: int) -> None:
    """Call, and print what was answered."""
    calls = _calls(messages)
    started = time.perf_counter()
    answers = asyncio.run(_call_all(server_url, public_url, calls, per_second))
    click.echo(json.dumps({"answers": answers, "seconds": time.perf_counter() - started}))


def _calls(messages: int) -> list[tuple[int, str, bool]]:
    """List the calls in an order of chance: which message, what is said of it, and whether it is signed well."""
    dice = random.Random(7)
    calls = [(place, said, True) for place in range(messages) for said in ("sent", "delivered")]
    calls += [(dice.randrange(messages), "delivered", True) for _ in range(len(calls) * TWICE_OF_100 // 100)]
    calls += [(dice.randrange(messages), "failed", False) for _ in range(len(calls) * FORGED_OF_1000 // 1000)]
    dice.shuffle(calls)
    return calls


async def _call_all(
    server_url: str, public_url: str, calls: list[tuple[int, str, bool]], per_second: int
) -> dict[str, int]:
    answers: Counter[str] = Counter()
    waiting = asyncio.Semaphore(10 * CONNECTIONS)
    started = time.perf_counter()
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
        for number, call in enumerate(calls):
            await waiting.acquire()
            await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
            task = group.create_task(_call(session, server_url, public_url, call, answers))
            task.add_done_callback(lambda _: waiting.release())
    return dict(answers)


async def _call(
    session: aiohttp.ClientSession,
    server_url: str,
    public_url: str,
    call: tuple[int, str, bool],
    answers: Counter[str],
) -> None:
    place, said, signed = call
    path = f"/twilio/estado/{attempt_of(place)}"
    fields = {"MessageSid": sid_of(place), "MessageStatus": said, "To": "+573000000000"}
    token = SIMULATED_AUTH_TOKEN if signed else "another account's"
    headers = {"X-Twilio-Signature": RequestValidator(token).compute_signature(public_url + path, fields)}
    async with session.post(server_url + path, data=fields, headers=headers) as answer:
        answers[f"{answer.status} {'signed' if signed else 'forged'}"] += 1


if __name__ == "__main__":
    main()
