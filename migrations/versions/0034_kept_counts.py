"""what clients, sales and purchases after messages add up, kept where they change, and who got a message

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONGEST_AFTER = 60 * 86_400

# How each database writes whole seconds since 1970, and whether a moment begins a quarter of an hour.
SECONDS = {"sqlite": "CAST(strftime('%s', {0}) AS INTEGER)", "postgresql": "floor(extract(epoch FROM {0}))::bigint"}
ON_THE_QUARTER = {
    "sqlite": "{seconds} % 900 = 0 AND strftime('%f', {0}) LIKE '%.000' AND substr({0}, 20) NOT GLOB '*[1-9]*'",
    "postgresql": "mod(extract(epoch FROM {0}), 900) = 0",
}
DIGIT = {"sqlite": "({0})", "postgresql": "({0})::int"}
TWO_DIGITS = {"sqlite": "printf('%02d', {0})", "postgresql": "lpad(({0})::text, 2, '0')"}
CENTS = {"sqlite": "CAST(round({0} * 100) AS INTEGER)", "postgresql": "round({0} * 100)::bigint"}

COLUMNS = "usuario_id, cifra, cuarto, cuantos, centavos"
OF_CLIENTS = ("usuario_id", "creado", "activo", "telefono_e164", "escrito", "numero_compras", "ultima_compra")
OF_PURCHASES = ("usuario_id", "fecha", "segundos", "total")
UNLINK = "DELETE FROM compra_despues WHERE venta_id = new.id;"
NOT_ARRIVED = sa.text("estado = 'fallido' OR recibo IN ('undelivered', 'failed', 'canceled')")
# What a purchase may come after: before, whatever went out; now, nothing that is known not to have arrived.
SENT = "{0}.estado = 'enviado'"
GOT = "{0}.estado = 'enviado' AND coalesce({0}.recibo, '') NOT IN ('undelivered', 'failed', 'canceled')"
# Their plans are kept for statements of one row and of thousands: an index answers both.
PLANNED_BY_INDEXES = "SET enable_hashjoin = off SET enable_mergejoin = off"


def upgrade():
    op.add_column("cliente", sa.Column("escrito", sa.Boolean(), server_default=sa.false(), nullable=False))
    got_one = "SELECT 1 FROM sms_log WHERE sms_log.cliente_id = cliente.id AND sms_log.estado = 'enviado'"
    op.execute(f"UPDATE cliente SET escrito = true WHERE EXISTS ({got_one})")
    link_what_did_not_arrive_anew()
    op.create_index(
        "ix_sms_log_no_llego",
        "sms_log",
        ["cliente_id", "estado", "recibo"],
        sqlite_where=NOT_ARRIVED,
        postgresql_where=NOT_ARRIVED,
    )
    create_tables()
    count_what_there_is()
    drop_triggers(OLD_TRIGGERS)
    for table in ("venta_anotada", "ventas_contadas", "sin_mensajes_contados"):
        op.drop_table(table)
    create_triggers(sqlite_triggers() if on_sqlite() else postgresql_triggers())


def link_what_did_not_arrive_anew():
    """Link the sales that came after such a message to the last one before that may have arrived, or to none."""
    failed = f"SELECT 1 FROM sms_log f WHERE f.id = compra_despues.sms_log_id AND NOT ({GOT.format('f')})"
    last = f"(SELECT m.id FROM {last_message('v', GOT)})"
    op.execute(
        f"{into('v.id', 'l', 'v.cliente_id', 'v')} FROM compra_despues JOIN venta v ON v.id = compra_despues.venta_id"
        f" JOIN sms_log l ON l.id = {last} WHERE EXISTS ({failed}) {LINK_CHANGED}"
    )
    op.execute(f"DELETE FROM compra_despues WHERE EXISTS ({failed})")


def columns_of_counts():
    return (
        sa.Column("cifra", sa.String(16), nullable=False),
        sa.Column("cuarto", sa.BigInteger(), nullable=False),
        sa.Column("cuantos", sa.BigInteger(), nullable=False),
        sa.Column("centavos", sa.BigInteger(), server_default="0", nullable=False),
    )


def create_tables():
    op.create_table(
        "contado",
        sa.Column("usuario_id", ID, nullable=False),
        *columns_of_counts(),
        of_account("contado"),
        sa.PrimaryKeyConstraint("usuario_id", "cifra", "cuarto", name=op.f("pk_contado")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "anotado",
        sa.Column("id", ID, nullable=False),
        sa.Column("usuario_id", sa.BigInteger(), nullable=False),
        *columns_of_counts(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anotado")),
    )
    op.create_index("ix_anotado_usuario_id_id", "anotado", ["usuario_id", "id"])


def count_what_there_is():
    for table, parts in (("venta", parts_of_sale), ("cliente", parts_of_client), ("compra_despues", parts_of_purchase)):
        for figure, when, cents, condition in parts(table):
            op.execute(
                f"INSERT INTO contado ({COLUMNS}) SELECT usuario_id, {figure}, {when}, count(*), sum({cents})"
                f" FROM {table} WHERE {condition} GROUP BY 1, 2, 3"
            )


def parts_of_sale(row):
    """List what a sale counts among: the figure, its quarter of an hour, its cents, and on what condition."""
    when = quarter(f"{row}.fecha")
    on_the_quarter = ON_THE_QUARTER[dialect()].format(f"{row}.fecha", seconds=seconds(f"{row}.fecha"))
    return [("'venta'", when, "0", "true"), ("'venta_en_punto'", when, "0", on_the_quarter)]


def parts_of_client(row):
    return parts_of_person(row) + parts_of_buyer(row)


def parts_of_person(row):
    marks = (f"{row}.activo", f"{row}.telefono_e164 IS NOT NULL", f"{row}.escrito")
    kind = " || ".join(["'cliente_'", *(DIGIT[dialect()].format(mark) for mark in marks)])
    return [("'cliente_nuevo'", quarter(f"{row}.creado"), "0", "true"), (kind, "0", "0", "true")]


def parts_of_buyer(row):
    """List what an active client counts among who bought: by how often, once with the last purchase and once without."""
    last = f"coalesce({quarter(f'{row}.ultima_compra')}, 0)"
    bought = is_buyer(row)
    return [(f"'compra_' || {band(row)}", last, "0", bought), (f"'compraron_' || {band(row)}", "0", "0", bought)]


def parts_of_purchase(row):
    """List what a purchase after a message counts among: by the days between them, and the day of UTC."""
    days = f"CASE WHEN {row}.segundos = 0 THEN 1 ELSE ({row}.segundos + 86399) / 86400 END"
    figure = f"'despues_' || {TWO_DIGITS[dialect()].format(days)}"
    return [(figure, f"{quarter(f'{row}.fecha')} / 96 * 96", CENTS[dialect()].format(f"{row}.total"), "true")]


def is_buyer(row):
    return f"({row}.activo AND {row}.numero_compras > 0)"


def band(row):
    bands = "WHEN {0} >= 10 THEN '4' WHEN {0} >= 4 THEN '3' WHEN {0} >= 2 THEN '2' ELSE '1'"
    return f"CASE {bands.format(f'{row}.numero_compras')} END"


def sqlite_triggers():
    """SQLite has one writer, who waits for nobody: the counts themselves follow each row."""
    new_buyer, old_buyer = parts_of_buyer("new"), parts_of_buyer("old")
    return {
        **sqlite_triggers_of_sales(add("new", parts_of_sale("new"), 1), add("old", parts_of_sale("old"), -1), GOT),
        "mensaje_de_otro_cliente": "AFTER UPDATE OF cliente_id ON sms_log"
        f" WHEN new.estado = 'enviado' AND new.cliente_id IS NOT NULL BEGIN {link_of_message(GOT)} {WRITTEN_TO} END",
        "cliente_nuevo": f"AFTER INSERT ON cliente BEGIN {add('new', parts_of_person('new'), 1)} END",
        "cliente_nuevo_que_compra": f"AFTER INSERT ON cliente WHEN {is_buyer('new')} BEGIN {add('new', new_buyer, 1)} END",
        "cliente_borrado": f"AFTER DELETE ON cliente BEGIN {add('old', parts_of_client('old'), -1)} END",
        "cliente_cambiado": "AFTER UPDATE OF usuario_id, creado, activo, telefono_e164, escrito ON cliente"
        f" WHEN {differs(OF_CLIENTS[:3] + OF_CLIENTS[4:5])} OR (new.telefono_e164 IS NULL) <> (old.telefono_e164 IS NULL)"
        f" BEGIN {add('old', parts_of_person('old'), -1)} {add('new', parts_of_person('new'), 1)} END",
        "cliente_que_compra": "AFTER UPDATE OF usuario_id, activo, numero_compras, ultima_compra ON cliente"
        f" WHEN {differs(('usuario_id', 'activo', 'ultima_compra'))} OR {band('new')} <> {band('old')}"
        f" OR {is_buyer('new')} <> {is_buyer('old')} BEGIN {add('old', old_buyer, -1)} {add('new', new_buyer, 1)} END",
        "compra_nueva": f"AFTER INSERT ON compra_despues BEGIN {add('new', parts_of_purchase('new'), 1)} END",
        "compra_borrada": f"AFTER DELETE ON compra_despues BEGIN {add('old', parts_of_purchase('old'), -1)} END",
        "compra_cambiada": f"AFTER UPDATE OF {', '.join(OF_PURCHASES)} ON compra_despues WHEN {differs(OF_PURCHASES)}"
        f" BEGIN {add('old', parts_of_purchase('old'), -1)} {add('new', parts_of_purchase('new'), 1)} END",
    }


def sqlite_triggers_of_sales(more, less, which):
    return {
        "venta_nueva": f"AFTER INSERT ON venta BEGIN {more} {count('new', 1)} {link_of_sale(which)} END",
        "venta_borrada": f"AFTER DELETE ON venta BEGIN {less} {count('old', -1)} END",
        "venta_cambiada": "AFTER UPDATE OF cliente_id, total, fecha, usuario_id ON venta BEGIN"
        f" {less} {more} {count('old', -1)} {count('new', 1)} {UNLINK} {link_of_sale(which)} END",
    }


def differs(columns):
    return " OR ".join(f"new.{column} IS NOT old.{column}" for column in columns)


def add(row, parts, by):
    """Add a row to the counts on SQLite, or take it away."""
    return " ".join(
        f"INSERT INTO contado ({COLUMNS}) SELECT {row}.usuario_id, {figure}, {when}, {by}, {by} * {cents} WHERE {condition}"
        " ON CONFLICT (usuario_id, cifra, cuarto) DO UPDATE"
        " SET cuantos = cuantos + excluded.cuantos, centavos = centavos + excluded.centavos;"
        for figure, when, cents, condition in parts
    )


def postgresql_triggers():
    """On PostgreSQL each statement leaves notes, which nobody waits for; they are added to the counts later."""
    more, less = note("nuevas", parts_of_sale, 1), note("viejas", parts_of_sale, -1)
    sold = "UPDATE cliente SET numero_compras = numero_compras {0} s.ventas FROM"
    sold += " (SELECT cliente_id, count(*) AS ventas FROM {1} GROUP BY cliente_id) s WHERE cliente.id = s.cliente_id;"
    both = note_row("old", parts_of_sale, -1) + note_row("new", parts_of_sale, 1)
    message = f"{link_of_message(GOT)} {WRITTEN_TO}"
    return {
        "venta_nueva": (f"{more} {sold.format('+', 'nuevas')} {link_of_sales()}", added_to("venta")),
        "venta_borrada": (f"{less} {sold.format('-', 'viejas')}", deleted_from("venta")),
        "venta_cambiada": (
            f"{both} {count('old', -1)} {count('new', 1)} {UNLINK} {link_of_sale(GOT)}",
            "AFTER UPDATE OF cliente_id, total, fecha, usuario_id ON venta FOR EACH ROW",
        ),
        "mensaje_de_otro_cliente": (
            f"IF new.estado = 'enviado' AND new.cliente_id IS NOT NULL THEN {message} END IF;",
            "AFTER UPDATE OF cliente_id ON sms_log FOR EACH ROW",
        ),
        "cliente_nuevo": (note("nuevas", parts_of_client, 1), added_to("cliente")),
        "cliente_borrado": (note("viejas", parts_of_client, -1), deleted_from("cliente")),
        "cliente_cambiado": (note_changes(parts_of_client, "id", OF_CLIENTS), changed_in("cliente")),
        "compra_nueva": (note("nuevas", parts_of_purchase, 1), added_to("compra_despues")),
        "compra_borrada": (note("viejas", parts_of_purchase, -1), deleted_from("compra_despues")),
        "compra_cambiada": (note_changes(parts_of_purchase, "venta_id", OF_PURCHASES), changed_in("compra_despues")),
    }


def added_to(table):
    return f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS nuevas FOR EACH STATEMENT"


def deleted_from(table):
    return f"AFTER DELETE ON {table} REFERENCING OLD TABLE AS viejas FOR EACH STATEMENT"


def changed_in(table):
    return f"AFTER UPDATE ON {table} REFERENCING OLD TABLE AS viejas NEW TABLE AS nuevas FOR EACH STATEMENT"


def note(table, parts, by):
    """Note what a statement's rows count among."""
    return f"{NOTE} {summed(listed(table, parts, by))};"


def note_changes(parts, key, columns):
    """Note what those of a statement's rows count among of which something that counts has changed."""
    names = ", ".join((key, *columns))
    new, old = (f"SELECT {names} FROM {table}" for table in ("nuevas", "viejas"))
    came, went = listed(f"({new} EXCEPT {old})", parts, 1), listed(f"({old} EXCEPT {new})", parts, -1)
    return f"{NOTE} {summed(f'{came} UNION ALL {went}')};"


def note_row(row, parts, by):
    return " ".join(
        f"{NOTE} SELECT {row}.usuario_id, {figure}, {when}, {by}, {by} * {cents} WHERE {condition};"
        for figure, when, cents, condition in parts(row)
    )


def listed(table, parts, by):
    values = ", ".join(
        f"(CASE WHEN {condition} THEN {figure} END, ({when})::bigint, ({cents})::bigint)"
        for figure, when, cents, condition in parts("r")
    )
    return (
        f"SELECT r.usuario_id, p.cifra, p.cuarto, {by} AS cuantos, {by} * p.centavos AS centavos FROM {table} r"
        f" CROSS JOIN LATERAL (VALUES {values}) AS p (cifra, cuarto, centavos) WHERE p.cifra IS NOT NULL"
    )


def summed(rows):
    return (
        f"SELECT usuario_id, cifra, cuarto, sum(cuantos), sum(centavos) FROM ({rows}) n"
        " GROUP BY usuario_id, cifra, cuarto HAVING sum(cuantos) <> 0 OR sum(centavos) <> 0"
    )


NOTE = f"INSERT INTO anotado ({COLUMNS})"
WRITTEN_TO = "UPDATE cliente SET escrito = true WHERE id = new.cliente_id AND NOT escrito;"


def count(row, by):
    """Carry a sale over to its client."""
    return f"UPDATE cliente SET numero_compras = numero_compras + ({by}) WHERE id = {row}.cliente_id;"


def link_of_sale(which):
    """Link a sale to the last message before it."""
    return f"{into('new.id', 'm', 'new.cliente_id', 'new')} FROM {last_message('new', which)};"


def link_of_sales():
    """Link each sale of a statement to the last message before it."""
    fields = "m.id, m.campana_id, m.actualizado"
    last = f"(SELECT {fields} FROM {last_message('v', GOT)}) m"
    return f"{into('v.id', 'm', 'v.cliente_id', 'v')} FROM nuevas v CROSS JOIN LATERAL {last};"


def last_message(sale, which):
    return (
        "sms_log m JOIN campana_sms c ON c.id = m.campana_id"
        f" WHERE m.cliente_id = {sale}.cliente_id AND {which.format('m')} AND NOT c.es_prueba"
        f" AND m.actualizado <= {sale}.fecha AND {within(sale, 'm')}"
        " ORDER BY m.actualizado DESC, m.id DESC LIMIT 1"
    )


def link_of_message(which):
    """Link the sales of a message's new client that it is now the last one before."""
    return (
        f"{into('v.id', 'new', 'v.cliente_id', 'v')} FROM venta v JOIN campana_sms c ON c.id = new.campana_id"
        " WHERE v.cliente_id = new.cliente_id AND NOT c.es_prueba"
        f" AND {which.format('new')} AND v.fecha >= new.actualizado AND {within('v', 'new')} {LINK_CHANGED}"
        " WHERE excluded.enviado > compra_despues.enviado"
        " OR (excluded.enviado = compra_despues.enviado AND excluded.sms_log_id > compra_despues.sms_log_id);"
    )


LINK_CHANGED = (
    "ON CONFLICT (venta_id) DO UPDATE SET sms_log_id = excluded.sms_log_id, campana_id = excluded.campana_id,"
    " cliente_id = excluded.cliente_id, enviado = excluded.enviado, segundos = excluded.segundos"
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


def quarter(moment):
    return f"{seconds(moment)} / 900"


def of_account(table):
    return sa.ForeignKeyConstraint(
        ["usuario_id"], ["usuario.id"], name=op.f(f"fk_{table}_usuario_id"), ondelete="RESTRICT"
    )


def dialect():
    return op.get_bind().dialect.name


def on_sqlite():
    return dialect() == "sqlite"


def create_triggers(triggers):
    for name, trigger in triggers.items():
        if on_sqlite():
            execute(f"CREATE TRIGGER {name} {trigger}")
            continue
        body, event = trigger
        head = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {PLANNED_BY_INDEXES}"
        execute(f"{head} AS $$ BEGIN {body} RETURN NULL; END $$")
        execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {name}()")


def execute(statement):
    op.execute(sa.text(statement.replace(":", r"\:")))


OLD_TRIGGERS = {
    "venta_nueva": "venta",
    "venta_borrada": "venta",
    "venta_cambiada": "venta",
    "mensaje_de_otro_cliente": "sms_log",
}
TABLE_OF = {"venta": "venta", "mensaje": "sms_log", "cliente": "cliente", "compra": "compra_despues"}


def drop_triggers(names):
    for name in names:
        if on_sqlite():
            op.execute(f"DROP TRIGGER {name}")
            continue
        op.execute(f"DROP TRIGGER {name} ON {TABLE_OF[name.partition('_')[0]]}")
        op.execute(f"DROP FUNCTION {name}()")


def downgrade():
    drop_triggers(sqlite_triggers() if on_sqlite() else postgresql_triggers())
    op.drop_table("anotado")
    op.drop_table("contado")
    op.drop_index("ix_sms_log_no_llego", "sms_log")
    op.drop_column("cliente", "escrito")
    create_tables_of_before()
    create_triggers(triggers_of_before())


def columns_of_sales():
    return (
        sa.Column("cuarto", sa.BigInteger(), nullable=False),
        sa.Column("ventas", sa.Integer(), nullable=False),
        sa.Column("en_punto", sa.Integer(), nullable=False),
    )


def create_tables_of_before():
    op.create_table(
        "venta_anotada",
        sa.Column("id", ID, nullable=False),
        sa.Column("usuario_id", sa.BigInteger(), nullable=False),
        *columns_of_sales(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venta_anotada")),
    )
    op.create_index("ix_venta_anotada_usuario_id_id", "venta_anotada", ["usuario_id", "id"])
    op.create_table(
        "ventas_contadas",
        sa.Column("usuario_id", ID, nullable=False),
        *columns_of_sales(),
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
        sa.Column("contado", sa.DateTime(timezone=True), nullable=False),
        of_account("sin_mensajes_contados"),
        sa.PrimaryKeyConstraint("usuario_id", name=op.f("pk_sin_mensajes_contados")),
    )
    (_, when, *_), (*_, on_the_quarter) = parts_of_sale("venta")
    op.execute(
        "INSERT INTO ventas_contadas (usuario_id, cuarto, ventas, en_punto) SELECT usuario_id, "
        f"{when}, count(*), sum(CASE WHEN {on_the_quarter} THEN 1 ELSE 0 END) FROM venta GROUP BY usuario_id, {when}"
    )


def triggers_of_before():
    sales = sqlite_triggers_of_sales(note_of_before("new", 1), note_of_before("old", -1), SENT)
    if on_sqlite():
        return sales | {
            "mensaje_de_otro_cliente": "AFTER UPDATE OF cliente_id ON sms_log"
            f" WHEN new.estado = 'enviado' AND new.cliente_id IS NOT NULL BEGIN {link_of_message(SENT)} END"
        }
    rows = {name: trigger.removesuffix(" END").partition(" BEGIN ") for name, trigger in sales.items()}
    return {name: (body, f"{event} FOR EACH ROW") for name, (event, _, body) in rows.items()} | {
        "mensaje_de_otro_cliente": (
            f"IF new.estado = 'enviado' AND new.cliente_id IS NOT NULL THEN {link_of_message(SENT)} END IF;",
            "AFTER UPDATE OF cliente_id ON sms_log FOR EACH ROW",
        )
    }


def note_of_before(row, by):
    (_, when, *_), (*_, on_the_quarter) = parts_of_sale(row)
    return (
        "INSERT INTO venta_anotada (usuario_id, cuarto, ventas, en_punto)"
        f" VALUES ({row}.usuario_id, {when}, {by}, {by} * (CASE WHEN {on_the_quarter} THEN 1 ELSE 0 END));"
    )
