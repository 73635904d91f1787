"""accounts and safety: sessions, second factors, links, settings, prices, tokens, the audit

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-22 22:45:00

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
OLD_STATES = ("pendiente", "procesando", "completado", "error", "pausado", "cancelado")
NEW_STATES = (*OLD_STATES, "por_aprobar")
TABLES = (
    "auditoria", "token_de_api", "precio", "cuenta", "enlace", "llave_de_acceso", "codigo_de_recuperacion", "totp",
    "sesion", "privacidad",
)


def upgrade():
    extend_people()
    create_sessions()
    create_second_factors()
    create_links()
    create_settings()
    create_tokens()
    create_audit()
    create_privacy()
    extend_campaigns()
    # Added in place: SQLite would rebuild the table in batch mode, and the search index's triggers would be lost.
    op.add_column("cliente", sa.Column("borrado", MOMENT, nullable=True))


def downgrade():
    op.drop_column("cliente", "borrado")
    op.execute("UPDATE campana_sms SET estado = 'pausado' WHERE estado = 'por_aprobar'")
    with op.batch_alter_table("campana_sms") as batch_op:
        change_states(batch_op, OLD_STATES)
        batch_op.drop_constraint(batch_op.f("fk_campana_sms_aprobada_por_id"), type_="foreignkey")
        batch_op.drop_index("ix_campana_sms_usuario_id_encolada")
        for column in ("partes", "costo", "destinatarios", "encolada", "depurada", "aprobada_por_id"):
            batch_op.drop_column(column)
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION auditoria_se_queda()")
    for column in ("nombre", "tema", "activo", "puede_enviar", "puede_vender", "puede_editar_clientes", "visto"):
        op.drop_column("usuario", column)


def extend_people():
    op.add_column("usuario", sa.Column("nombre", sa.String(150), server_default="", nullable=False))
    op.add_column("usuario", sa.Column("tema", sa.String(8), nullable=True))
    for name, usual in (("activo", "1"), ("puede_enviar", "1"), ("puede_vender", "1"), ("puede_editar_clientes", "0")):
        op.add_column("usuario", sa.Column(name, sa.Boolean(), server_default=usual, nullable=False))
    op.add_column("usuario", sa.Column("visto", MOMENT, nullable=True))


def create_sessions():
    op.create_table(
        "sesion",
        sa.Column("id", ID, nullable=False),
        sa.Column("clave_hash", sa.String(64), nullable=False),
        sa.Column("dispositivo", sa.String(300), nullable=False),
        sa.Column("direccion", sa.String(45), nullable=False),
        sa.Column("creado", MOMENT, nullable=False),
        sa.Column("visto", MOMENT, nullable=False),
        sa.Column("persona_id", ID, nullable=False),
        reference("sesion", "persona_id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sesion")),
        sa.UniqueConstraint("clave_hash", name=op.f("uq_sesion_clave_hash")),
    )
    op.create_index("ix_sesion_persona_id", "sesion", ["persona_id"])


def create_second_factors():
    op.create_table(
        "totp",
        sa.Column("persona_id", ID, nullable=False),
        sa.Column("secreto", sa.Text(), nullable=False),
        sa.Column("confirmado", MOMENT, nullable=True),
        sa.Column("ultimo_paso", sa.Integer(), server_default="0", nullable=False),
        sa.Column("creado", MOMENT, nullable=False),
        reference("totp", "persona_id", "CASCADE"),
        sa.PrimaryKeyConstraint("persona_id", name=op.f("pk_totp")),
    )
    op.create_table(
        "codigo_de_recuperacion",
        sa.Column("id", ID, nullable=False),
        sa.Column("codigo_hash", sa.String(255), nullable=False),
        sa.Column("usado", MOMENT, nullable=True),
        sa.Column("persona_id", ID, nullable=False),
        reference("codigo_de_recuperacion", "persona_id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codigo_de_recuperacion")),
    )
    op.create_index("ix_codigo_de_recuperacion_persona_id", "codigo_de_recuperacion", ["persona_id"])
    op.create_table(
        "llave_de_acceso",
        sa.Column("id", ID, nullable=False),
        sa.Column("nombre", sa.String(60), nullable=False),
        sa.Column("credencial_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("clave_publica", sa.LargeBinary(), nullable=False),
        sa.Column("contador", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("creado", MOMENT, nullable=False),
        sa.Column("usada", MOMENT, nullable=True),
        sa.Column("persona_id", ID, nullable=False),
        reference("llave_de_acceso", "persona_id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llave_de_acceso")),
        sa.UniqueConstraint("credencial_id", name=op.f("uq_llave_de_acceso_credencial_id")),
    )
    op.create_index("ix_llave_de_acceso_persona_id", "llave_de_acceso", ["persona_id"])


def create_links():
    op.create_table(
        "enlace",
        sa.Column("id", ID, nullable=False),
        sa.Column("clave_hash", sa.String(64), nullable=False),
        sa.Column("vence", MOMENT, nullable=False),
        sa.Column("creado", MOMENT, nullable=False),
        sa.Column("persona_id", ID, nullable=False),
        sa.Column("creado_por_id", ID, nullable=True),
        reference("enlace", "persona_id", "CASCADE"),
        reference("enlace", "creado_por_id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enlace")),
        sa.UniqueConstraint("clave_hash", name=op.f("uq_enlace_clave_hash")),
    )
    op.create_index("ix_enlace_persona_id", "enlace", ["persona_id"])


def create_settings():
    op.create_table(
        "cuenta",
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("zona_horaria", sa.String(64), nullable=True),
        sa.Column("exige_segundo_factor", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("exige_aprobacion", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("mensajes_por_dia", sa.Integer(), nullable=True),
        sa.Column("pesos_por_mes", MONEY, nullable=True),
        sa.Column("meses_de_retencion", sa.Integer(), nullable=True),
        sa.CheckConstraint("mensajes_por_dia >= 0", name=op.f("ck_cuenta_mensajes_por_dia")),
        sa.CheckConstraint("pesos_por_mes >= 0", name=op.f("ck_cuenta_pesos_por_mes")),
        sa.CheckConstraint("meses_de_retencion >= 1", name=op.f("ck_cuenta_meses_de_retencion")),
        reference("cuenta", "usuario_id", "RESTRICT"),
        sa.PrimaryKeyConstraint("usuario_id", name=op.f("pk_cuenta")),
    )
    op.create_table(
        "precio",
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("pais", sa.String(2), nullable=False),
        sa.Column("precio", MONEY, nullable=False),
        sa.CheckConstraint("precio >= 0", name=op.f("ck_precio_precio")),
        reference("precio", "usuario_id", "RESTRICT"),
        sa.PrimaryKeyConstraint("usuario_id", "pais", name=op.f("pk_precio")),
    )


def create_tokens():
    op.create_table(
        "token_de_api",
        sa.Column("id", ID, nullable=False),
        sa.Column("nombre", sa.String(60), nullable=False),
        sa.Column("clave_hash", sa.String(64), nullable=False),
        sa.Column("inicio", sa.String(12), nullable=False),
        sa.Column("alcances", sa.String(60), nullable=False),
        sa.Column("creado", MOMENT, nullable=False),
        sa.Column("usado", MOMENT, nullable=True),
        sa.Column("revocado", MOMENT, nullable=True),
        sa.Column("creado_por_id", ID, nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        reference("token_de_api", "creado_por_id", "RESTRICT"),
        reference("token_de_api", "usuario_id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_de_api")),
        sa.UniqueConstraint("clave_hash", name=op.f("uq_token_de_api_clave_hash")),
    )
    op.create_index("ix_token_de_api_usuario_id_id", "token_de_api", ["usuario_id", "id"])


def create_audit():
    op.create_table(
        "auditoria",
        sa.Column("id", ID, nullable=False),
        sa.Column("accion", sa.String(40), nullable=False),
        sa.Column("creado", MOMENT, nullable=False),
        sa.Column("persona", sa.String(150), nullable=False),
        sa.Column("token", sa.String(60), nullable=False),
        sa.Column("direccion", sa.String(45), nullable=False),
        sa.Column("cosa", sa.String(20), nullable=False),
        sa.Column("cosa_id", ID, nullable=True),
        sa.Column("cosa_nombre", sa.String(200), nullable=False),
        sa.Column("detalle", sa.JSON(), nullable=False),
        sa.Column("persona_id", ID, nullable=True),
        sa.Column("usuario_id", ID, nullable=True),
        reference("auditoria", "persona_id", "RESTRICT"),
        reference("auditoria", "usuario_id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditoria")),
    )
    op.create_index("ix_auditoria_usuario_id_id", "auditoria", ["usuario_id", "id"])
    op.create_index("ix_auditoria_usuario_id_accion_id", "auditoria", ["usuario_id", "accion", "id"])
    op.create_index("ix_auditoria_usuario_id_persona_id_id", "auditoria", ["usuario_id", "persona_id", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION auditoria_se_queda() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER auditoria_se_queda BEFORE UPDATE OR DELETE ON auditoria"
            " FOR EACH ROW EXECUTE FUNCTION auditoria_se_queda()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER auditoria_se_queda_{act.lower()} BEFORE {act} ON auditoria"
            " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )


def create_privacy():
    op.create_table(
        "privacidad",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("clave", sa.LargeBinary(), nullable=False),
        sa.Column("limpieza", MOMENT, nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_privacidad_unico")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacidad")),
    )


def extend_campaigns():
    with op.batch_alter_table("campana_sms") as batch_op:
        change_states(batch_op, NEW_STATES)
        batch_op.add_column(sa.Column("partes", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("costo", MONEY, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("destinatarios", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("encolada", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("depurada", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("aprobada_por_id", ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_campana_sms_aprobada_por_id"), "usuario", ["aprobada_por_id"], ["id"], ondelete="RESTRICT"
        )
        batch_op.create_index("ix_campana_sms_usuario_id_encolada", ["usuario_id", "encolada"])
    op.execute("UPDATE campana_sms SET encolada = creado")


def change_states(batch_op, states):
    allowed = ", ".join(f"'{state}'" for state in states)
    batch_op.drop_constraint(batch_op.f("ck_campana_sms_estadocampana"), type_="check")
    batch_op.create_check_constraint(batch_op.f("ck_campana_sms_estadocampana"), f"estado IN ({allowed})")


def reference(table, column, ondelete):
    return sa.ForeignKeyConstraint([column], ["usuario.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)
