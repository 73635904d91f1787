"""limits by day: what the accounts that have limits used up

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "consumo",
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("dia", sa.Date(), nullable=False),
        sa.Column("termina", MOMENT, nullable=False),
        sa.Column("termina_mes", MOMENT, nullable=False),
        sa.Column("mensajes", sa.Integer(), nullable=False),
        sa.Column("pesos", sa.Numeric(14, 2), nullable=False),
        sa.CheckConstraint("mensajes >= 0", name=op.f("ck_consumo_mensajes")),
        sa.CheckConstraint("pesos >= 0", name=op.f("ck_consumo_pesos")),
        sa.CheckConstraint("termina <= termina_mes", name=op.f("ck_consumo_termina")),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name=op.f("fk_consumo_usuario_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("usuario_id", "dia", name=op.f("pk_consumo")),
    )


def downgrade():
    op.drop_table("consumo")
