"""one space parts the words of a tag

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TAGS = sa.table("etiqueta", *map(sa.column, ("id", "usuario_id", "nombre", "clave")))


def upgrade():
    connection = op.get_bind()
    wide = connection.execute(sa.select(TAGS).where(TAGS.c.clave.contains("  ")).order_by(TAGS.c.id)).all()
    for tag in wide:
        name, key = " ".join(tag.nombre.split()), " ".join(tag.clave.split())
        same = sa.select(TAGS.c.id).where(TAGS.c.usuario_id == tag.usuario_id, TAGS.c.clave == key)
        # Where another tag looks like it already, segments and campaigns may mean either: people merge them.
        if connection.execute(same).first() is None:
            connection.execute(sa.update(TAGS).where(TAGS.c.id == tag.id).values(nombre=name, clave=key))


def downgrade():
    pass
