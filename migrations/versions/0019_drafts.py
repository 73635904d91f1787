"""drafts of campaigns, forms that outlive a session, and campaigns that go to those whom another one missed

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "borrador",
        sa.Column("id", ID, nullable=False),
        sa.Column("clave", sa.String(36), nullable=False),
        sa.Column("campos", sa.JSON(), nullable=False),
        sa.Column("resumen", sa.String(200), server_default="", nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("pagina", sa.String(36), server_default="", nullable=False),
        sa.Column("orden", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("continua_id", ID, nullable=True),
        sa.Column("creado", MOMENT, nullable=False),
        sa.Column("cambiado", MOMENT, nullable=False),
        sa.Column("creado_por_id", ID, nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["continua_id"], ["campana_sms.id"], name=op.f("fk_borrador_continua_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["creado_por_id"], ["usuario.id"], name=op.f("fk_borrador_creado_por_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name=op.f("fk_borrador_usuario_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_borrador")),
        sa.UniqueConstraint("usuario_id", "clave", name=op.f("uq_borrador_usuario_id_clave")),
    )
    op.create_index("ix_borrador_creado_por_id_cambiado", "borrador", ["creado_por_id", "cambiado"])
    op.create_index("ix_borrador_cambiado", "borrador", ["cambiado"])
    op.create_table(
        "formulario_guardado",
        sa.Column("id", ID, nullable=False),
        sa.Column("contenido", sa.Text(), nullable=False),
        sa.Column("persona_id", ID, nullable=True),
        sa.Column("creado", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["usuario.id"], name=op.f("fk_formulario_guardado_persona_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formulario_guardado")),
    )
    op.create_index("ix_formulario_guardado_creado", "formulario_guardado", ["creado"])
    op.create_index(op.f("ix_formulario_guardado_persona_id"), "formulario_guardado", ["persona_id"])
    with op.batch_alter_table("campana_sms") as batch_op:
        batch_op.add_column(sa.Column("continua_id", ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_campana_sms_continua_id"), "campana_sms", ["continua_id"], ["id"], ondelete="RESTRICT"
        )
    op.create_index(
        "ix_campana_sms_continua_id",
        "campana_sms",
        ["continua_id"],
        sqlite_where=sa.text("continua_id IS NOT NULL"),
        postgresql_where=sa.text("continua_id IS NOT NULL"),
    )


def downgrade():
    op.drop_index("ix_campana_sms_continua_id", "campana_sms")
    with op.batch_alter_table("campana_sms") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_campana_sms_continua_id"), type_="foreignkey")
        batch_op.drop_column("continua_id")
    op.drop_table("formulario_guardado")
    op.drop_table("borrador")
