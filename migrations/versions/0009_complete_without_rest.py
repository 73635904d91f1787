"""a complete campaign has nothing left to send: the database checks it

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RULE = "estado <> 'completado' OR (pendientes = 0 AND enviando = 0)"


def upgrade():
    # Rows that a frozen sender gave back after the end were never sent. Nobody knows whether they are still wanted:
    # the campaign waits for somebody to resume or cancel it.
    op.execute(f"UPDATE campana_sms SET estado = 'pausado', completado = NULL WHERE NOT ({RULE})")
    with op.batch_alter_table("campana_sms") as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_campana_sms_sin_resto"), RULE)


def downgrade():
    with op.batch_alter_table("campana_sms") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_campana_sms_sin_resto"), type_="check")
