"""Files that a kill or a full disk left over: what no import names, or names no longer, is deleted.

Nothing is deleted that somebody is at work on (see `files/held.py`): a file that is being uploaded is held until its
import is stored. So the disk is looked at first, then who holds a file, and the database last.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, and_, literal, or_, select, true

from ..client_files.reading import CONVERTED
from ..database.transactions import read_transaction
from ..files.held import SCRATCH, left_over
from ..models import EstadoImportacion, Importacion
from .staging.verdicts import COUNTERS
from .storage.local_files import SOURCES, STAGED, size_of

_NAME = re.compile(rf"([0-9a-f]{{32}})({'|'.join(map(re.escape, (*SOURCES, *STAGED)))})")

_NEEDS_SOURCES = (
    EstadoImportacion.SUBIDA,
    EstadoImportacion.REVISANDO,
    EstadoImportacion.REVISADA,
    EstadoImportacion.APLICANDO,
)


def sweep(engine: Engine, uploads: Path) -> int:
    """Delete what was left over, and return how many files and folders it was."""
    if not uploads.is_dir():
        return 0
    names = {name for name, _ in _files(uploads)}
    named = _named(engine, true())
    suspect = {name for name, ending in _files(uploads) if name in names and ending not in named.get(name, ())}
    deleted = sum(_delete_leftovers(engine, uploads, name) for name in sorted(suspect))
    return deleted + sum(_delete_folder(path) for path in uploads.glob(f"{SCRATCH}*"))


def needs_no_sources() -> ColumnElement[bool]:
    """Return whether nobody reads any more what an import was uploaded with."""
    return Importacion.estado.not_in(_NEEDS_SOURCES)


def needs_no_rows() -> ColumnElement[bool]:
    """Return whether an import has ended and its rows tell nothing, or nothing that still holds."""
    counted = sum((getattr(Importacion, name) for name in COUNTERS.values()), literal(0))
    return and_(needs_no_sources(), or_(counted == 0, Importacion.estado == EstadoImportacion.DESHECHA))


def size_of_all(uploads: Path) -> int:
    """Return how many bytes the files of all imports have, those included that are being uploaded."""
    paths = (uploads / f"{name}{ending}" for name, ending in _files(uploads)) if uploads.is_dir() else ()
    return sum(map(size_of, paths))


def _files(uploads: Path) -> Iterator[tuple[str, str]]:
    """Return the imports' names for the files that there are, each with a file's ending."""
    found = (_NAME.fullmatch(path.name) for path in uploads.iterdir())
    return ((match[1], match[2]) for match in found if match)


def _delete_leftovers(engine: Engine, uploads: Path, name: str) -> int:
    with left_over(uploads / name) as free:
        if not free:
            return 0
        # Asked once more: whoever held it may have stored the import since.
        kept = _named(engine, Importacion.archivo == name).get(name, ())
        leftovers = [uploads / f"{name}{ending}" for ending in (*SOURCES, *STAGED) if ending not in kept]
        there = [path for path in leftovers if path.exists()]
        for path in there:
            path.unlink(missing_ok=True)
    return len(there)


def _delete_folder(path: Path) -> int:
    with left_over(path) as free:
        if free:
            shutil.rmtree(path, ignore_errors=True)
    return int(free)


def _named(engine: Engine, which: ColumnElement[bool]) -> dict[str, tuple[str, ...]]:
    """Return which endings the files have that imports need, by the imports' names for them."""
    asked = select(Importacion.archivo, needs_no_sources(), needs_no_rows()).where(which)
    with read_transaction(engine) as connection:
        return {
            name: (*(() if no_sources else ("", CONVERTED)), *(() if no_rows else STAGED))
            for name, no_sources, no_rows in connection.execute(asked)
        }
