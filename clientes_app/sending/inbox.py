"""Receipts arrive one by one and are stored together: who waits for the disk, waits for many."""

from __future__ import annotations

import threading
import time

from sqlalchemy import Engine

from . import evidence
from .evidence import Receipt

GATHER_SECONDS = 0.02


class ReceiptInbox:
    """Stores receipts of many threads, those of one moment in one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._batch = _Batch()

    def deliver(self, receipt: Receipt) -> None:
        """Store a receipt; it is in the database when this returns.

        Raises what the database raised.
        """
        with self._lock:
            batch = self._batch
            batch.receipts.append(receipt)
            first = len(batch.receipts) == 1
        if first:
            self._write(batch)
        batch.done.wait()
        if batch.error is not None:
            raise batch.error

    def _write(self, batch: _Batch) -> None:
        # While the batch before is being written, this one fills. A moment more makes fewer and larger batches, which
        # leaves the sender more of the disk; nobody at the other end minds.
        with self._writing:
            time.sleep(GATHER_SECONDS)
            with self._lock:
                self._batch = _Batch()
            try:
                evidence.receive(self._engine, batch.receipts)
            except Exception as error:  # noqa: BLE001 (each of the waiting requests raises it)
                batch.error = error
            finally:
                batch.done.set()


class _Batch:
    """Receipts that are stored together."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.done = threading.Event()
        self.error: Exception | None = None
