"""the law of advertising: kinds of campaigns, lawful hours, one a day, a way out

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORIGINS = ("mensaje", "respuesta", "twilio", "archivo", "numero", "manual")
NEW_ORIGINS = ("mensaje", "respuesta", "enlace", "twilio", "archivo", "numero", "manual")
DAYS = {"semana": "entera", "sabado": "entero", "festivo": "entero"}
RULES = {
    "motivo_servicio": "(tipo = 'servicio') = (motivo_servicio IS NOT NULL)",
    "exceptuada": "exceptuada_por_id IS NULL OR tipo = 'publicidad'",
    "tipodecampana": "tipo IN ('publicidad', 'servicio')",
}
HAS_CODE = sa.text("codigo IS NOT NULL")


def upgrade():
    with op.batch_alter_table("campana_sms") as batch_op:
        batch_op.add_column(sa.Column("tipo", sa.String(16)))
        batch_op.add_column(sa.Column("motivo_servicio", sa.String(200)))
        batch_op.add_column(sa.Column("exceptuada_por_id", ID))
        batch_op.add_column(sa.Column("pie", sa.String(300)))
        for column in ("a_colombia", "al_exterior"):
            batch_op.add_column(sa.Column(column, sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_campana_sms_exceptuada_por_id"), "usuario", ["exceptuada_por_id"], ["id"], ondelete="RESTRICT"
        )
        for name, rule in RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_campana_sms_{name}"), rule)
    op.add_column("sms_log", sa.Column("codigo", sa.String(7)))
    op.create_index(
        "uq_sms_log_codigo", "sms_log", ["codigo"], unique=True, sqlite_where=HAS_CODE, postgresql_where=HAS_CODE
    )
    create_norma()
    op.create_table(
        "dia_propio",
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("dia", sa.Date(), nullable=False),
        sa.Column("nombre", sa.String(60), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name=op.f("fk_dia_propio_usuario_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("usuario_id", "dia", name=op.f("pk_dia_propio")),
    )
    op.create_table(
        "publicidad_del_dia",
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("telefono_e164", sa.String(16), nullable=False),
        sa.Column("dia", sa.Date(), nullable=False),
        sa.Column("mensaje_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name=op.f("fk_publicidad_del_dia_usuario_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mensaje_id"], ["sms_log.id"], name=op.f("fk_publicidad_del_dia_mensaje_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("usuario_id", "telefono_e164", "dia", name=op.f("pk_publicidad_del_dia")),
    )
    op.create_index("ix_publicidad_del_dia_dia", "publicidad_del_dia", ["dia"])
    let_origins_be(NEW_ORIGINS)


def create_norma():
    hours = [sa.Column(f"{days}_{edge}", sa.SmallInteger()) for days in DAYS for edge in ("abre", "cierra")]
    ordered = [
        sa.CheckConstraint(
            f"{days}_abre >= 0 AND {days}_abre < {days}_cierra AND {days}_cierra <= 1440",
            name=op.f(f"ck_norma_{days}"),
        )
        for days in DAYS
    ]
    whole = [
        sa.CheckConstraint(
            f"({days}_abre IS NULL) = ({days}_cierra IS NULL)", name=op.f(f"ck_norma_{days}_{whole}")
        )
        for days, whole in DAYS.items()
    ]
    op.create_table(
        "norma",
        sa.Column("usuario_id", ID, nullable=False),
        *hours,
        sa.Column("exigir", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("con_salida", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("texto_salida", sa.String(100)),
        sa.Column("tope_semana", sa.Integer()),
        sa.Column("tope_mes", sa.Integer()),
        *ordered,
        *whole,
        sa.CheckConstraint("tope_semana >= 1", name=op.f("ck_norma_tope_semana")),
        sa.CheckConstraint("tope_mes >= 1", name=op.f("ck_norma_tope_mes")),
        sa.CheckConstraint("con_salida OR NOT exigir", name=op.f("ck_norma_exigir")),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name=op.f("fk_norma_usuario_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("usuario_id", name=op.f("pk_norma")),
    )


def let_origins_be(origins):
    listed = ", ".join(f"'{origin}'" for origin in origins)
    with op.batch_alter_table("baja") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_baja_origenbaja"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_baja_origenbaja"), f"origen IN ({listed})")


def downgrade():
    op.execute("UPDATE baja SET origen = 'mensaje' WHERE origen = 'enlace'")
    let_origins_be(ORIGINS)
    for table in ("publicidad_del_dia", "dia_propio", "norma"):
        op.drop_table(table)
    op.drop_index("uq_sms_log_codigo", "sms_log")
    op.drop_column("sms_log", "codigo")
    with op.batch_alter_table("campana_sms") as batch_op:
        for name in RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_campana_sms_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_campana_sms_exceptuada_por_id"), type_="foreignkey")
        for column in ("tipo", "motivo_servicio", "exceptuada_por_id", "pie", "a_colombia", "al_exterior"):
            batch_op.drop_column(column)
