"""Settings of the server: workers whose threads wait for no slow client, and an orderly end."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from clientes_app.config import SettingsError, read_settings
from clientes_app.files import private_files

private_files.keep_new_ones()
try:
    _settings = read_settings()
except SettingsError as error:
    sys.exit(f"clientes: {error}")


def _open_files(wanted: int) -> int:
    """Allow so many open files, or as many as the system lets us have, and return how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = max(soft, wanted) if hard == resource.RLIM_INFINITY else max(soft, min(wanted, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


bind = _settings.listens_at
# Its module says what it adds to gunicorn's own: slow clients hold no thread.
worker_class = "clientes_app.serving.worker.Worker"
workers = _settings.web_workers
threads = _settings.server_threads
# A connection that only waits costs a descriptor and no thread, and so does a live page; the database and Twilio need
# some as well.
worker_connections = 2_000 + threads
_allowed = _open_files(2 * worker_connections + _settings.most_streams)
worker_connections = min(worker_connections, (_allowed - min(_settings.most_streams, _allowed // 2)) // 2)
# An answer goes through the worker's own socket, which sees how fast it is read.
sendfile = False
# What is in flight at Twilio gets ten seconds to be answered and recorded.
graceful_timeout = 14
timeout = 60
keepalive = 5
# The form of the list sends what is empty too, for each of an account's own fields.
limit_request_line = 8190
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Prepare the database if PREPARE is set, as `make run` does: the worker finds the app's modules imported."""
    if "PREPARE" not in os.environ:
        return
    from clientes_app import create_app
    from clientes_app.cli.demo import make_ready

    make_ready(create_app())


def post_worker_init(worker: Any) -> None:
    """Let the streams end and the sender finish when the signal comes, not only after the last request."""
    import wsgi

    def stop(number: int, frame: FrameType | None) -> None:
        wsgi.wind_down()
        worker.handle_exit(number, frame)

    # gunicorn's own handler of Ctrl-C takes a lock that its main thread may hold, and would never return.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, stop)
    # The modules stay: looking through them for garbage would stop the sender and the streams for 100 ms each time.
    gc.collect()
    gc.freeze()
    # The sender has an answer to take from Twilio 1,000 times a second: it must not wait 5 ms for each page.
    sys.setswitchinterval(0.002)


def worker_exit(server: Any, worker: Any) -> None:
    """Wait for the sender before the process ends."""
    import wsgi

    wsgi.finish()
