"""A server that is killed while it takes a file: `python -m tests.importing.upload_process ACCOUNT FILE [stalling]`."""

from __future__ import annotations

import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

from flask import Flask

from clientes_app import create_app
from clientes_app.audit_log import NOBODY
from clientes_app.config import PROJECT_ROOT, Settings
from clientes_app.importing import uploading
from clientes_app.importing.jobs import Surroundings
from clientes_app.settings import current_settings, settings_of


class StallingFile(BytesIO):
    """A file whose second half never comes."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the first half, then wait for ever."""
        if self.tell():
            time.sleep(3600)
        return super().read(len(self.getvalue()) // 2)


def start(app: Flask, account: int, file: Path, *how: str) -> subprocess.Popen[bytes]:
    """Start the process; it uploads the file for the account."""
    settings = settings_of(app)
    places = [settings.database_url, str(settings.uploads_path)]
    command = [sys.executable, "-m", __name__, *places, str(account), str(file), *how]
    return subprocess.Popen(command, cwd=PROJECT_ROOT)


def main() -> None:
    """Upload the file that the arguments name."""
    url, uploads, account, file, *how = sys.argv[1:]
    app = create_app(Settings(secret_key="for tests only", database_url=url, uploads_path=Path(uploads)))
    content = Path(file).read_bytes()
    stream = StallingFile(content) if how else BytesIO(content)
    with app.test_request_context():
        uploading.upload(int(account), uploading.Upload(stream, file), Surroundings.of(current_settings()), by=NOBODY)


if __name__ == "__main__":
    main()
