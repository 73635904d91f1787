"""Files on this machine: keys and personal data, which nobody but the server's own user reads.

What a process or its children create is private by its mask; what was there before is made so at the start.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from ..config import INSTANCE_PATH, Settings

_MASK = 0o077
_BESIDE_SQLITE = ("", "-wal", "-shm", "-journal")


def keep_new_ones() -> None:
    """Let this process and its children create files for their own user alone."""
    os.umask(_MASK)


def keep_old_ones(settings: Settings) -> None:
    """Take the rights of others away from the files there are; folders that are not ours alone stay as they are."""
    for path in _old_ones(settings):
        try:
            path.chmod(path.stat().st_mode & ~_MASK)
        except (FileNotFoundError, PermissionError):
            continue  # it went away meanwhile, or belongs to somebody who settles that


def _old_ones(settings: Settings) -> Iterator[Path]:
    for folder in (INSTANCE_PATH, settings.uploads_path):
        yield folder
        yield from folder.rglob("*")
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        yield from (Path(url.database + suffix) for suffix in _BESIDE_SQLITE)
