"""The command line of the simulator."""

import argparse
import asyncio
import os
import signal
from pathlib import Path
from threading import Thread

from aiohttp import web

from . import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN
from .conditions import Conditions, Settings
from .injected_faults import FAULTS
from .ledger import Ledger
from .server import Account, build_app

HOST = "127.0.0.1"

# Short, because a client that is never answered would use up all of it; zero would mean no limit.
SHUTDOWN_TIMEOUT_S = 0.1


def main() -> None:
    """Serve until Ctrl-C, SIGTERM or, if asked to, the end of the standard input."""
    os.umask(0o077)  # the messages are nobody else's to read
    parser = build_parser()
    options = parser.parse_args()
    try:
        settings = read_settings(options)
    except ValueError as error:
        parser.error(str(error))
    asyncio.run(serve(options, Conditions(settings)))


def build_parser() -> argparse.ArgumentParser:
    """Declare the options."""
    parser = argparse.ArgumentParser(prog="python -m clientes_app.simulator", description="A local Twilio.")
    add = parser.add_argument
    add("--port", type=int, default=0, help="port on 127.0.0.1; 0 (the default) takes a free one")
    add("--latency", type=float, default=0, metavar="MS", help="milliseconds before each answer")
    add("--jitter", type=float, default=0, metavar="MS", help="up to so many milliseconds more")
    add(
        "--fault",
        type=parse_fault,
        action="append",
        default=[],
        metavar="NAME=PROBABILITY",
        help=f"a fault of message creations, repeatable; names: {', '.join(FAULTS)}",
    )
    add("--callback-delay", type=float, default=100, metavar="MS", help="milliseconds before each status callback")
    add("--undelivered", default="", metavar="DIGITS", help="numbers that end so are out of reach")
    add("--retry-after", type=int, metavar="SECONDS", help="what a 429 asks the client to wait")
    add("--seed", type=int, help="make the draws of faults and jitter repeatable")
    add("--ledger", type=Path, metavar="FILE", help="SQLite file of the messages; default: in memory")
    add("--account-sid", default=SIMULATED_ACCOUNT_SID, metavar="SID")
    add("--auth-token", default=SIMULATED_AUTH_TOKEN, metavar="TOKEN")
    add("--exit-with-parent", action="store_true", help="end when the standard input closes")
    return parser


def parse_fault(text: str) -> tuple[str, float]:
    """Read `NAME=PROBABILITY`."""
    name, _, probability = text.partition("=")
    return name, float(probability)


def read_settings(options: argparse.Namespace) -> Settings:
    """Make the settings of the options; raises ValueError for ones that make no sense."""
    return Settings(
        latency=options.latency,
        jitter=options.jitter,
        faults=dict(options.fault),
        retry_after=options.retry_after,
        seed=options.seed,
        callback_delay=options.callback_delay,
        undelivered=options.undelivered,
    )


async def serve(options: argparse.Namespace, conditions: Conditions) -> None:
    """Listen, say where in one line on the standard output, and serve until told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if options.exit_with_parent:
        Thread(target=watch_standard_input, args=(loop, stop), daemon=True).start()
    with Ledger(options.ledger) as ledger:
        account = Account(options.account_sid, options.auth_token)
        runner = web.AppRunner(
            build_app(account, ledger, conditions),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_TIMEOUT_S,
        )
        await runner.setup()
        await web.TCPSite(runner, HOST, options.port).start()
        print(f"Simulated Twilio on http://{HOST}:{runner.addresses[0][1]}", flush=True)  # noqa: T201 - the output
        await stop.wait()
        await runner.cleanup()


def watch_standard_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop when nobody holds the other end of the standard input any more."""
    standard_input = 0
    # A plain read: sys.stdin would hold a lock that breaks the end of the interpreter.
    while os.read(standard_input, 1024):
        pass
    loop.call_soon_threadsafe(stop.set)


if __name__ == "__main__":
    main()
