"""The SDK alone, in a process of its own: what a loop without any database reaches on this machine."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import click
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from clientes_app.config import PROJECT_ROOT
from clientes_app.simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, SIMULATED_FROM_NUMBER

from .measures import Rate, cpu_seconds
from .shop import TEXT, number


def run_bare(base_url: str, messages: int, in_flight: int) -> Rate:
    """Create messages in another process, as many at a time as said."""
    command = [sys.executable, "-m", "tests.bench.bare", base_url, str(messages), str(in_flight)]
    said = subprocess.run(command, cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE).stdout
    return Rate(**json.loads(said))


@click.command()
@click.argument("base_url")
@click.argument("messages", type=int)
@click.argument("in_flight", type=int)
def main(base_url: str, messages: int, in_flight: int) -> None:
    """Create messages and print how long it took."""
    started, used = time.perf_counter(), cpu_seconds("self")
    asyncio.run(_create_all(base_url, messages, in_flight))
    rate = {
        "messages": messages,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": cpu_seconds("self") - used,
    }
    click.echo(json.dumps(rate))


async def _create_all(base_url: str, messages: int, in_flight: int) -> None:
    async with AsyncTwilioHttpClient() as http:  # its pool has 100 connections
        client = Client(SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, http_client=http)
        client.api.base_url = base_url
        numbers = (number(place) for place in range(messages))
        await asyncio.gather(*(_create(client, numbers) for _ in range(in_flight)))


async def _create(client: Any, numbers: Iterator[str]) -> None:
    for to in numbers:
        body = TEXT.replace("{nombre}", f"Cliente {to}")
        await client.messages.create_async(to=to, from_=SIMULATED_FROM_NUMBER, body=body)


if __name__ == "__main__":
    main()
