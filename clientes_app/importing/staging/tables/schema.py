"""The tables of a file of staged rows; one that was begun by an older version is brought up."""

from __future__ import annotations

import sqlite3

# `fila` holds rows as the file has them, until the import has ended; those that it rejects, for longer. `destino`
# says of the others what became of them, and nothing of the person. `aparte` holds runs of lines that are no rows.
# `orden` says in which order rows are imported, where that is not the file's; CROSS makes SQLite begin with it.
# `tramo` says of whole batches until then that those of their rows who are nowhere in `destino` are new clients, whose
# ids are their turns and `suma`.
TABLES = """
CREATE TABLE IF NOT EXISTS fila (
    numero INTEGER PRIMARY KEY,
    veredicto TEXT NOT NULL,
    nombre TEXT NOT NULL,
    telefono TEXT NOT NULL,
    documento TEXT NOT NULL,
    telefono_e164 TEXT,
    busqueda TEXT NOT NULL,
    nombre_orden TEXT NOT NULL,
    nombre_clave TEXT NOT NULL,
    documento_clave TEXT NOT NULL,
    etiquetas TEXT NOT NULL,
    baja INTEGER NOT NULL DEFAULT 0,
    inactivo INTEGER NOT NULL DEFAULT 0,
    motivo TEXT NOT NULL,
    otros TEXT NOT NULL DEFAULT '',
    campos TEXT NOT NULL DEFAULT '',
    venta TEXT NOT NULL DEFAULT '',
    otra INTEGER,
    celdas TEXT NOT NULL,
    cliente INTEGER,
    respuesta TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS fila_sin_celular ON fila (numero) WHERE telefono_e164 IS NULL;
CREATE TABLE IF NOT EXISTS destino (
    numero INTEGER PRIMARY KEY, veredicto TEXT NOT NULL, cliente INTEGER, sin_celular INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS destino_veredicto ON destino (veredicto, numero);
CREATE TABLE IF NOT EXISTS aparte (
    desde INTEGER PRIMARY KEY, hasta INTEGER NOT NULL, clase TEXT NOT NULL, texto TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS documento (clave TEXT PRIMARY KEY, numero INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS persona (
    clave TEXT NOT NULL, numero INTEGER NOT NULL, documento TEXT NOT NULL, nombre TEXT NOT NULL,
    PRIMARY KEY (clave, numero)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cliente (clave INTEGER PRIMARY KEY, numero INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS orden (turno INTEGER PRIMARY KEY, numero INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tramo (desde INTEGER PRIMARY KEY, hasta INTEGER NOT NULL, suma INTEGER NOT NULL);
CREATE VIEW IF NOT EXISTS por_archivo AS SELECT numero AS turno, fila.* FROM fila;
CREATE VIEW IF NOT EXISTS por_nombre AS SELECT turno, fila.* FROM orden CROSS JOIN fila USING (numero);
CREATE TABLE IF NOT EXISTS titular (uno INTEGER PRIMARY KEY CHECK (uno = 1), nombre TEXT NOT NULL);
"""
_ADDED = {
    "baja": "INTEGER NOT NULL DEFAULT 0",
    "inactivo": "INTEGER NOT NULL DEFAULT 0",
    "cliente": "INTEGER",
    "respuesta": "TEXT NOT NULL DEFAULT ''",
    "otros": "TEXT NOT NULL DEFAULT ''",
    "campos": "TEXT NOT NULL DEFAULT ''",
    "venta": "TEXT NOT NULL DEFAULT ''",
}
_INDEX_OF_ADDED = "CREATE INDEX IF NOT EXISTS fila_otros ON fila (numero) WHERE otros != ''"


# Of all rows at once, when they are stored.
_INDEXES = """
CREATE INDEX IF NOT EXISTS fila_veredicto ON fila (veredicto, numero);
CREATE INDEX IF NOT EXISTS fila_documento ON fila (documento_clave) WHERE documento_clave <> '' AND motivo = '';
CREATE INDEX IF NOT EXISTS fila_telefono ON fila (telefono_e164) WHERE telefono_e164 IS NOT NULL AND motivo = '';
"""


def create_tables(database: sqlite3.Connection) -> None:
    """Create the tables that there are not, and the columns that an older version did not know."""
    database.executescript(TABLES)
    if _missing(database):
        database.execute("BEGIN IMMEDIATE")
        for name in _missing(database):
            database.execute(f"ALTER TABLE fila ADD COLUMN {name} {_ADDED[name]}")
        database.execute("COMMIT")
    database.execute(_INDEX_OF_ADDED)


def create_indexes(database: sqlite3.Connection) -> None:
    """Create the indexes that a dry run does without as long as it reads."""
    database.executescript(_INDEXES)


def _missing(database: sqlite3.Connection) -> list[str]:
    there = {name for _, name, *_ in database.execute("PRAGMA table_info(fila)")}
    return [name for name in _ADDED if name not in there]
