"""The one place that decides where imports are kept."""

from __future__ import annotations

from ...config import Settings
from .in_files import FileStorage
from .in_postgresql import DatabaseStorage
from .kept import Storage


def storage_of(settings: Settings) -> Storage:
    """Return what keeps imports: the database where several machines share it, else files."""
    return DatabaseStorage(settings.uploads_path) if settings.distributed else FileStorage(settings.uploads_path)
