"""Files in the database, in pieces: written whole or not at all, and read without having all of it in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from ...models import ArchivoImportado

_BYTES = 1 << 20


def store(connection: Connection, import_id: int, path: Path, *, converted: bool) -> None:
    """Store a file of an import in place of the one before: as it was uploaded, or converted."""
    same = {"importacion_id": import_id, "convertido": converted}
    connection.execute(delete(ArchivoImportado).filter_by(**same))
    for number, piece in enumerate(_pieces(path)):
        connection.execute(insert(ArchivoImportado).values(trozo=number, contenido=piece, **same))


def fetch(connection: Connection, import_id: int, target: Path, *, converted: bool) -> bool:
    """Write a stored file to this machine, and return whether there is one."""
    same = {"importacion_id": import_id, "convertido": converted}
    stored = select(ArchivoImportado.contenido).filter_by(**same).order_by(ArchivoImportado.trozo)
    pieces = connection.scalars(stored.execution_options(yield_per=1))
    first = next(pieces, None)
    if first is None:
        return False
    target.touch(mode=0o600)
    with target.open("wb") as file:
        file.write(first)
        file.writelines(pieces)
    return True


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_BYTES):
            yield piece
