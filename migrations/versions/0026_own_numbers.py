"""people's own numbers, messages that are tried first, numbers that do not work, opt-outs that a file asked for

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ORIGINS = ("mensaje", "respuesta", "twilio")
DEAD_NUMBER = sa.text(
    "estado = 'fallido' AND error_codigo IN (21211, 21214, 21217, 21265, 21614, 21635)"
    " OR recibo_codigo IN (30005, 30006)"
)


def upgrade():
    op.create_table(
        "numero_propio",
        sa.Column("persona_id", ID, nullable=False),
        sa.Column("telefono_e164", sa.String(16), nullable=True),
        sa.Column("probado", MOMENT, nullable=True),
        sa.Column("por_probar", sa.String(16), nullable=True),
        sa.Column("codigo_hash", sa.String(64), nullable=True),
        sa.Column("vence", MOMENT, nullable=True),
        sa.Column("intentos", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(telefono_e164 IS NULL) = (probado IS NULL)", name=op.f("ck_numero_propio_probado")),
        sa.CheckConstraint(
            "(por_probar IS NULL) = (codigo_hash IS NULL) AND (por_probar IS NULL) = (vence IS NULL)",
            name=op.f("ck_numero_propio_por_probar"),
        ),
        sa.CheckConstraint("intentos BETWEEN 0 AND 5", name=op.f("ck_numero_propio_intentos")),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["usuario.id"], name=op.f("fk_numero_propio_persona_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("persona_id", name=op.f("pk_numero_propio")),
    )
    op.add_column("campana_sms", sa.Column("es_prueba", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cliente", sa.Column("fallo_dejado", MOMENT, nullable=True))
    op.create_index(
        "ix_sms_log_numero_muerto",
        "sms_log",
        ["telefono_e164", "campana_id", "id", "estado", "error_codigo", "recibo_codigo"],
        sqlite_where=DEAD_NUMBER,
        postgresql_where=DEAD_NUMBER,
    )
    let_origins_be((*ORIGINS, "archivo", "numero", "manual"))


def let_origins_be(origins):
    listed = ", ".join(f"'{origin}'" for origin in origins)
    with op.batch_alter_table("baja") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_baja_origenbaja"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_baja_origenbaja"), f"origen IN ({listed})")


def downgrade():
    op.execute("UPDATE baja SET origen = 'manual' WHERE origen IN ('archivo', 'numero')")
    let_origins_be((*ORIGINS, "manual"))
    op.drop_index("ix_sms_log_numero_muerto", "sms_log")
    op.drop_column("cliente", "fallo_dejado")
    op.drop_column("campana_sms", "es_prueba")
    op.drop_table("numero_propio")
