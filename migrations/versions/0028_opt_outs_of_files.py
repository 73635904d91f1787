"""opt-outs that an imported file asked for

Revision ID: 0028
Revises: 0022
"""

from alembic import op

revision = "0028"
down_revision = "0022"
branch_labels = None
depends_on = None

ORIGINS = ("mensaje", "respuesta", "twilio", "manual")


def upgrade():
    say_which(("mensaje", "respuesta", "twilio", "archivo", "manual"))


def downgrade():
    op.execute("UPDATE baja SET origen = 'manual' WHERE origen = 'archivo'")
    say_which(ORIGINS)


def say_which(origins):
    listed = ", ".join(f"'{each}'" for each in origins)
    with op.batch_alter_table("baja") as table:
        table.drop_constraint(table.f("ck_baja_origenbaja"), type_="check")
        table.create_check_constraint(table.f("ck_baja_origenbaja"), f"origen IN ({listed})")
