"""finding clients: keys, a trigram index, purchases carried over, tags, segments, changes

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 20:10:00

"""
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 5_000

TRIGGERS = {
    "cliente_en_indice": "AFTER INSERT ON cliente BEGIN"
    " INSERT INTO cliente_indice (rowid, busqueda) VALUES (new.id, new.busqueda); END",
    "cliente_fuera_del_indice": "AFTER DELETE ON cliente BEGIN"
    " INSERT INTO cliente_indice (cliente_indice, rowid, busqueda) VALUES ('delete', old.id, old.busqueda); END",
    "cliente_cambia_en_indice": "AFTER UPDATE OF busqueda ON cliente WHEN old.busqueda <> new.busqueda BEGIN"
    " INSERT INTO cliente_indice (cliente_indice, rowid, busqueda) VALUES ('delete', old.id, old.busqueda);"
    " INSERT INTO cliente_indice (rowid, busqueda) VALUES (new.id, new.busqueda); END",
}


def upgrade():
    op.add_column("cliente", sa.Column("nombre_orden", binary_text(150), server_default="", nullable=False))
    op.add_column("cliente", sa.Column("nombre_clave", sa.String(150), server_default="", nullable=False))
    op.add_column("cliente", sa.Column("documento_clave", binary_text(20), server_default="", nullable=False))
    op.add_column("cliente", sa.Column("ultima_compra", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cliente", sa.Column("total_compras", sa.Numeric(14, 2), server_default="0", nullable=False))
    fill_keys()
    carry_over_purchases()
    op.create_index("ix_cliente_usuario_id_nombre_orden_id", "cliente", ["usuario_id", "nombre_orden", "id"])
    op.create_index("ix_cliente_usuario_id_nombre_clave", "cliente", ["usuario_id", "nombre_clave"])
    op.create_index("ix_cliente_usuario_id_creado", "cliente", ["usuario_id", "creado"])
    create_index_where("documento_clave", ["usuario_id", "documento_clave"], "documento_clave <> ''")
    create_index_where("ultima_compra_id", ["usuario_id", "ultima_compra", "id"], "ultima_compra IS NOT NULL")
    create_index_where("total_compras", ["usuario_id", "total_compras"], "total_compras > 0")
    create_trigram_index()
    create_tags()
    create_segments()
    create_changes()


def downgrade():
    op.drop_table("cambio_de_cliente")
    op.drop_table("segmento")
    op.drop_table("cliente_etiqueta")
    op.drop_table("etiqueta")
    drop_trigram_index()
    for name in ("nombre_orden_id", "nombre_clave", "creado", "documento_clave", "ultima_compra_id", "total_compras"):
        op.drop_index(f"ix_cliente_usuario_id_{name}", "cliente")
    for name in ("nombre_orden", "nombre_clave", "documento_clave", "ultima_compra", "total_compras"):
        op.drop_column("cliente", name)


def binary_text(longest):
    return sa.String(longest).with_variant(sa.String(longest, collation="C"), "postgresql")


def create_index_where(name, columns, condition):
    where = sa.text(condition)
    op.create_index(
        f"ix_cliente_usuario_id_{name}", "cliente", columns, sqlite_where=where, postgresql_where=where
    )


def fill_keys():
    """Fill the derived columns of the clients that there are; the rules are those of the day of this migration."""
    connection = op.get_bind()
    last = 0
    while True:
        rows = connection.execute(
            sa.text("SELECT id, nombre, documento FROM cliente WHERE id > :last ORDER BY id LIMIT :most"),
            {"last": last, "most": BATCH},
        ).all()
        if not rows:
            return
        last = rows[-1].id
        connection.execute(
            sa.text(
                "UPDATE cliente SET nombre_orden = :name, nombre_clave = :sound, documento_clave = :document"
                " WHERE id = :id"
            ),
            [keys(row) for row in rows],
        )


def keys(row):
    name = fold(row.nombre)
    document = "".join(character for character in fold(row.documento) if character.isalnum())
    return {"id": row.id, "name": name[:150], "sound": sound(name), "document": document[:20]}


def fold(text):
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def sound(name):
    for pattern, replacement in (
        (r"[^a-z0-9 ]", ""), (r"ph", "f"), (r"(?<=[^c])h|\bh", ""), (r"ll|y|j", "i"), (r"qu(?=[ei])|k", "c"),
        (r"z|x|c(?=[ei])", "s"), (r"v|w", "b"), (r"(.)\1+", r"\1"),
    ):
        name = re.sub(pattern, replacement, name)
    return " ".join(sorted(name.split()))[:150]


def carry_over_purchases():
    op.execute(
        "UPDATE cliente SET ultima_compra = (SELECT max(fecha) FROM venta WHERE cliente_id = cliente.id),"
        " total_compras = coalesce((SELECT sum(total) FROM venta WHERE cliente_id = cliente.id), 0)"
        " WHERE id IN (SELECT cliente_id FROM venta)"
    )


def create_trigram_index():
    """Index every part of three characters; SQLite's index follows the table by triggers."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute("CREATE INDEX ix_cliente_busqueda ON cliente USING gin (busqueda gin_trgm_ops)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE cliente_indice USING"
        " fts5(busqueda, content='cliente', content_rowid='id', tokenize='trigram')"
    )
    op.execute("INSERT INTO cliente_indice (cliente_indice) VALUES ('rebuild')")
    for name, event in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {event}")


def drop_trigram_index():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_cliente_busqueda")
        return
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE cliente_indice")


def create_tags():
    op.create_table(
        "etiqueta",
        sa.Column("id", ID, nullable=False),
        sa.Column("nombre", sa.String(40), nullable=False),
        sa.Column("clave", sa.String(40), nullable=False),
        sa.Column("creado", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        sa.CheckConstraint("length(nombre) BETWEEN 1 AND 40", name=op.f("ck_etiqueta_nombre")),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name=op.f("fk_etiqueta_usuario_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etiqueta")),
        sa.UniqueConstraint("usuario_id", "clave", name=op.f("uq_etiqueta_usuario_id_clave")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "cliente_etiqueta",
        sa.Column("etiqueta_id", ID, nullable=False),
        sa.Column("cliente_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["etiqueta_id"], ["etiqueta.id"], name=op.f("fk_cliente_etiqueta_etiqueta_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["cliente_id"], ["cliente.id"], name=op.f("fk_cliente_etiqueta_cliente_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("etiqueta_id", "cliente_id", name=op.f("pk_cliente_etiqueta")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cliente_etiqueta_cliente_id", "cliente_etiqueta", ["cliente_id"])


def create_segments():
    op.create_table(
        "segmento",
        sa.Column("id", ID, nullable=False),
        sa.Column("nombre", sa.String(60), nullable=False),
        sa.Column("busqueda", sa.JSON(), nullable=False),
        sa.Column("creado", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creado_por_id", ID, nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        sa.CheckConstraint("length(nombre) BETWEEN 1 AND 60", name=op.f("ck_segmento_nombre")),
        sa.ForeignKeyConstraint(
            ["creado_por_id"], ["usuario.id"], name=op.f("fk_segmento_creado_por_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name=op.f("fk_segmento_usuario_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segmento")),
        sa.UniqueConstraint("usuario_id", "nombre", name=op.f("uq_segmento_usuario_id_nombre")),
        sqlite_autoincrement=True,
    )


def create_changes():
    kinds = sa.Enum(
        "creado", "editado", "unido", name="tipodecambio", native_enum=False, create_constraint=True, length=16
    )
    op.create_table(
        "cambio_de_cliente",
        sa.Column("id", ID, nullable=False),
        sa.Column("cliente_id", ID, nullable=False),
        sa.Column("tipo", kinds, nullable=False),
        sa.Column("detalle", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("creado", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hecho_por_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["cliente_id"], ["cliente.id"], name=op.f("fk_cambio_de_cliente_cliente_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["hecho_por_id"], ["usuario.id"], name=op.f("fk_cambio_de_cliente_hecho_por_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cambio_de_cliente")),
    )
    op.create_index("ix_cambio_de_cliente_cliente_id_id", "cambio_de_cliente", ["cliente_id", "id"])
