"""imports: files of clients, and what they changed

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 20:30:00

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = (
    "subida", "revisando", "revisada", "aplicando", "aplicada", "cancelada", "deshaciendo", "deshecha", "error"
)
COUNTERS = (
    "filas", "leidas", "nuevas", "actualizadas", "iguales", "dobles", "malas", "descartadas", "sin_celular",
    "por_aplicar", "hasta_fila",
)


def upgrade():
    create_imports()
    create_changes()
    # Added in place: SQLite would rebuild a table in batch mode, and the search index's triggers would be lost.
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE cliente ADD COLUMN importacion_id {number}"
        " CONSTRAINT fk_cliente_importacion_id REFERENCES importacion (id) ON DELETE SET NULL"
    )
    create_index_where("ix_cliente_importacion_id_id", "cliente", ["importacion_id", "id"], "importacion_id IS NOT NULL")


def downgrade():
    op.drop_index("ix_cliente_importacion_id_id", "cliente")
    op.drop_column("cliente", "importacion_id")
    op.drop_table("cambio_importado")
    op.drop_table("importacion")


def create_index_where(name, table, columns, condition):
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def create_imports():
    states = sa.Enum(*STATES, name="estadoimportacion", native_enum=False, create_constraint=True, length=16)
    op.create_table(
        "importacion",
        sa.Column("id", ID, nullable=False),
        sa.Column("nombre_archivo", sa.String(200), nullable=False),
        sa.Column("archivo", sa.String(64), nullable=False),
        sa.Column("columnas", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("etiqueta", sa.String(200), server_default="", nullable=False),
        sa.Column("estado", states, nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in COUNTERS),
        sa.Column("error_mensaje", sa.Text(), nullable=True),
        sa.Column("creado", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminado", sa.DateTime(timezone=True), nullable=True),
        sa.Column("titular", sa.String(120), nullable=True),
        sa.Column("latido", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subida_por_id", ID, nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["subida_por_id"], ["usuario.id"], name=op.f("fk_importacion_subida_por_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name=op.f("fk_importacion_usuario_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_importacion")),
        sa.UniqueConstraint("archivo", name=op.f("uq_importacion_archivo")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_importacion_usuario_id_id", "importacion", ["usuario_id", "id"])
    unfinished = "estado IN ('revisando', 'aplicando', 'deshaciendo')"
    create_index_where("ix_importacion_estado_id", "importacion", ["estado", "id"], unfinished)


def create_changes():
    op.create_table(
        "cambio_importado",
        sa.Column("importacion_id", ID, nullable=False),
        sa.Column("cliente_id", ID, nullable=False),
        sa.Column("antes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["importacion_id"], ["importacion.id"], name=op.f("fk_cambio_importado_importacion_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["cliente_id"], ["cliente.id"], name=op.f("fk_cambio_importado_cliente_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("importacion_id", "cliente_id", name=op.f("pk_cambio_importado")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cambio_importado_cliente_id", "cambio_importado", ["cliente_id"])
