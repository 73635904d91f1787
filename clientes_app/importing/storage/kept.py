"""What the steps of an import ask of whatever keeps its upload and its rows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from ..staging.store import Staging
from .local_files import LocalFiles


class Kept(Protocol):
    """What is kept of one import."""

    @property
    def size(self) -> int:
        """How many bytes it takes."""

    def text(self) -> AbstractContextManager[Path]:
        """Give the rows as CSV, in a file that is there as long as this is open: as uploaded, or as converted.

        Raises FileNotFoundError where nothing is kept.
        """

    def files(self) -> AbstractContextManager[LocalFiles]:
        """Give the upload in files of this machine, held as long as this is open.

        Raises FileNotFoundError where nothing is kept.
        """

    def take_sheet(self, files: LocalFiles) -> None:
        """Keep the sheet that was converted in these files, in place of the one before."""

    def staging(self) -> Staging:
        """Open the staged rows, for those who store them."""

    def kept_staging(self) -> Staging | None:
        """Open the staged rows where there are any: they may be deleted at any moment."""

    def delete_sources(self) -> None:
        """Delete what was uploaded; the rejected rows stay."""

    def delete_staging(self) -> None:
        """Delete the staged rows."""

    def delete(self) -> None:
        """Delete everything."""


class Storage(Protocol):
    """What is kept of all imports."""

    def of(self, on: Engine | Connection, import_id: int, name: str) -> Kept:
        """Return what is kept of the import with this random name, as a transaction sees it or each act of its own."""

    def new(self) -> AbstractContextManager[LocalFiles]:
        """Give files of this machine for an upload, held until its import is stored; else nothing of them is kept."""

    def keep(self, connection: Connection, import_id: int, files: LocalFiles) -> None:
        """Keep an upload, in the transaction that stores its import."""

    def size(self, connection: Connection, besides: LocalFiles | None = None) -> int:
        """Return how many bytes all imports take, but for an upload that is only coming in."""

    def sweep(self, engine: Engine) -> int:
        """Delete what kills left over, and return how many things it was."""
