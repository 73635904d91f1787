"""what searches look in, spelled as searches of today spell it

Keys that were derived by older rules are derived anew: whatever sign a name is written with, it is found by that of any
keyboard. The rules are the app's own, for it is them that the keys have to agree with.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

from clientes_app.settings import current_settings
from clientes_app.values.client_keys import LONGEST_TAG, keys_beside
from clientes_app.values.text import clean_line, fold

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BATCH = 1_000
KEYS = ("busqueda", "nombre_orden", "nombre_clave", "documento_clave")

CLIENTS = sa.text(
    "SELECT id, telefono_e164, nombre, telefono, documento, busqueda, nombre_orden, nombre_clave, documento_clave"
    " FROM cliente WHERE id > :last AND borrado IS NULL ORDER BY id LIMIT :most"
)
STORE_KEYS = sa.text(
    "UPDATE cliente SET busqueda = :busqueda, nombre_orden = :nombre_orden, nombre_clave = :nombre_clave,"
    " documento_clave = :documento_clave WHERE id = :id"
)
TAGS = sa.text("SELECT id, nombre, clave FROM etiqueta WHERE id > :last ORDER BY id LIMIT :most")
# Of two tags whose keys would be one, the second keeps the key that it has.
STORE_TAG_KEY = sa.text(
    "UPDATE etiqueta SET clave = :clave WHERE id = :id AND NOT EXISTS"
    " (SELECT 1 FROM etiqueta AS other WHERE other.usuario_id = etiqueta.usuario_id AND other.clave = :clave)"
)


def upgrade():
    bring_up(CLIENTS, STORE_KEYS, keys_of_client)
    bring_up(TAGS, STORE_TAG_KEY, key_of_tag)


def downgrade():
    """Leave the keys: by the older rules they find no less."""


def bring_up(query, store, derive):
    """Store the keys of the rows whose keys are others by now, a batch at a time."""
    connection, last = op.get_bind(), 0
    while rows := connection.execute(query, {"last": last, "most": BATCH}).mappings().all():
        last = rows[-1]["id"]
        derived = [(row, derive(row)) for row in rows]
        old = [{"id": row["id"], **keys} for row, keys in derived if any(row[name] != keys[name] for name in keys)]
        if old:
            connection.execute(store, old)


def keys_of_client(row):
    said = row["nombre"], row["telefono"], row["documento"]
    keys = keys_beside(row["telefono_e164"], *said, current_settings().default_region)._asdict()
    return {name: keys[name] for name in KEYS}


def key_of_tag(row):
    return {"clave": fold(clean_line(row["nombre"]))[:LONGEST_TAG]}
