"""The server's worker with little patience, so that a test need not wait long."""

from __future__ import annotations

from clientes_app.serving.patience import Limits
from clientes_app.serving.worker import Worker


class ImpatientWorker(Worker):
    """It waits half a second for headers, and as long for what stands still."""

    limits = Limits(head_seconds=0.5, still_seconds=0.5, bytes_a_second=100_000.0, parting_seconds=0.2)
