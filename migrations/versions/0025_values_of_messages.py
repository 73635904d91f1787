"""messages keep the values that their text uses

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("sms_log", sa.Column("valores", sa.Text()))
    op.add_column("campana_sms", sa.Column("compartido", sa.Text()))


def downgrade():
    op.drop_column("campana_sms", "compartido")
    op.drop_column("sms_log", "valores")
