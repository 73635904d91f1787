"""an account's own fields, and their values

Revision ID: 0024
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BINARY_TEXT = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")


def upgrade():
    op.create_table(
        "campo",
        sa.Column("id", ID, nullable=False),
        sa.Column("nombre", sa.String(40), nullable=False),
        sa.Column("clave", sa.String(40), nullable=False),
        sa.Column(
            "tipo",
            sa.Enum(
                "texto",
                "numero",
                "fecha",
                "opcion",
                name="tipodecampo",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("opciones", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("lugar", sa.SmallInteger(), nullable=False),
        sa.Column("posicion", sa.SmallInteger(), nullable=False),
        sa.Column("creado", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        sa.CheckConstraint("length(nombre) BETWEEN 1 AND 40", name="nombre"),
        sa.CheckConstraint("length(clave) BETWEEN 1 AND 40", name="clave"),
        sa.CheckConstraint("lugar BETWEEN 1 AND 30", name="lugar"),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name="fk_campo_usuario_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_campo"),
        sa.UniqueConstraint("usuario_id", "clave", name="uq_campo_usuario_id_clave"),
        sa.UniqueConstraint("usuario_id", "lugar", name="uq_campo_usuario_id_lugar"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "valor_de_campo",
        sa.Column("campo_id", ID, nullable=False),
        sa.Column("orden", BINARY_TEXT, nullable=False),
        sa.Column("cliente_id", ID, nullable=False),
        sa.Column("valor", sa.String(200), nullable=False),
        sa.Column("dia", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("length(valor) BETWEEN 1 AND 200", name="valor"),
        sa.CheckConstraint("dia BETWEEN 101 AND 1231", name="dia"),
        sa.ForeignKeyConstraint(["campo_id"], ["campo.id"], name="fk_valor_de_campo_campo_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["cliente_id"], ["cliente.id"], name="fk_valor_de_campo_cliente_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campo_id", "orden", "cliente_id", name="pk_valor_de_campo"),
        sa.UniqueConstraint("cliente_id", "campo_id", name="uq_valor_de_campo_cliente_id_campo_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_valor_de_campo_campo_id_dia_cliente_id",
        "valor_de_campo",
        ["campo_id", "dia", "cliente_id"],
        sqlite_where=sa.text("dia IS NOT NULL"),
        postgresql_where=sa.text("dia IS NOT NULL"),
    )


def downgrade():
    op.drop_table("valor_de_campo")
    op.drop_table("campo")
