"""rows of imports say something of an account's own fields

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("fila_importada", sa.Column("campos", sa.Text(), server_default="", nullable=False))


def downgrade():
    op.drop_column("fila_importada", "campos")
