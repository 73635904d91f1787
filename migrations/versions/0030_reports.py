"""what reports add up, how many sales a client has, and how long after a message a purchase counts

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
STATES = ("pendiente", "enviando", "enviado", "fallido", "omitido", "incierto", "cancelado")
RECEIPTS = (
    *("accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled"),
    *("partially_delivered", "read"),
)
LONGEST_AFTER = 60 * 86_400
SOLD = sa.text("numero_compras > 0")

# How each database writes whole seconds since 1970, and whether a moment begins a quarter of an hour.
SECONDS = {"sqlite": "CAST(strftime('%s', {0}) AS INTEGER)", "postgresql": "floor(extract(epoch FROM {0}))::bigint"}
ON_THE_QUARTER = {
    "sqlite": "CASE WHEN {seconds} % 900 = 0 AND strftime('%f', {0}) LIKE '%.000'"
    " AND substr({0}, 20) NOT GLOB '*[1-9]*' THEN 1 ELSE 0 END",
    "postgresql": "CASE WHEN mod(extract(epoch FROM {0}), 900) = 0 THEN 1 ELSE 0 END",
}


def upgrade():
    create_tables()
    with op.batch_alter_table("cuenta") as batch_op:
        batch_op.add_column(sa.Column("dias_de_compra", sa.Integer(), server_default="7", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_cuenta_dias_de_compra"), "dias_de_compra BETWEEN 1 AND 60")
    op.add_column("cliente", sa.Column("numero_compras", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE cliente SET numero_compras = (SELECT count(*) FROM venta WHERE venta.cliente_id = cliente.id)"
        " WHERE ultima_compra IS NOT NULL"
    )
    op.create_index(
        "ix_cliente_usuario_id_compras",
        "cliente",
        ["usuario_id", "activo", "numero_compras", "ultima_compra"],
        sqlite_where=SOLD,
        postgresql_where=SOLD,
    )
    op.create_index("ix_baja_usuario_id_creado", "baja", ["usuario_id", "creado"])
    note_sales_of_before()
    create_triggers()


def create_tables():
    op.create_table(
        "recibo_anotado",
        sa.Column("id", ID, nullable=False),
        sa.Column("campana_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recibo_anotado")),
    )
    op.create_index("ix_recibo_anotado_campana_id_id", "recibo_anotado", ["campana_id", "id"])
    op.create_table(
        "campana_contada",
        sa.Column("campana_id", ID, nullable=False),
        sa.Column("huella", sa.String(200), server_default="", nullable=False),
        sa.Column("vez", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("contada", MOMENT, nullable=True),
        of_campaign("campana_contada"),
        sa.PrimaryKeyConstraint("campana_id", name=op.f("pk_campana_contada")),
    )
    op.create_table(
        "mensajes_contados",
        sa.Column("id", ID, nullable=False),
        sa.Column("campana_id", ID, nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("cuarto", sa.BigInteger(), nullable=False),
        sa.Column("estado", sa.String(16), nullable=False),
        sa.Column("recibo", sa.String(20), nullable=True),
        sa.Column("codigo", sa.Integer(), nullable=True),
        sa.Column("motivo", sa.Text(), server_default="", nullable=False),
        sa.Column("mensajes", sa.Integer(), nullable=False),
        sa.Column("partes", sa.Integer(), nullable=False),
        sa.CheckConstraint("mensajes > 0", name=op.f("ck_mensajes_contados_mensajes")),
        sa.CheckConstraint(one_of("estado", STATES), name=op.f("ck_mensajes_contados_estadosms")),
        sa.CheckConstraint(one_of("recibo", RECEIPTS), name=op.f("ck_mensajes_contados_recibo")),
        of_campaign("mensajes_contados"),
        of_account("mensajes_contados"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mensajes_contados")),
    )
    op.create_index("ix_mensajes_contados_campana_id", "mensajes_contados", ["campana_id"])
    op.create_index("ix_mensajes_contados_usuario_id_cuarto", "mensajes_contados", ["usuario_id", "cuarto"])
    op.create_table(
        "entregas_contadas",
        sa.Column("campana_id", ID, nullable=False),
        sa.Column("cuarto", sa.BigInteger(), nullable=False),
        sa.Column("mensajes", sa.Integer(), nullable=False),
        sa.CheckConstraint("mensajes > 0", name=op.f("ck_entregas_contadas_mensajes")),
        of_campaign("entregas_contadas"),
        sa.PrimaryKeyConstraint("campana_id", "cuarto", name=op.f("pk_entregas_contadas")),
    )
    op.create_table(
        "compra_despues",
        sa.Column("venta_id", ID, nullable=False),
        sa.Column("sms_log_id", sa.BigInteger(), nullable=False),
        sa.Column("campana_id", ID, nullable=False),
        sa.Column("cliente_id", sa.BigInteger(), nullable=False),
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("enviado", MOMENT, nullable=False),
        sa.Column("fecha", MOMENT, nullable=False),
        sa.Column("segundos", sa.Integer(), nullable=False),
        sa.Column("total", MONEY, nullable=False),
        sa.CheckConstraint("segundos BETWEEN 0 AND 5184000", name=op.f("ck_compra_despues_segundos")),
        sa.ForeignKeyConstraint(
            ["venta_id"], ["venta.id"], name=op.f("fk_compra_despues_venta_id"), ondelete="CASCADE"
        ),
        of_campaign("compra_despues"),
        of_account("compra_despues"),
        sa.PrimaryKeyConstraint("venta_id", name=op.f("pk_compra_despues")),
    )
    op.create_index(
        "ix_compra_despues_campana_id", "compra_despues", ["campana_id", "segundos", "cliente_id", "total"]
    )
    op.create_index(
        "ix_compra_despues_usuario_id_fecha",
        "compra_despues",
        ["usuario_id", "fecha", "segundos", "campana_id", "total"],
    )
    op.create_table(
        "venta_anotada",
        sa.Column("id", ID, nullable=False),
        sa.Column("usuario_id", sa.BigInteger(), nullable=False),
        sa.Column("cuarto", sa.BigInteger(), nullable=False),
        sa.Column("ventas", sa.Integer(), nullable=False),
        sa.Column("en_punto", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venta_anotada")),
    )
    op.create_index("ix_venta_anotada_usuario_id_id", "venta_anotada", ["usuario_id", "id"])
    op.create_table(
        "ventas_contadas",
        sa.Column("usuario_id", ID, nullable=False),
        sa.Column("cuarto", sa.BigInteger(), nullable=False),
        sa.Column("ventas", sa.Integer(), nullable=False),
        sa.Column("en_punto", sa.Integer(), nullable=False),
        of_account("ventas_contadas"),
        sa.PrimaryKeyConstraint("usuario_id", "cuarto", name=op.f("pk_ventas_contadas")),
    )
    op.create_table(
        "sin_mensajes_contados",
        sa.Column("usuario_id", ID, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("inactivos", "sin_numero", "de_baja", "nunca_escritos", "activos")
        ),
        sa.Column("dia", sa.Date(), nullable=False),
        sa.Column("grupos", sa.JSON(), nullable=False),
        sa.Column("meses", sa.JSON(), nullable=False),
        sa.Column("contado", MOMENT, nullable=False),
        of_account("sin_mensajes_contados"),
        sa.PrimaryKeyConstraint("usuario_id", name=op.f("pk_sin_mensajes_contados")),
    )


def of_campaign(table):
    return sa.ForeignKeyConstraint(
        ["campana_id"], ["campana_sms.id"], name=op.f(f"fk_{table}_campana_id"), ondelete="RESTRICT"
    )


def of_account(table):
    return sa.ForeignKeyConstraint(
        ["usuario_id"], ["usuario.id"], name=op.f(f"fk_{table}_usuario_id"), ondelete="RESTRICT"
    )


def one_of(column, values):
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def note_sales_of_before():
    """Count the sales there are; which message they came after is found as the campaigns are counted."""
    quarter, on_the_quarter = f"{seconds('fecha')} / 900", on_quarter("fecha")
    op.execute(
        "INSERT INTO ventas_contadas (usuario_id, cuarto, ventas, en_punto)"
        f" SELECT usuario_id, {quarter}, count(*), sum({on_the_quarter}) FROM venta GROUP BY usuario_id, {quarter}"
    )


def create_triggers():
    if dialect() == "sqlite":
        for name, event in {**sqlite_triggers_of_sales(), **sqlite_trigger_of_messages()}.items():
            op.execute(sa.text(f"CREATE TRIGGER {name} {event}".replace(":", r"\:")))
        return
    for name, (body, event) in postgresql_triggers().items():
        body = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
        op.execute(sa.text(body.replace(":", r"\:")))
        op.execute(f"CREATE TRIGGER {name} {event} FOR EACH ROW EXECUTE FUNCTION {name}()")


def sqlite_triggers_of_sales():
    more, less = note("new", 1), note("old", -1)
    return {
        "venta_nueva": f"AFTER INSERT ON venta BEGIN {more} {count('new', 1)} {link_of_sale()} END",
        "venta_borrada": f"AFTER DELETE ON venta BEGIN {less} {count('old', -1)} END",
        "venta_cambiada": "AFTER UPDATE OF cliente_id, total, fecha, usuario_id ON venta BEGIN"
        f" {less} {more} {count('old', -1)} {count('new', 1)} {UNLINK} {link_of_sale()} END",
    }


def sqlite_trigger_of_messages():
    return {
        "mensaje_de_otro_cliente": "AFTER UPDATE OF cliente_id ON sms_log"
        f" WHEN new.estado = 'enviado' AND new.cliente_id IS NOT NULL BEGIN {link_of_message()} END"
    }


def postgresql_triggers():
    more, less = note("new", 1), note("old", -1)
    return {
        "venta_nueva": (f"{more} {count('new', 1)} {link_of_sale()}", "AFTER INSERT ON venta"),
        "venta_borrada": (f"{less} {count('old', -1)}", "AFTER DELETE ON venta"),
        "venta_cambiada": (
            f"{less} {more} {count('old', -1)} {count('new', 1)} {UNLINK} {link_of_sale()}",
            "AFTER UPDATE OF cliente_id, total, fecha, usuario_id ON venta",
        ),
        "mensaje_de_otro_cliente": (
            f"IF new.estado = 'enviado' AND new.cliente_id IS NOT NULL THEN {link_of_message()} END IF;",
            "AFTER UPDATE OF cliente_id ON sms_log",
        ),
    }


UNLINK = "DELETE FROM compra_despues WHERE venta_id = new.id;"


def note(row, by):
    """Note that a sale came into its quarter of an hour, or went out of it."""
    quarter, on_the_quarter = f"{seconds(f'{row}.fecha')} / 900", on_quarter(f"{row}.fecha")
    return (
        "INSERT INTO venta_anotada (usuario_id, cuarto, ventas, en_punto)"
        f" VALUES ({row}.usuario_id, {quarter}, {by}, {by} * ({on_the_quarter}));"
    )


def count(row, by):
    """Carry a sale over to its client."""
    return f"UPDATE cliente SET numero_compras = numero_compras + ({by}) WHERE id = {row}.cliente_id;"


def link_of_sale():
    """Link a sale to the last message before it."""
    return (
        f"{into('new.id', 'm', 'new.cliente_id', 'new')} FROM sms_log m JOIN campana_sms c ON c.id = m.campana_id"
        " WHERE m.cliente_id = new.cliente_id AND m.estado = 'enviado' AND NOT c.es_prueba"
        f" AND m.actualizado <= new.fecha AND {within('new', 'm')}"
        " ORDER BY m.actualizado DESC, m.id DESC LIMIT 1;"
    )


def link_of_message():
    """Link the sales of a message's new client that it is now the last one before."""
    return (
        f"{into('v.id', 'new', 'v.cliente_id', 'v')} FROM venta v JOIN campana_sms c ON c.id = new.campana_id"
        " WHERE v.cliente_id = new.cliente_id AND NOT c.es_prueba"
        f" AND v.fecha >= new.actualizado AND {within('v', 'new')}"
        " ON CONFLICT (venta_id) DO UPDATE SET sms_log_id = excluded.sms_log_id, campana_id = excluded.campana_id,"
        " cliente_id = excluded.cliente_id, enviado = excluded.enviado, segundos = excluded.segundos"
        " WHERE excluded.enviado > compra_despues.enviado"
        " OR (excluded.enviado = compra_despues.enviado AND excluded.sms_log_id > compra_despues.sms_log_id);"
    )


def into(sale_id, message, client_id, sale):
    return (
        "INSERT INTO compra_despues"
        " (venta_id, sms_log_id, campana_id, cliente_id, usuario_id, enviado, fecha, segundos, total)"
        f" SELECT {sale_id}, {message}.id, {message}.campana_id, {client_id}, {sale}.usuario_id,"
        f" {message}.actualizado, {sale}.fecha, {between(sale, message)}, {sale}.total"
    )


def within(sale, message):
    return f"{between(sale, message)} <= {LONGEST_AFTER}"


def between(sale, message):
    return f"{seconds(f'{sale}.fecha')} - {seconds(f'{message}.actualizado')}"


def seconds(moment):
    return SECONDS[dialect()].format(moment)


def on_quarter(moment):
    return ON_THE_QUARTER[dialect()].format(moment, seconds=seconds(moment))


def dialect():
    return op.get_bind().dialect.name


def downgrade():
    drop_triggers()
    op.drop_index("ix_baja_usuario_id_creado", "baja")
    op.drop_index("ix_cliente_usuario_id_compras", "cliente")
    op.drop_column("cliente", "numero_compras")
    with op.batch_alter_table("cuenta") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_cuenta_dias_de_compra"), type_="check")
        batch_op.drop_column("dias_de_compra")
    for table in (
        *("sin_mensajes_contados", "ventas_contadas", "venta_anotada", "compra_despues", "entregas_contadas", "mensajes_contados"),
        *("campana_contada", "recibo_anotado"),
    ):
        op.drop_table(table)


def drop_triggers():
    if dialect() == "sqlite":
        for name in (*sqlite_triggers_of_sales(), *sqlite_trigger_of_messages()):
            op.execute(f"DROP TRIGGER {name}")
        return
    for name, (_body, event) in postgresql_triggers().items():
        op.execute(f"DROP TRIGGER {name} ON {event.rpartition(' ')[2]}")
        op.execute(f"DROP FUNCTION {name}()")
