"""what people wrote is heard once; wrong second steps are counted where a restart does not forget them

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "mensaje_entrante",
        sa.Column("sid", sa.String(34), nullable=False),
        sa.Column("recibido", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sid", name="pk_mensaje_entrante"),
    )
    op.create_index("ix_mensaje_entrante_recibido", "mensaje_entrante", ["recibido"])
    op.create_table(
        "segundo_paso_fallido",
        sa.Column("persona_id", ID, nullable=False),
        sa.Column("seguidos", sa.Integer(), nullable=False),
        sa.Column("sospechosos", sa.Integer(), nullable=False),
        sa.Column("ultimo", MOMENT, nullable=False),
        sa.Column("espera_hasta", MOMENT, nullable=True),
        sa.CheckConstraint("seguidos >= 0 AND sospechosos >= 0", name="cuenta"),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["usuario.id"], name="fk_segundo_paso_fallido_persona_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("persona_id", name="pk_segundo_paso_fallido"),
    )


def downgrade():
    op.drop_table("segundo_paso_fallido")
    op.drop_table("mensaje_entrante")
