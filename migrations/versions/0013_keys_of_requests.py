"""keys of requests: what each was sent for, and a column of their own for those of browsers' forms

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("campana_sms") as batch_op:
        batch_op.add_column(sa.Column("clave_formulario", sa.String(200), nullable=True))
        batch_op.add_column(sa.Column("huella", sa.String(64), nullable=True))
        batch_op.create_unique_constraint("uq_campana_sms_formulario", ["usuario_id", "clave_formulario", "huella"])
        batch_op.create_check_constraint(
            batch_op.f("ck_campana_sms_una_clave"), "clave_idempotencia IS NULL OR clave_formulario IS NULL"
        )
    op.execute(
        "UPDATE campana_sms SET clave_formulario = substr(clave_idempotencia, 5), clave_idempotencia = NULL"
        " WHERE clave_idempotencia LIKE 'web:%'"
    )


def downgrade():
    # What was sent for a form's key is forgotten: one key may have several campaigns, and the old column holds one.
    with op.batch_alter_table("campana_sms") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_campana_sms_una_clave"), type_="check")
        batch_op.drop_constraint("uq_campana_sms_formulario", type_="unique")
        batch_op.drop_column("huella")
        batch_op.drop_column("clave_formulario")
