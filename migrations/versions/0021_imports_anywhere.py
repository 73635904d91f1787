"""files that are being imported, and their rows, in tables: machines that share a database share no disk

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    create_of_import(
        "archivo_importado",
        ["convertido", "trozo"],
        sa.Column("convertido", sa.Boolean(), nullable=False),
        sa.Column("trozo", sa.Integer(), nullable=False),
        sa.Column("contenido", sa.LargeBinary(), nullable=False),
    )
    create_of_import(
        "fila_importada",
        ["numero"],
        sa.Column("numero", ID, nullable=False),
        *map(text, ("veredicto", "nombre", "telefono", "documento")),
        sa.Column("telefono_e164", sa.Text(), nullable=True),
        *map(text, ("busqueda", "nombre_orden", "nombre_clave", "documento_clave", "etiquetas")),
        sa.Column("baja", sa.Boolean(), nullable=False),
        sa.Column("inactivo", sa.Boolean(), nullable=False),
        text("motivo"),
        text("otros"),
        sa.Column("otra", ID, nullable=True),
        text("celdas"),
        sa.Column("cliente", ID, nullable=True),
        text("respuesta"),
    )
    op.create_index(
        "ix_fila_importada_importacion_id_veredicto_numero",
        "fila_importada",
        ["importacion_id", "veredicto", "numero"],
    )
    op.create_index(
        "ix_fila_importada_sin_celular",
        "fila_importada",
        ["importacion_id", "numero"],
        sqlite_where=sa.text("telefono_e164 IS NULL"),
        postgresql_where=sa.text("telefono_e164 IS NULL"),
    )
    op.create_index(
        "ix_fila_importada_otros",
        "fila_importada",
        ["importacion_id", "numero"],
        sqlite_where=sa.text("otros <> ''"),
        postgresql_where=sa.text("otros <> ''"),
    )
    create_of_import(
        "destino_de_fila",
        ["numero"],
        sa.Column("numero", ID, nullable=False),
        text("veredicto"),
        sa.Column("cliente", ID, nullable=True),
        sa.Column("sin_celular", sa.Boolean(), nullable=False),
    )
    op.create_index(
        "ix_destino_de_fila_importacion_id_veredicto_numero",
        "destino_de_fila",
        ["importacion_id", "veredicto", "numero"],
    )
    create_of_import(
        "lineas_aparte",
        ["desde"],
        sa.Column("desde", ID, nullable=False),
        sa.Column("hasta", ID, nullable=False),
        text("clase"),
        text("texto"),
    )
    create_of_import(
        "documento_de_archivo",
        ["clave"],
        sa.Column("clave", sa.Text(), nullable=False),
        sa.Column("numero", ID, nullable=False),
    )
    create_of_import(
        "persona_de_archivo",
        ["clave", "numero"],
        sa.Column("clave", sa.Text(), nullable=False),
        sa.Column("numero", ID, nullable=False),
        text("documento"),
        text("nombre"),
    )
    create_of_import(
        "cliente_de_archivo",
        ["clave"],
        sa.Column("clave", ID, nullable=False),
        sa.Column("numero", ID, nullable=False),
    )


def downgrade():
    for table in (
        "cliente_de_archivo",
        "persona_de_archivo",
        "documento_de_archivo",
        "lineas_aparte",
        "destino_de_fila",
        "fila_importada",
        "archivo_importado",
    ):
        op.drop_table(table)


def create_of_import(table, keys, *columns):
    """Create a table whose rows belong to an import, go with it, and are told apart by these columns."""
    op.create_table(
        table,
        sa.Column("importacion_id", ID, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["importacion_id"], ["importacion.id"], name=op.f(f"fk_{table}_importacion_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("importacion_id", *keys, name=op.f(f"pk_{table}")),
    )


def text(name):
    return sa.Column(name, sa.Text(), nullable=False)
