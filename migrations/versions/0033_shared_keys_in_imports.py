"""rows of a file are found by their document and number

Revision ID: 0033
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None

HAS_DOCUMENT = sa.text("documento_clave <> '' AND motivo = ''")
HAS_NUMBER = sa.text("telefono_e164 IS NOT NULL AND motivo = ''")


def upgrade():
    for name, column, which in (
        ("ix_fila_importada_documento", "documento_clave", HAS_DOCUMENT),
        ("ix_fila_importada_telefono", "telefono_e164", HAS_NUMBER),
    ):
        op.create_index(name, "fila_importada", ["importacion_id", column], sqlite_where=which, postgresql_where=which)
