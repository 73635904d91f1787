"""What the query planners know of the tables that grow.

Without statistics SQLite believes that an account has ten clients, and would rather go through all of them than look
fifty up by their ids. With statistics of its own making (ANALYZE) it would plan today by what was there yesterday. So
it is told once what a large database looks like, and plans the same for every shop; a small one is quick anyway.
https://www.sqlite.org/optoverview.html (see "Manual Control Of Query Plans Using SQLITE_STAT Tables")
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, text

# For each index: the rows in it, then how many of them one value of its first column has, of its first two, and so on.
INDEXES = {
    "cliente": {
        "ix_cliente_usuario_id_id": "1000000 250000 1",
        "ix_cliente_usuario_id_activo_id": "1000000 250000 125000 1",
        "ix_cliente_usuario_id_telefono_e164": "1000000 250000 2",
        "ix_cliente_usuario_id_nombre_orden_id_letras": "1000000 250000 20 1 1",
        "ix_cliente_usuario_id_nombre_clave": "1000000 250000 20",
        "ix_cliente_usuario_id_creado": "1000000 250000 1000",
        "ix_cliente_usuario_id_documento_clave": "800000 200000 1",
        "ix_cliente_usuario_id_ultima_compra_id": "200000 50000 2 1",
        "ix_cliente_usuario_id_total_compras": "200000 50000 10",
        "ix_cliente_usuario_id_compras": "200000 50000 40000 4000 1",
        "ix_cliente_importacion_id_id": "800000 100000 1",
    },
    "cliente_etiqueta": {
        "ix_cliente_etiqueta_cliente_id": "1000000 2",
        "cliente_etiqueta": "1000000 50000 1",
    },
    "publicidad_del_dia": {
        "sqlite_autoindex_publicidad_del_dia_1": "2000000 500000 5 1",
        "ix_publicidad_del_dia_dia": "2000000 60000",
    },
    "contado": {"contado": "400000 100000 5000 1"},
    "compra_despues": {
        "ix_compra_despues_campana_id": "200000 1000 1 1 1",
        "ix_compra_despues_usuario_id_fecha": "200000 50000 1 1 1 1",
    },
    "mensajes_contados": {
        "ix_mensajes_contados_campana_id": "20000 40",
        "ix_mensajes_contados_usuario_id_cuarto": "20000 5000 4",
    },
    "sms_log": {
        "ix_sms_log_campana_id_estado_id": "5000000 20000 5000 1",
        "ix_sms_log_cliente_id_id": "5000000 5 1",
        "ix_sms_log_enviando": "200 200 1",
        "ix_sms_log_no_llego": "400000 3 2 1",
        "ix_sms_log_numero_muerto": "100000 3 1 1 1 1 1",
        "ix_sms_log_proxima_consulta": "1000 1",
        "sqlite_autoindex_sms_log_1": "5000000 5 1",
        "uq_sms_log_codigo": "3000000 1",
        "uq_sms_log_intento": "4000000 1",
        "uq_sms_log_twilio_sid": "4000000 1",
    },
    "valor_de_campo": {
        "valor_de_campo": "3000000 100000 10 1",
        "sqlite_autoindex_valor_de_campo_2": "3000000 3 1",
        "ix_valor_de_campo_campo_id_dia_cliente_id": "1000000 100000 300 1",
    },
    "venta": {
        "ix_venta_cliente_id_fecha": "1000000 5 1",
        "ix_venta_usuario_id": "1000000 250000",
        "ix_venta_usuario_id_clave_idempotencia": "100000 25000 1",
        "ix_venta_usuario_id_recibo": "800000 200000 1",
        "ix_venta_usuario_id_huella_importada": "800000 200000 1",
        "ix_venta_importacion_id_id": "800000 50000 1",
    },
}


def teach_planner(connection: Connection) -> None:
    """Teach SQLite's planner; connections made later know it. PostgreSQL keeps its own statistics."""
    if connection.dialect.name != "sqlite":
        return
    # The table of statistics can only be made by analyzing something.
    connection.execute(text("ANALYZE alembic_version"))
    connection.execute(text("DELETE FROM sqlite_stat1"))
    rows = [
        {"tbl": table, "idx": index, "stat": numbers}
        for table, indexes in INDEXES.items()
        for index, numbers in indexes.items()
    ]
    connection.execute(text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)"), rows)


def in_turn(found: Select[Any]) -> ColumnElement[bool]:
    """Return whether anything is found, so that it is looked up for each row when its turn comes.

    Without an offset PostgreSQL may look for all at once beforehand. Of what has just been stored it believes that
    there is hardly any: with a tag that a batch gives after the other it went through all of it for each client.
    """
    return found.offset(0).exists()


def look_anew(engine: Engine, *models: type[Any]) -> None:
    """Let PostgreSQL look at tables that have suddenly many rows: by itself it does so a minute later.

    It finds out how many there are, and that everybody sees them: before that no index is read without the table.
    https://www.postgresql.org/docs/current/indexes-index-only-scans.html
    """
    if engine.dialect.name == "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM (ANALYZE) {', '.join(model.__tablename__ for model in models)}"))
