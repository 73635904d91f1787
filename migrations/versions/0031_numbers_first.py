"""one index of a message's number: that it is in a campaign once, and where it was written to

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BY_CAMPAIGN = ("uq_sms_log_campana_id_telefono_e164", ["campana_id", "telefono_e164"])
BY_NUMBER = ("uq_sms_log_telefono_e164_campana_id", ["telefono_e164", "campana_id"])
LAST_OF_NUMBER = ("ix_sms_log_telefono_e164_id", ["telefono_e164", "id"])


def upgrade():
    triggers = take_triggers()
    with op.batch_alter_table("sms_log") as batch_op:
        batch_op.create_unique_constraint(batch_op.f(BY_NUMBER[0]), BY_NUMBER[1])
        batch_op.drop_constraint(batch_op.f(BY_CAMPAIGN[0]), type_="unique")
        batch_op.drop_index(LAST_OF_NUMBER[0])
    give_back(triggers)


def downgrade():
    triggers = take_triggers()
    with op.batch_alter_table("sms_log") as batch_op:
        batch_op.create_unique_constraint(batch_op.f(BY_CAMPAIGN[0]), BY_CAMPAIGN[1])
        batch_op.drop_constraint(batch_op.f(BY_NUMBER[0]), type_="unique")
        batch_op.create_index(*LAST_OF_NUMBER)
    give_back(triggers)


def take_triggers():
    """Drop the triggers that name the table, which SQLite makes anew, and return how they are written."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    named = sa.text("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%sms_log%'")
    triggers = op.get_bind().execute(named).all()
    for trigger in triggers:
        op.get_bind().exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    return [trigger.sql for trigger in triggers]


def give_back(triggers):
    for written in triggers:
        op.get_bind().exec_driver_sql(written)
