"""Runs the sender in a thread beside the app, and the simulated Twilio where there is no account."""

from __future__ import annotations

import asyncio
import atexit
import dataclasses
import logging
import threading
import time
from functools import partial

import uvloop
from flask import Flask

from ..config import INSTANCE_PATH, Settings, TwilioSettings
from ..database.processes import new_owner
from ..extensions import db
from ..sending.carrier import Carrier
from ..sending.dispatcher import Dispatcher
from ..sending.lease import Lease
from ..sending.ordering.orders import PolledOrders
from ..sending.pacing.pace import OwnPace
from ..settings import current_settings, replace_settings
from ..simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, SIMULATED_FROM_NUMBER
from ..simulator.process import LastingSimulator

log = logging.getLogger(__name__)

STOP_SECONDS = 12.0
RESTART_SECONDS = 1.0
LEDGER = INSTANCE_PATH / "simulator.sqlite"


class Sender:
    """The thread that sends for one app."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            engine, settings = db.engine, current_settings()
        twilio = settings.twilio
        self._dispatcher = Dispatcher(
            Lease(engine, new_owner()),
            PolledOrders(engine),
            partial(OwnPace, twilio.messages_per_second),
            partial(make_carrier, settings),
            twilio.max_concurrency,
        )
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        """Start sending."""
        self._thread.start()

    def wind_down(self) -> None:
        """Take nothing new."""
        self._dispatcher.stop()

    def stop(self) -> None:
        """Let what is in flight finish, record it, and end; returns when that is done."""
        self.wind_down()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._sent_to_the_end():
            time.sleep(RESTART_SECONDS)

    def _sent_to_the_end(self) -> bool:
        """Send until told to stop; return whether it was that which ended it."""
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._dispatcher.run())
        except Exception:
            # The edge of the thread: without it nothing would be sent any more until somebody restarts the app.
            log.exception("the sender failed in a way that is not foreseen; it starts again")
            return False
        return True


def make_carrier(settings: Settings) -> Carrier:
    """Return what hands messages to the Twilio of the settings."""
    # Imported here, in the sender's thread: the first page need not wait for the SDK.
    from ..sending.twilio_carrier import TwilioCarrier

    return TwilioCarrier(settings.twilio, settings.callback_base_url)


def start_sender(app: Flask) -> Sender | None:
    """Start the sender, and in simulated mode the simulator that it talks to; None where Twilio is not set up."""
    with app.app_context():
        settings = current_settings()
    if settings.simulated:
        settings = simulate(app, settings)
    if settings.twilio.missing():
        log.warning("nothing can be sent: %s not set", ", ".join(settings.twilio.missing()))
        return None
    sender = Sender(app)
    sender.start()
    atexit.register(sender.stop)
    return sender


def simulate(app: Flask, settings: Settings) -> Settings:
    """Point the app's settings at a simulated Twilio: the one that is named, else one that this starts."""
    base_url = settings.twilio.api_base_url or _start_simulator(settings.simulator_latency_ms)
    simulated = dataclasses.replace(settings, twilio=simulated_twilio(settings.twilio, base_url))
    replace_settings(app, simulated)
    return simulated


def _start_simulator(latency_ms: int) -> str:
    simulator = LastingSimulator(LEDGER, latency_ms)
    atexit.register(simulator.stop)
    return simulator.base_url


def simulated_twilio(twilio: TwilioSettings, base_url: str) -> TwilioSettings:
    """Return the settings of an account of the simulated Twilio."""
    return dataclasses.replace(
        twilio,
        account_sid=SIMULATED_ACCOUNT_SID,
        auth_token=SIMULATED_AUTH_TOKEN,
        from_number=SIMULATED_FROM_NUMBER,
        messaging_service_sid="",
        api_base_url=base_url,
    )
