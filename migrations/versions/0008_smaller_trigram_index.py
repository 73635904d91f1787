"""a smaller trigram index: it says which clients hold a part, no longer where

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    make_index(", detail=none")


def downgrade():
    make_index("")


def make_index(detail):
    """Make SQLite's index anew; PostgreSQL's has never known where. The triggers of `cliente` name it, and stay."""
    if op.get_bind().dialect.name == "postgresql":
        return
    op.execute("DROP TABLE cliente_indice")
    op.execute(
        "CREATE VIRTUAL TABLE cliente_indice USING"
        f" fts5(busqueda, content='cliente', content_rowid='id', tokenize='trigram'{detail})"
    )
    op.execute("INSERT INTO cliente_indice (cliente_indice) VALUES ('rebuild')")
