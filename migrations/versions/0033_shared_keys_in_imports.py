"""rows of a file are found by their document and number

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_fila_importada_documento": ("documento_clave", sa.text("documento_clave <> '' AND motivo = ''")),
    "ix_fila_importada_telefono": ("telefono_e164", sa.text("telefono_e164 IS NOT NULL AND motivo = ''")),
}


def upgrade():
    for name, (column, which) in INDEXES.items():
        columns = ["importacion_id", column]
        op.create_index(name, "fila_importada", columns, sqlite_where=which, postgresql_where=which)


def downgrade():
    for name in INDEXES:
        op.drop_index(name, "fila_importada")
