"""whom an open import must not bring back

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "persona_olvidada",
        sa.Column("importacion_id", ID, nullable=False),
        sa.Column("seudonimo", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["importacion_id"],
            ["importacion.id"],
            name=op.f("fk_persona_olvidada_importacion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("importacion_id", "seudonimo", name=op.f("pk_persona_olvidada")),
        sqlite_with_rowid=False,
    )


def downgrade():
    op.drop_table("persona_olvidada")
