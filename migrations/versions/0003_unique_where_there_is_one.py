"""attempts and SIDs of messages: unique where there is one

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 21:00:00

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("intento", "twilio_sid")


def upgrade():
    with op.batch_alter_table("sms_log") as batch_op:
        for column in COLUMNS:
            batch_op.drop_constraint(batch_op.f(f"uq_sms_log_{column}"), type_="unique")
    for column in COLUMNS:
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"uq_sms_log_{column}", "sms_log", [column], unique=True, sqlite_where=where, postgresql_where=where
        )


def downgrade():
    for column in COLUMNS:
        op.drop_index(f"uq_sms_log_{column}", "sms_log")
    with op.batch_alter_table("sms_log") as batch_op:
        for column in COLUMNS:
            batch_op.create_unique_constraint(batch_op.f(f"uq_sms_log_{column}"), [column])
