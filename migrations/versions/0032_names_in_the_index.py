"""whether a client's number or document holds letters stands beside its name in the index of names

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# The database derives it, so that nobody who writes a client can get it wrong.
LETTERS = (
    "substr(busqueda || '\n', 1, length(nombre_orden) + 1) <> nombre_orden || '\n'"
    " OR ltrim(substr(busqueda, length(nombre_orden) + 1), '\n 0123456789+().-/') <> ''"
)
OLD, NEW = "ix_cliente_usuario_id_nombre_orden_id", "ix_cliente_usuario_id_nombre_orden_id_letras"


def upgrade():
    # Added in place: SQLite derives it where it is read, and keeps it in the index alone.
    kept = "STORED" if op.get_bind().dialect.name == "postgresql" else "VIRTUAL"
    op.execute(f"ALTER TABLE cliente ADD COLUMN letras BOOLEAN GENERATED ALWAYS AS ({LETTERS}) {kept}")
    op.create_index(NEW, "cliente", ["usuario_id", "nombre_orden", "id", "letras"])
    op.drop_index(OLD, "cliente")


def downgrade():
    op.create_index(OLD, "cliente", ["usuario_id", "nombre_orden", "id"])
    op.drop_index(NEW, "cliente")
    op.drop_column("cliente", "letras")
