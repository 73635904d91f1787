"""what people write back is kept; a STOP is remembered for whoever has the number later; Twilio's other statuses

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ORIGINS = ("mensaje", "twilio", "manual")
RECEIPTS = ("accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed")


def upgrade():
    create_respuesta()
    create_remembered()
    widen("baja", "origen", "ck_baja_origenbaja", 16, ("mensaje", "respuesta", "twilio", "manual"))
    widen("sms_log", "recibo", "ck_sms_log_recibo", 20, (*RECEIPTS, "canceled", "partially_delivered", "read"))


def create_respuesta():
    op.create_table(
        "respuesta",
        sa.Column("id", ID, nullable=False),
        sa.Column("telefono_e164", sa.String(16), nullable=False),
        sa.Column("mensaje", sa.Text(), nullable=False),
        sa.Column("adjuntos", sa.Integer(), server_default="0", nullable=False),
        sa.Column("recibida", MOMENT, nullable=False),
        sa.Column("leida", MOMENT, nullable=True),
        sa.Column("campana_id", ID, nullable=True),
        sa.Column("usuario_id", ID, nullable=False),
        sa.CheckConstraint("length(mensaje) <= 1600", name=op.f("ck_respuesta_mensaje")),
        sa.CheckConstraint("adjuntos BETWEEN 0 AND 10", name=op.f("ck_respuesta_adjuntos")),
        sa.CheckConstraint("mensaje <> '' OR adjuntos > 0", name=op.f("ck_respuesta_algo")),
        sa.ForeignKeyConstraint(
            ["campana_id"], ["campana_sms.id"], name=op.f("fk_respuesta_campana_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name=op.f("fk_respuesta_usuario_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respuesta")),
    )
    op.create_index("ix_respuesta_usuario_id_id", "respuesta", ["usuario_id", "id"])
    op.create_index("ix_respuesta_usuario_id_telefono_e164_id", "respuesta", ["usuario_id", "telefono_e164", "id"])
    unread = sa.text("leida IS NULL")
    op.create_index(
        "ix_respuesta_sin_leer", "respuesta", ["usuario_id", "id"], sqlite_where=unread, postgresql_where=unread
    )


def create_remembered():
    op.create_table(
        "baja_recordada",
        sa.Column("seudonimo", sa.String(16), nullable=False),
        sa.Column("creado", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seudonimo", name=op.f("pk_baja_recordada")),
    )
    op.create_table(
        "baja_levantada",
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("seudonimo", sa.String(16), nullable=False),
        sa.Column("creado", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name=op.f("fk_baja_levantada_usuario_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("usuario_id", "seudonimo", name=op.f("pk_baja_levantada")),
    )


def widen(table, column, constraint, length, values):
    """Let a column hold these values, and no other."""
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(batch_op.f(constraint), type_="check")
        batch_op.alter_column(column, type_=sa.String(length))
        batch_op.create_check_constraint(batch_op.f(constraint), f"{column} IN ({listed})")


def downgrade():
    op.execute("UPDATE sms_log SET recibo = NULL WHERE recibo IN ('canceled', 'partially_delivered')")
    op.execute("UPDATE baja SET origen = 'manual' WHERE origen = 'respuesta'")
    widen("sms_log", "recibo", "ck_sms_log_recibo", 16, (*RECEIPTS, "read"))
    widen("baja", "origen", "ck_baja_origenbaja", 16, ORIGINS)
    for table in ("baja_levantada", "baja_recordada", "respuesta"):
        op.drop_table(table)
