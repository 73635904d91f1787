"""A worker: a process that sends, imports and looks after what others left, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial

import procrastinate
import uvloop
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from ..background.daily import start_daily
from ..background.import_supervisor import start_imports
from ..background.sender import make_carrier, simulate
from ..config import Settings
from ..database import transactions
from ..database.processes import new_owner
from ..extensions import db
from ..sending.dispatcher import Dispatcher
from ..sending.lease import HEARTBEATS, WorkersLease
from ..settings import settings_of
from . import progress_line, upkeep
from .deferring import BULK, EXPRESS, TASK
from .held_jobs import JobOrders
from .shared_pace import SharedPace

log = logging.getLogger(__name__)

SEND, IMPORT, UPKEEP = "send", "imports", "upkeep"
QUEUES = (SEND, IMPORT, UPKEEP)
JOBS_AT_ONCE = 3
EXPRESS_AT_ONCE = 20
# A notice that comes while a worker fetches is lost (Procrastinate 3.10): first rows are looked for besides.
EXPRESS_POLL_SECONDS = 0.25
BULK_POLL_SECONDS = 1.0
RETRY_SECONDS = 1.0
END_SECONDS = 20.0
"""What is in flight gets ten seconds to be answered, and the rest of the time is for recording it."""
FROZEN_SECONDS = 5
"""So long may a worker do nothing in the midst of its transaction: its locks keep all others waiting."""


class Worker:
    """What one process does for the queues it was given."""

    def __init__(self, app: Flask, queues: Sequence[str]) -> None:
        with app.app_context():
            self._engine = db.engine
        # An import, which is a process of its own, may take longer.
        frozen_seconds = min(FROZEN_SECONDS, round(WorkersLease.seconds))
        self._engine.update_execution_options(**{transactions.FROZEN_OPTION: frozen_seconds})
        self._app = app
        self._queues = queues
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask the worker to finish what is in flight and end; called in its loop."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until told to stop; what Twilio has answered by then is recorded."""
        with ExitStack() as beside:
            if IMPORT in self._queues:
                beside.callback(start_imports(self._app).stop)
            if UPKEEP in self._queues:
                beside.callback(start_daily(self._app).stop)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._look_after_others())
                does = self._send if SEND in self._queues else self._show_life
                tasks.create_task(does())
                await self._stopping.wait()

    async def _look_after_others(self) -> None:
        while not self._stopping.is_set():
            await _keep_going("upkeep", partial(asyncio.to_thread, upkeep.look, self._engine, WorkersLease.seconds))
            await _pause(self._stopping, upkeep.SECONDS)

    async def _show_life(self) -> None:
        """Hold a lease under which nothing is claimed: so who does not send is listed as well."""
        lease = WorkersLease(self._engine, new_owner(), ",".join(self._queues))
        while not self._stopping.is_set():
            sign = lease.renew if lease.is_held() else lease.take
            await _keep_going("the sign of life", partial(asyncio.to_thread, sign))
            await _pause(self._stopping, lease.heartbeat_seconds)
        await _keep_going("the sign of life", partial(asyncio.to_thread, lease.let_go))

    async def _send(self) -> None:
        orders = JobOrders()
        dispatcher = _dispatcher(self._app, self._engine, orders, self._queues)
        watched = asyncio.create_task(progress_line.keep(sys.stderr, dispatcher.pulse))
        listeners = [
            asyncio.create_task(_forever("express jobs", partial(_listen_for_first, self._engine, orders))),
            asyncio.create_task(_forever("jobs", partial(_listen, self._engine, orders))),
        ]
        sending = asyncio.create_task(self._dispatch(dispatcher))
        await self._stopping.wait()
        dispatcher.stop()
        orders.close()
        for listener in listeners:
            listener.cancel()
        await _end(sending, *listeners)
        watched.cancel()
        await asyncio.gather(watched, return_exceptions=True)

    async def _dispatch(self, dispatcher: Dispatcher) -> None:
        while not self._stopping.is_set():
            await _keep_going("sending", dispatcher.run)
            await _pause(self._stopping, RETRY_SECONDS)


def _dispatcher(app: Flask, engine: Engine, orders: JobOrders, queues: Sequence[str]) -> Dispatcher:
    settings = _sending_settings(app)
    return Dispatcher(
        WorkersLease(engine, new_owner(), ",".join(queues)),
        orders,
        partial(SharedPace, engine, settings.twilio.messages_per_second),
        partial(make_carrier, settings),
        settings.twilio.max_concurrency,
    )


def _sending_settings(app: Flask) -> Settings:
    settings = settings_of(app)
    return simulate(app, settings) if settings.simulated else settings


async def _listen_for_first(engine: Engine, orders: JobOrders) -> None:
    work = _jobs_app(engine, orders.claim_first)
    await _run(work, EXPRESS, EXPRESS_AT_ONCE, EXPRESS_POLL_SECONDS)


async def _listen(engine: Engine, orders: JobOrders) -> None:
    await _run(_jobs_app(engine, orders.claim), BULK, JOBS_AT_ONCE, BULK_POLL_SECONDS)


def _jobs_app(engine: Engine, claim: Callable[[int, int], Awaitable[None]]) -> procrastinate.App:
    where = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=where, min_size=1, max_size=4))

    @app.task(name=TASK)
    async def _claim(campaign_id: int, rows: int) -> None:
        await claim(campaign_id, rows)

    return app


async def _run(app: procrastinate.App, queue: str, at_once: int, poll_seconds: float) -> None:
    async with app.open_async():
        await app.run_worker_async(
            queues=[queue],
            concurrency=at_once,
            fetch_job_polling_interval=poll_seconds,
            update_heartbeat_interval=WorkersLease.seconds / HEARTBEATS,
            stalled_worker_timeout=WorkersLease.seconds,
            delete_jobs="always",
            install_signal_handlers=False,
        )


async def _end(*tasks: asyncio.Task[None]) -> None:
    """Wait for what is about to end; where the database is away for too long, others find what was not recorded."""
    _, late = await asyncio.wait(tasks, timeout=END_SECONDS)
    if late:
        log.error("the worker ends without having recorded everything: what it had in flight is uncertain")
        os._exit(1)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()


async def _forever(what: str, work: Callable[[], Awaitable[None]]) -> None:
    """Begin again whenever it ends: who was taken for dead, or lost the database, is not registered any more."""
    while True:
        await _keep_going(what, work)
        await asyncio.sleep(RETRY_SECONDS)


async def _keep_going(what: str, work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except (OperationalError, InterfaceError, procrastinate.exceptions.ConnectorException) as error:
        log.warning("%s: the database is away (%s); the worker tries again", what, type(error).__name__)
    except Exception:
        # The edge of a task: without it this worker would not do it any more until somebody restarts it.
        log.exception("%s failed; the worker tries again", what)


def run_worker(app: Flask, queues: Sequence[str]) -> None:
    """Run a worker in this process until SIGTERM or SIGINT."""

    async def work() -> None:
        worker = Worker(app, queues)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop)
        await worker.run()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())
