"""names for logging in that look alike: what their spellings have in common is unique

Of the names there are, the oldest of several that look alike gets the key, and every other one is its own key: all go
on to log in as they did.

Revision ID: 0012
Revises: 0011
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

USABLE = re.compile(r"[a-z0-9]+(?:[ ._@+-][a-z0-9]+)*")
PEOPLE = sa.table("usuario", sa.column("id"), sa.column("usuario"), sa.column("usuario_clave"))


def upgrade():
    op.add_column("usuario", sa.Column("usuario_clave", sa.String(150), nullable=False, server_default=""))
    give_keys(op.get_bind())
    op.create_index("ix_usuario_usuario_clave", "usuario", ["usuario_clave"], unique=True)


def downgrade():
    op.drop_index("ix_usuario_usuario_clave", "usuario")
    op.drop_column("usuario", "usuario_clave")


def give_keys(connection):
    """Fill the column for the people there are."""
    taken = set()
    for person in connection.execute(sa.select(PEOPLE.c.id, PEOPLE.c.usuario).order_by(PEOPLE.c.id)).all():
        key = key_of(person.usuario)
        key = person.usuario if key in taken else key
        taken.add(key)
        connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person.id).values(usuario_clave=key))


def key_of(name):
    """Answer the name without accents, case and width where that leaves a name of today, else the name itself."""
    letters = (letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter))
    folded = " ".join("".join(letters).split())
    return folded if len(folded) <= 150 and USABLE.fullmatch(folded) else name
