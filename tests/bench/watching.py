"""Many people who watch one campaign, in a process of their own; each has a session and a connection."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import click
import uvloop

from clientes_app.config import PROJECT_ROOT

_AT_ONCE = 20


@dataclass
class Watching:
    """The process of the viewers."""

    _process: subprocess.Popen[str]

    def wait_until_all_are_here(self) -> None:
        """Wait until each viewer's stream has begun."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "here\n"

    def longest_waits(self) -> list[float]:
        """Return how many seconds each waited at most for a change, once all have heard the end."""
        assert self._process.stdout is not None
        waits: list[float] = json.loads(self._process.stdout.readline())
        return waits


@contextmanager
def watching(port: int, path: str, cookies: Sequence[str]) -> Iterator[Watching]:
    """Let as many watch as there are cookies."""
    command = [sys.executable, "-m", "tests.bench.watching", str(port), path]
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write("\n".join(cookies))
        process.stdin.close()
        yield Watching(process)
        process.terminate()


@click.command()
@click.argument("port", type=int)
@click.argument("path")
def main(port: int, path: str) -> None:
    """Watch until the end, and print how long each waited."""
    cookies = sys.stdin.read().splitlines()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_watch(port, path, cookies))


async def _watch(port: int, path: str, cookies: Sequence[str]) -> None:
    places = asyncio.Semaphore(_AT_ONCE)
    viewers = await asyncio.gather(*(_begin(places, port, path, cookie) for cookie in cookies))
    click.echo("here")
    await asyncio.gather(*(viewer.ended for viewer in viewers))
    click.echo(json.dumps([viewer.longest for viewer in viewers]))


async def _begin(places: asyncio.Semaphore, port: int, path: str, cookie: str) -> _Viewer:
    async with places:
        _, viewer = await asyncio.get_running_loop().create_connection(lambda: _Viewer(path, cookie), "127.0.0.1", port)
        await viewer.begun
    return viewer


class _Viewer(asyncio.Protocol):
    """One who watches: reads little of what comes, for all of them together are one browser's work."""

    def __init__(self, path: str, cookie: str) -> None:
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nHX-Request: true\r\nCookie: sessionid={cookie}\r\n\r\n"
        )
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.longest = 0.0
        self._shown = 0.0
        self._end = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.WriteTransport, transport).write(self._request.encode())

    def data_received(self, data: bytes) -> None:
        if not self.begun.done():
            assert b"text/event-stream" in data, data
            self.begun.set_result(None)
        if b"<section" in data:
            now = time.monotonic()
            self.longest = max(self.longest, now - self._shown if self._shown else 0.0)
            self._shown = now
        self._end = (self._end + data)[-30:]

    def connection_lost(self, exc: Exception | None) -> None:
        if b"event: end" not in self._end:
            self.longest = float("inf")
        self.ended.set_result(None)


if __name__ == "__main__":
    main()
