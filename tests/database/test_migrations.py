"""The migrations, each run on a database that holds rows, and the schema they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from clientes_app.clients.search.criteria import Search
from clientes_app.clients.search.query import matching
from clientes_app.config import PROJECT_ROOT
from clientes_app.extensions import Base, db
from clientes_app.models import Cliente, Usuario

from ..support.postgres import PostgresServer

pytestmark = pytest.mark.both_databases

MIGRATIONS = str(PROJECT_ROOT / "migrations")
REVISIONS = [script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()][::-1]

# What a database may hold at a revision, beside what it held before: at least a row for each table that is new.
ROWS = {
    "0001": (
        "INSERT INTO turno_de_envio (id, titular, latido) VALUES (1, 'a:1:b', '2026-11-22 15:00:00')",
        "INSERT INTO usuario (id, usuario, clave_hash, rol, negocio, de_muestra, creado)"
        " VALUES (1, 'ana', 'x', 'admin', 'Tienda Ana', false, '2026-11-22 15:00:00')",
        "INSERT INTO usuario (id, usuario, clave_hash, rol, creado_por_id, negocio, de_muestra, creado)"
        " VALUES (2, 'vero', 'x', 'vendedor', 1, '', false, '2026-11-22 15:00:00')",
        "INSERT INTO cliente (id, nombre, telefono, telefono_e164, busqueda, activo, creado, usuario_id) VALUES"
        " (1, 'Laura Méndez', '3001234567', '+573001234567', 'laura mendez', true, '2026-11-22 15:00:00', 1)",
        "INSERT INTO baja (id, telefono_e164, origen, creado, usuario_id)"
        " VALUES (1, '+573001112222', 'manual', '2026-11-22 15:00:00', 1)",
        "INSERT INTO plantilla_sms (id, nombre, mensaje, activo, creado, usuario_id)"
        " VALUES (1, 'Promoción', 'Hola {nombre}', true, '2026-11-22 15:00:00', 1)",
        "INSERT INTO campana_sms (id, nombre, mensaje, total_clientes, pendientes, enviando, enviados_exitosos,"
        " enviados_fallidos, omitidos, inciertos, cancelados, estado, creado, completado, velocidad, plantilla_id,"
        " enviada_por_id, usuario_id) VALUES (1, 'Noviembre', 'Hola {nombre}', 1, 0, 0, 1, 0, 0, 0, 0, 'completado',"
        " '2026-11-22 15:00:00', '2026-11-22 15:00:01', 0, 1, 2, 1)",
        "INSERT INTO venta (id, cliente_id, total, fecha, usuario_id) VALUES (1, 1, 59900, '2026-11-22 15:00:00', 1)",
        "INSERT INTO sms_log (id, campana_id, cliente_id, nombre, telefono, telefono_e164, mensaje, partes, estado,"
        " twilio_sid, creado, actualizado) VALUES (1, 1, 1, 'Laura Méndez', '3001234567', '+573001234567',"
        " 'Hola Laura Méndez', 1, 'enviado', 'SM1', '2026-11-22 15:00:00', '2026-11-22 15:00:01')",
    ),
    "0008": (
        "INSERT INTO usuario (id, usuario, clave_hash, rol, negocio, de_muestra, creado)"
        " VALUES (3, 'Ána', 'x', 'admin', '', false, '2026-11-22 15:00:00')",
        "INSERT INTO usuario (id, usuario, clave_hash, rol, negocio, de_muestra, creado)"
        " VALUES (4, 'аnа', 'x', 'admin', '', false, '2026-11-22 15:00:00')",
        "INSERT INTO usuario (id, usuario, clave_hash, rol, negocio, de_muestra, creado)"
        " VALUES (5, 'José Díaz', 'x', 'admin', '', false, '2026-11-22 15:00:00')",
        # As a sender left it that was frozen beyond its lease: complete, with a row that is still to be sent.
        "INSERT INTO campana_sms (id, nombre, mensaje, total_clientes, pendientes, enviando, enviados_exitosos,"
        " enviados_fallidos, omitidos, inciertos, cancelados, estado, creado, completado, velocidad, partes, costo,"
        " destinatarios, enviada_por_id, usuario_id) VALUES (2, 'Diciembre', 'Hola {nombre}', 1, 1, 0, 0, 0, 0, 0, 0,"
        " 'completado', '2026-11-22 15:00:00', '2026-11-22 15:00:01', 0, 0, 0, 0, 2, 1)",
    ),
    "0002": (
        "INSERT INTO etiqueta (id, nombre, clave, creado, usuario_id)"
        " VALUES (1, 'VIP', 'vip', '2026-11-22 15:00:00', 1)",
        "INSERT INTO cliente_etiqueta (etiqueta_id, cliente_id) VALUES (1, 1)",
        "INSERT INTO segmento (id, nombre, busqueda, creado, creado_por_id, usuario_id)"
        " VALUES (1, 'Los de siempre', '{\"q\": \"laura\"}', '2026-11-22 15:00:00', 2, 1)",
        "INSERT INTO cambio_de_cliente (id, cliente_id, tipo, detalle, creado, hecho_por_id)"
        " VALUES (1, 1, 'editado', '{}', '2026-11-22 15:00:00', 1)",
    ),
    "0004": (
        "INSERT INTO cliente (id, nombre, telefono, telefono_e164, activo, creado, usuario_id)"
        " VALUES (2, 'Laura Mendes', '3001234567', '+573001234567', true, '2026-11-22 15:00:00', 1)",
        "INSERT INTO distintos (menor_id, mayor_id, creado, usuario_id) VALUES (1, 2, '2026-11-22 15:00:00', 1)",
    ),
    "0005": (
        "INSERT INTO importacion (id, nombre_archivo, archivo, estado, creado, subida_por_id, usuario_id)"
        " VALUES (1, 'clientes.xlsx', 'x', 'aplicada', '2026-11-22 15:00:00', 1, 1)",
        "INSERT INTO cambio_importado (importacion_id, cliente_id, antes) VALUES (1, 1, '{}')",
    ),
    "0006": (
        "INSERT INTO sesion (id, clave_hash, dispositivo, direccion, creado, visto, persona_id)"
        " VALUES (1, 'x', 'Firefox', '127.0.0.1', '2026-11-22 15:00:00', '2026-11-22 15:00:00', 1)",
        "INSERT INTO totp (persona_id, secreto, creado) VALUES (1, 'x', '2026-11-22 15:00:00')",
        "INSERT INTO codigo_de_recuperacion (id, codigo_hash, persona_id) VALUES (1, 'x', 1)",
        "INSERT INTO llave_de_acceso (id, nombre, credencial_id, clave_publica, creado, persona_id)"
        " VALUES (1, 'Portátil', 'x', 'y', '2026-11-22 15:00:00', 1)",
        "INSERT INTO enlace (id, clave_hash, vence, creado, persona_id, creado_por_id)"
        " VALUES (1, 'x', '2026-11-25 15:00:00', '2026-11-22 15:00:00', 2, 1)",
        "INSERT INTO cuenta (usuario_id, mensajes_por_dia, pesos_por_mes) VALUES (1, 1000, 50000)",
        "INSERT INTO precio (usuario_id, pais, precio) VALUES (1, 'CO', 25.50)",
        "INSERT INTO token_de_api (id, nombre, clave_hash, inicio, alcances, creado, creado_por_id, usuario_id)"
        " VALUES (1, 'Caja', 'x', 'cl_abc', 'read', '2026-11-22 15:00:00', 1, 1)",
        "INSERT INTO auditoria (id, accion, creado, persona, token, direccion, cosa, cosa_nombre, detalle, persona_id,"
        " usuario_id) VALUES (1, 'entrada', '2026-11-22 15:00:00', 'ana', '', '127.0.0.1', '', '', '{}', 1, 1)",
        "INSERT INTO privacidad (id, clave) VALUES (1, 'x')",
    ),
    "0010": ("INSERT INTO persona_olvidada (importacion_id, seudonimo) VALUES (1, '#0123456789abcde')",),
    "0011": (
        "INSERT INTO consumo (usuario_id, dia, termina, termina_mes, mensajes, pesos)"
        " VALUES (1, '2026-11-22', '2026-11-23 05:00:00', '2026-12-01 05:00:00', 40, 1020.00)",
    ),
    "0017": (
        "INSERT INTO cambio_de_cliente (id, cliente_id, tipo, detalle, creado, hecho_por_id, importacion_id, deshace)"
        " VALUES (2, 1, 'editado', '{\"nombre\": [\"Laura\", \"Luz\"]}', '2026-11-22 15:00:00', 1, 1, false)",
    ),
    "0014": (
        "INSERT INTO baja (id, telefono_e164, origen, creado, usuario_id)"
        " VALUES (2, '+5215512345678', 'mensaje', '2026-11-22 15:00:00', 1)",
        "INSERT INTO mensaje_entrante (sid, recibido) VALUES ('SM1', '2026-11-22 15:00:00')",
        "INSERT INTO segundo_paso_fallido (persona_id, seguidos, sospechosos, ultimo, espera_hasta)"
        " VALUES (1, 5, 0, '2026-11-22 15:00:00', '2026-11-22 15:05:00')",
        # Keys as the foldings of their day left them.
        "INSERT INTO cliente (id, nombre, telefono, busqueda, nombre_orden, nombre_clave, activo, creado, usuario_id)"
        " VALUES (3, 'Łucja D’Angelo', '', 'łucja d’angelo', 'łucja d’angelo', 'dangelo ucia', true,"
        " '2026-11-22 15:00:00', 1)",
        "INSERT INTO cliente (id, nombre, telefono, busqueda, nombre_orden, nombre_clave, activo, creado, usuario_id)"
        " VALUES (4, '𝗕ruma', '', 'BRUMA', 'BRUMA', '', true, '2026-11-22 15:00:00', 1)",
        "INSERT INTO etiqueta (id, nombre, clave, creado, usuario_id)"
        " VALUES (2, '𝗩IP', 'VIP', '2026-11-22 15:00:00', 1)",
        "INSERT INTO etiqueta (id, nombre, clave, creado, usuario_id)"
        " VALUES (3, '𝗕uena', 'BUENA', '2026-11-22 15:00:00', 1)",
    ),
    "0015": (
        "INSERT INTO respuesta (id, telefono_e164, mensaje, recibida, campana_id, usuario_id)"
        " VALUES (1, '+573001234567', '¿A qué hora abren?', '2026-11-22 15:00:00', 1, 1)",
        "INSERT INTO baja_recordada (seudonimo, creado) VALUES ('#0123456789abcde', '2026-11-22 15:00:00')",
        "INSERT INTO baja_levantada (usuario_id, seudonimo, creado)"
        " VALUES (1, '#0123456789abcde', '2026-11-22 15:00:00')",
    ),
    "0019": (
        "INSERT INTO borrador (id, clave, campos, resumen, huella, pagina, orden, continua_id, creado, cambiado,"
        " creado_por_id, usuario_id) VALUES (1, '0b0e8a6e-3c0f-4a53-9f0e-4b1f6d1f2a10', '{}', 'Navidad', 'x', '', 0, 1,"
        " '2026-11-22 15:00:00', '2026-11-22 15:00:00', 2, 1)",
        "INSERT INTO formulario_guardado (id, contenido, persona_id, creado) VALUES (1, 'x', 2, '2026-11-22 15:00:00')",
        "UPDATE campana_sms SET continua_id = 1 WHERE id = 1",
    ),
    "0021": (
        "INSERT INTO archivo_importado (importacion_id, convertido, trozo, contenido) VALUES (1, false, 0, 'nombre')",
        "INSERT INTO fila_importada (importacion_id, numero, veredicto, nombre, telefono, documento, busqueda,"
        " nombre_orden, nombre_clave, documento_clave, etiquetas, baja, inactivo, motivo, otros, celdas, respuesta)"
        " VALUES (1, 2, 'mala', '', '', '', '', '', '', '', '', false, false, 'The name is missing.', '', '[]', '')",
        "INSERT INTO destino_de_fila (importacion_id, numero, veredicto, cliente, sin_celular)"
        " VALUES (1, 3, 'nueva', 1, false)",
        "INSERT INTO lineas_aparte (importacion_id, desde, hasta, clase, texto) VALUES (1, 1, 1, 'titulo', 'nombre')",
        "INSERT INTO documento_de_archivo (importacion_id, clave, numero) VALUES (1, '1020', 3)",
        "INSERT INTO persona_de_archivo (importacion_id, clave, numero, documento, nombre)"
        " VALUES (1, '+573001234567', 3, '1020', 'Laura')",
        "INSERT INTO cliente_de_archivo (importacion_id, clave, numero) VALUES (1, 1, 3)",
    ),
    "0020": (
        "INSERT INTO ritmo_de_envio (id, siguiente, partes_por_segundo, meta, medido, rechazos)"
        " VALUES (1, '2026-11-22 15:00:00', 50, 100, '2026-11-22 15:00:00', 1)",
    ),
    "0024": (
        "INSERT INTO campo (id, nombre, clave, tipo, opciones, lugar, posicion, creado, usuario_id)"
        " VALUES (1, 'Cumpleaños', 'cumpleanos', 'fecha', '[]', 1, 1, '2026-11-22 15:00:00', 1)",
        "INSERT INTO valor_de_campo (campo_id, cliente_id, valor, orden, dia)"
        " VALUES (1, 1, '--05-17', '0000-05-17', 517)",
    ),
    "0025": (
        """UPDATE campana_sms SET compartido = '{"tienda": "La 14", "idioma": "es"}' WHERE id = 1""",
        """UPDATE sms_log SET valores = '{"cumpleanos": "--05-17"}' WHERE campana_id = 1""",
    ),
    "0027": ("UPDATE fila_importada SET campos = '17/05' WHERE numero = 2",),
    "0029": (
        "INSERT INTO venta (id, cliente_id, total, fecha, registrada, ediciones, recibo, importacion_id, usuario_id)"
        " VALUES (2, 1, 12000, '2026-11-22 15:00:00', '2026-11-22 15:00:00', 1, '4711', 1, 1)",
        "UPDATE importacion SET clase = 'ventas' WHERE id = 1",
    ),
    "0026": (
        "INSERT INTO numero_propio (persona_id, telefono_e164, probado, por_probar, codigo_hash, vence, intentos)"
        " VALUES (1, '+573001234567', '2026-11-22 15:00:00', '+573007654321', 'x', '2026-11-22 15:10:00', 2)",
        "INSERT INTO baja (id, telefono_e164, origen, creado, usuario_id)"
        " VALUES (3, '+573001119999', 'numero', '2026-11-22 15:00:00', 1)",
    ),
    "0022": ("INSERT INTO intento (clave, cuenta, vence) VALUES ('x', 3, '2026-11-22 15:10:00')",),
    "0023": (
        "INSERT INTO campana_sms (id, nombre, mensaje, total_clientes, pendientes, enviando, enviados_exitosos,"
        " enviados_fallidos, omitidos, inciertos, cancelados, estado, creado, programada_para, publico, velocidad,"
        " partes, costo, destinatarios, enviada_por_id, usuario_id) VALUES (3, 'Navidad', 'Hola {nombre}', 0, 0, 0, 0,"
        " 0, 0, 0, 0, 'programado', '2026-11-22 15:00:00', '2026-12-04 15:00:00', '[[\"destino\", \"todos\"]]', 0,"
        " 0, 0, 0, 2, 1)",
    ),
    "0028": (
        "INSERT INTO norma (usuario_id, semana_abre, semana_cierra, tope_semana) VALUES (1, 480, 1140, 3)",
        "INSERT INTO dia_propio (usuario_id, dia, nombre) VALUES (1, '2026-12-24', 'Nochebuena')",
        "INSERT INTO publicidad_del_dia (usuario_id, telefono_e164, dia, mensaje_id)"
        " VALUES (1, '+573001234567', '2026-11-23', 1)",
    ),
    "0030": (
        "INSERT INTO recibo_anotado (id, campana_id) VALUES (1, 1)",
        "INSERT INTO campana_contada (campana_id, huella, vez) VALUES (1, 'x', 1)",
        "INSERT INTO mensajes_contados (id, campana_id, usuario_id, cuarto, estado, mensajes, partes)"
        " VALUES (1, 1, 1, 1994100, 'enviado', 1, 1)",
        "INSERT INTO entregas_contadas (campana_id, cuarto, mensajes) VALUES (1, 1994100, 1)",
        "INSERT INTO compra_despues (venta_id, sms_log_id, campana_id, cliente_id, usuario_id, enviado, fecha,"
        " segundos, total) VALUES (1, 1, 1, 1, 1, '2026-11-22 14:00:00', '2026-11-22 15:00:00', 3600, 59900)",
        "INSERT INTO sin_mensajes_contados (usuario_id, inactivos, sin_numero, de_baja, nunca_escritos, activos,"
        " dia, grupos, meses, contado) VALUES (1, 0, 1, 0, 1, 1, '2026-11-22', '[]', '[]', '2026-11-22 15:00:00')",
        "INSERT INTO venta_anotada (id, usuario_id, cuarto, ventas, en_punto) VALUES (7, 1, 1994100, 1, 0)",
    ),
    # Triggers outlive that a table is made anew: a sale is noted, and linked to a message that becomes the buyer's.
    "0031": (
        "INSERT INTO venta (id, cliente_id, total, fecha, usuario_id) VALUES (31, 2, 100, '2026-11-22 16:00:00', 1)",
        "UPDATE sms_log SET cliente_id = 2 WHERE id = 1",
        "UPDATE sms_log SET cliente_id = 1 WHERE id = 1",
    ),
    "0033": (
        "UPDATE fila_importada SET documento_clave = '52123456', telefono_e164 = '+573001234567' WHERE numero = 2",
    ),
    "0034": ("INSERT INTO anotado (id, usuario_id, cifra, cuarto, cuantos) VALUES (1, 1, 'venta', 1994100, 1)",),
}


# What migrations and triggers make of these rows by themselves.
MADE = {"contado": 13, "compra_despues": 2}


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a database without tables."""
    return f"sqlite:///{tmp_path / 'blank.sqlite'}"


@pytest.fixture
def postgresql_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of a database without tables."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def rows_stored(app: Flask, context: None) -> dict[str, int]:
    """How many rows each table got, one revision after the other up to the newest."""
    store_rows(REVISIONS)
    statements = [statement for revision in REVISIONS for statement in ROWS.get(revision, ())]
    stored = {name: sum(f"INSERT INTO {name} " in each for each in statements) for name in Base.metadata.tables}
    return stored | MADE


def store_rows(revisions: list[str]) -> None:
    """Go through revisions, and store at each what a database may hold there."""
    for revision in revisions:
        upgrade(MIGRATIONS, revision)
        with db.engine.begin() as connection:
            for statement in ROWS.get(revision, ()):
                connection.execute(text(statement))


def test_rows_of_every_age_come_through(rows_stored: dict[str, int]) -> None:
    assert 0 not in rows_stored.values(), "a table is new: ROWS has none of its rows"
    found = {
        name: db.session.scalar(select(func.count()).select_from(table)) for name, table in Base.metadata.tables.items()
    }
    assert found == rows_stored
    for mapper in Base.registry.mappers:
        assert db.session.scalars(select(mapper.class_)).all()


def test_clients_of_before_are_found(rows_stored: dict[str, int]) -> None:
    assert found("endez") == ["Laura Méndez"]
    downgrade(MIGRATIONS, revision="0007")
    upgrade(MIGRATIONS)
    assert found("endez") == ["Laura Méndez"]
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE cliente SET busqueda = 'luisa' WHERE id = 1"))
    assert (found("endez"), found("luisa")) == ([], ["Laura Méndez"])


def test_placeholders_of_before_are_no_keys(rows_stored: dict[str, int]) -> None:
    downgrade(MIGRATIONS, revision="0016")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE cliente SET documento = '0000', documento_clave = '0000' WHERE id = 1"))
        connection.execute(text("UPDATE cliente SET documento = '1020', documento_clave = '1020' WHERE id = 2"))
    upgrade(MIGRATIONS)
    with db.engine.connect() as connection:
        keys = connection.execute(text("SELECT documento_clave FROM cliente WHERE id < 3 ORDER BY id")).scalars().all()
    assert keys == ["", "1020"]


def test_names_of_before_stay_apart(rows_stored: dict[str, int]) -> None:
    people = db.session.scalars(select(Usuario).order_by(Usuario.id))
    assert [person.usuario_clave for person in people] == ["ana", "vero", "Ána", "аnа", "jose diaz"]


def test_tags_of_before_have_one_space_where_no_other_looks_like_them(rows_stored: dict[str, int]) -> None:
    downgrade(MIGRATIONS, revision="0034")
    wide = {71: "Feria  del  Hogar", 72: "Sur  uno", 73: "Sur uno"}
    tag = text("INSERT INTO etiqueta (id, nombre, clave, creado, usuario_id) VALUES (:id, :name, :key, :then, 1)")
    with db.engine.begin() as connection:
        for place, name in wide.items():
            values = {"id": place, "name": name, "key": name.lower(), "then": "2026-11-22 15:00:00"}
            connection.execute(tag, values)
    upgrade(MIGRATIONS)
    with db.engine.connect() as connection:
        tags = connection.execute(text("SELECT nombre, clave FROM etiqueta WHERE id > 70 ORDER BY id")).all()
    assert [tuple(each) for each in tags] == [
        ("Feria del Hogar", "feria del hogar"),
        ("Sur  uno", "sur  uno"),
        ("Sur uno", "sur uno"),
    ]


def test_keys_of_older_foldings_are_brought_up_batch_by_batch(app: Flask, context: None) -> None:
    store_rows(REVISIONS[: REVISIONS.index("0014") + 1])
    crowd = text(
        "INSERT INTO cliente (nombre, telefono, busqueda, activo, creado, usuario_id)"
        " VALUES (:nombre, '', '', true, '2026-11-22 15:00:00', 1)"
    )
    with db.engine.begin() as connection:
        reset_ids(connection)
        connection.execute(crowd, [{"nombre": f"Søren {place}"} for place in range(1_001)])
    assert (found("d'angelo"), found("lucja"), found("soren")) == ([], [], [])
    upgrade(MIGRATIONS)
    for words in ("d'angelo", "D´ANGELO", "łucja", "lucja"):
        assert found(words) == ["Łucja D’Angelo"]
    assert found("bruma") == ["𝗕ruma"]
    assert found("soren 1000") == ["Søren 1000"]
    with db.engine.connect() as connection:
        order = connection.execute(text("SELECT nombre_orden FROM cliente WHERE id = 3")).scalar_one()
        tags = connection.execute(text("SELECT clave FROM etiqueta ORDER BY id")).scalars().all()
    assert order == "lucja d'angelo"
    assert tags == ["vip", "VIP", "buena"], "of two that would be one, the second stays as it is"


def reset_ids(connection: Connection) -> None:
    """Let PostgreSQL go on after the ids that were given by hand."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence('cliente', 'id'), 100)"))


def found(words: str) -> list[str]:
    with db.session.begin():
        return list(db.session.scalars(matching(1, Search(words)).with_only_columns(Cliente.nombre)))


def test_the_keys_of_forms_move_to_a_column_of_their_own(rows_stored: dict[str, int]) -> None:
    downgrade(MIGRATIONS, revision="0012")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE campana_sms SET clave_idempotencia = 'web:abc:d' WHERE id = 1"))
    upgrade(MIGRATIONS)
    assert keys_stored() == [(None, "abc:d", None)]
    downgrade(MIGRATIONS, revision="0012")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE campana_sms SET clave_idempotencia = 'lanzamiento web:x' WHERE id = 1"))
    upgrade(MIGRATIONS)
    assert keys_stored() == [("lanzamiento web:x", None, None)]


def keys_stored() -> list[tuple[str | None, ...]]:
    with db.engine.connect() as connection:
        found = connection.execute(
            text("SELECT clave_idempotencia, clave_formulario, huella FROM campana_sms WHERE id = 1")
        )
        return [tuple(row) for row in found]


def test_the_models_are_what_the_migrations_make(context: None) -> None:
    upgrade(MIGRATIONS)
    with db.engine.connect() as connection:
        migrated_to = MigrationContext.configure(
            connection, opts={"include_name": is_of_the_models, "include_object": is_reflected}
        )
        assert compare_metadata(migrated_to, Base.metadata) == []
    migrated = checks_and_defaults()
    downgrade(MIGRATIONS, revision="base")
    Base.metadata.create_all(db.engine)
    assert migrated == checks_and_defaults()


def is_reflected(thing: Any, _name: str | None, kind: str, _reflected: object, _other: object) -> bool:
    """Tell what SQLAlchemy reads whole: on SQLite it overlooks ON DELETE where it stands with the column."""
    with_column = kind == "foreign_key_constraint" and thing.column_keys == ["importacion_id"]
    added_in_place = with_column and thing.table.name in ("cliente", "cambio_de_cliente", "venta")
    return not (added_in_place and db.engine.dialect.name == "sqlite")


def test_a_client_outlives_the_import_that_created_it(rows_stored: dict[str, int]) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE cliente SET importacion_id = 1"))
        connection.execute(text("DELETE FROM importacion"))
        assert set(connection.execute(text("SELECT importacion_id FROM cliente")).scalars()) == {None}


def is_of_the_models(name: str | None, _kind: str, _parents: object) -> bool:
    """Tell the models' tables and indexes from the trigram index, which the database keeps for itself, and jobs."""
    others = ("cliente_indice", "ix_cliente_busqueda", "procrastinate_", "idx_procrastinate_")
    return not (name or "").startswith(others)


def test_the_way_back_and_forth_again(rows_stored: dict[str, int]) -> None:
    downgrade(MIGRATIONS, revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade(MIGRATIONS)
    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def checks_and_defaults() -> dict[str, Any]:
    """Return what Alembic does not compare on both databases: CHECK constraints and defaults, by table."""
    inspector = inspect(db.engine)
    return {
        name: (
            sorted((check["name"], check["sqltext"]) for check in inspector.get_check_constraints(name)),
            {column["name"]: column["default"] for column in inspector.get_columns(name)},
        )
        for name in Base.metadata.tables
    }


def test_a_complete_campaign_with_something_left_waits_for_a_person(rows_stored: dict[str, int]) -> None:
    with db.engine.connect() as connection:
        campaigns = connection.execute(
            text("SELECT estado, completado IS NULL FROM campana_sms WHERE id < 3 ORDER BY id")
        ).all()
    assert [tuple(row) for row in campaigns] == [("completado", False), ("pausado", True)]


@pytest.mark.parametrize("statement", ["UPDATE auditoria SET persona = 'otra'", "DELETE FROM auditoria"])
def test_nobody_changes_the_audit(rows_stored: dict[str, int], statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(statement))
