"""campaigns may have an hour

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OLD_STATES = ("pendiente", "procesando", "completado", "error", "pausado", "cancelado", "por_aprobar")
NEW_STATES = (*OLD_STATES, "programado")
REASONS = ("tarde", "autor", "publico", "nadie", "texto", "limite")
RULES = {
    "programado": "estado <> 'programado' OR (programada_para IS NOT NULL AND encolada IS NULL AND enviando = 0)",
    "publico": (
        "publico IS NULL OR (programada_para IS NOT NULL"
        " AND (estado NOT IN ('programado', 'por_aprobar') OR total_clientes = 0))"
    ),
    "motivo_pausa": "motivo_pausa IS NULL OR estado = 'pausado'",
    "motivodepausa": f"motivo_pausa IN ({', '.join(map(repr, REASONS))})",
}
INDEXES = {
    "ix_campana_sms_programada_para": (["programada_para"], "estado = 'programado'"),
    "ix_campana_sms_usuario_id_motivo": (["usuario_id", "id"], "motivo_pausa IS NOT NULL"),
}


def upgrade():
    with op.batch_alter_table("campana_sms") as batch_op:
        change_states(batch_op, NEW_STATES)
        batch_op.add_column(sa.Column("programada_para", sa.DateTime(timezone=True)))
        batch_op.add_column(sa.Column("publico", sa.JSON()))
        batch_op.add_column(sa.Column("motivo_pausa", sa.String(16)))
        for name, rule in RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_campana_sms_{name}"), rule)
    for name, (columns, condition) in INDEXES.items():
        op.create_index(
            name, "campana_sms", columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition)
        )


def downgrade():
    for name in INDEXES:
        op.drop_index(name, "campana_sms")
    op.execute("UPDATE campana_sms SET estado = 'pausado' WHERE estado = 'programado'")
    with op.batch_alter_table("campana_sms") as batch_op:
        for name in RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_campana_sms_{name}"), type_="check")
        for column in ("programada_para", "publico", "motivo_pausa"):
            batch_op.drop_column(column)
        change_states(batch_op, OLD_STATES)


def change_states(batch_op, states):
    allowed = ", ".join(f"'{state}'" for state in states)
    batch_op.drop_constraint(batch_op.f("ck_campana_sms_estadocampana"), type_="check")
    batch_op.create_check_constraint(batch_op.f("ck_campana_sms_estadocampana"), f"estado IN ({allowed})")
