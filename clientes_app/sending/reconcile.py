"""Asks Twilio what became of uncertain messages, with growing pauses, and records what is found."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import Engine

from . import evidence
from .carrier import Carrier, NotAnswered
from .evidence import Doubt

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
AT_ONCE = 20


async def settle_forever(engine: Engine, carrier: Carrier) -> None:
    """Look after uncertain messages until cancelled."""
    while True:
        doubts = await asyncio.to_thread(evidence.doubts, engine, AT_ONCE)
        for doubt in doubts:
            await _look_into(engine, carrier, doubt)
        if len(doubts) < AT_ONCE:
            await asyncio.sleep(POLL_SECONDS)


async def _look_into(engine: Engine, carrier: Carrier, doubt: Doubt) -> None:
    try:
        sids = await carrier.find(doubt.to, doubt.body, doubt.since)
    except NotAnswered:
        sids = []
    if await asyncio.to_thread(evidence.settle, engine, doubt, sids):
        log.info("an uncertain message was found at Twilio")
