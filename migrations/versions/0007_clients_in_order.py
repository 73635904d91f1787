"""clients in order: an index for the list of active and inactive ones

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_cliente_usuario_id_id", "cliente", ["usuario_id", "id"])


def downgrade():
    op.drop_index("ix_cliente_usuario_id_id", "cliente")
