"""whom an open import must not bring back

Revision ID: people_an_import_forgets
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "people_an_import_forgets"
down_revision = "0008"
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
