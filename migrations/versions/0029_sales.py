"""sales are edited, imported and recorded by programs

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_venta_usuario_id_clave_idempotencia": (["usuario_id", "clave_idempotencia"], "clave_idempotencia IS NOT NULL"),
    "ix_venta_usuario_id_recibo": (["usuario_id", "recibo"], "recibo <> ''"),
    "ix_venta_usuario_id_huella_importada": (["usuario_id", "huella_importada"], "huella_importada IS NOT NULL"),
    "ix_venta_importacion_id_id": (["importacion_id", "id"], "importacion_id IS NOT NULL"),
}
UNIQUE = ("ix_venta_usuario_id_clave_idempotencia", "ix_venta_usuario_id_recibo")
COLUMNS = ("registrada", "ediciones", "recibo", "clave_idempotencia", "huella", "importacion_id", "huella_importada")


def upgrade():
    # Added in place: SQLite would rebuild a table in batch mode, and its triggers would be lost.
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    number, moment, no = (
        ("BIGINT", "TIMESTAMP WITH TIME ZONE", "false") if is_postgresql else ("INTEGER", "DATETIME", "0")
    )
    for column in (
        f"registrada {moment}",
        "ediciones INTEGER DEFAULT '0' NOT NULL",
        "recibo VARCHAR(40) DEFAULT '' NOT NULL CONSTRAINT ck_venta_recibo CHECK (length(recibo) <= 40)",
        "clave_idempotencia VARCHAR(200)",
        "huella VARCHAR(64)",
        f"importacion_id {number} CONSTRAINT fk_venta_importacion_id REFERENCES importacion (id) ON DELETE SET NULL",
        "huella_importada VARCHAR(64)",
    ):
        op.execute(f"ALTER TABLE venta ADD COLUMN {column}")
    for column in (
        "clase VARCHAR(16) DEFAULT 'clientes' NOT NULL"
        " CONSTRAINT ck_importacion_claseimportacion CHECK (clase IN ('clientes', 'ventas'))",
        f"crea_clientes BOOLEAN DEFAULT {no} NOT NULL",
        "sumas JSON DEFAULT '{}' NOT NULL",
    ):
        op.execute(f"ALTER TABLE importacion ADD COLUMN {column}")
    op.add_column("fila_importada", sa.Column("venta", sa.Text(), server_default="", nullable=False))
    for name, (columns, condition) in INDEXES.items():
        op.create_index(
            name,
            "venta",
            columns,
            unique=name in UNIQUE,
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )


def downgrade():
    op.drop_column("fila_importada", "venta")
    for column in ("sumas", "crea_clientes", "clase"):
        op.drop_column("importacion", column)
    for name in INDEXES:
        op.drop_index(name, "venta")
    for column in COLUMNS:
        op.drop_column("venta", column)
