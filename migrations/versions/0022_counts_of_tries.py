"""tries are counted where all machines that serve pages look

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "intento",
        sa.Column("clave", sa.String(64), nullable=False),
        sa.Column("cuenta", sa.Integer(), nullable=False),
        sa.Column("vence", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cuenta >= 0", name="cuenta"),
        sa.PrimaryKeyConstraint("clave", name="pk_intento"),
    )
    op.create_index("ix_intento_vence", "intento", ["vence"])


def downgrade():
    op.drop_table("intento")
