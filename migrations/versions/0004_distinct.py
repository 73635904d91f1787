"""clients that look like doubles and are not

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22 20:35:00

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "distintos",
        sa.Column("menor_id", ID, nullable=False),
        sa.Column("mayor_id", ID, nullable=False),
        sa.Column("creado", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        sa.CheckConstraint("menor_id < mayor_id", name=op.f("ck_distintos_orden")),
        sa.ForeignKeyConstraint(["menor_id"], ["cliente.id"], name=op.f("fk_distintos_menor_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mayor_id"], ["cliente.id"], name=op.f("fk_distintos_mayor_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name=op.f("fk_distintos_usuario_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("menor_id", "mayor_id", name=op.f("pk_distintos")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_distintos_usuario_id", "distintos", ["usuario_id"])
    op.create_index("ix_distintos_mayor_id", "distintos", ["mayor_id"])


def downgrade():
    op.drop_table("distintos")
