"""How migrations run: on the app's own engine, each in one transaction, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import TypeDecorator
from sqlalchemy.engine import Connection

from clientes_app.database.planner import teach_planner
from clientes_app.database.transactions import will_write

db = current_app.extensions["migrate"].db


def render_plain_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain ones they are stored as: a migration must not follow the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def is_ours(name: str | None, _kind: str, _parents: Any) -> bool:
    """Tell our tables from those in which the workers' library keeps its jobs."""
    return not (name or "").startswith(("procrastinate_", "idx_procrastinate_"))


def run(connection: Connection) -> None:
    """Run the migrations that the database lacks."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_name=is_ours,
        render_item=render_plain_type,
        transactional_ddl=True,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
        teach_planner(connection)


with db.engine.connect() as plain:
    if plain.dialect.name == "sqlite":
        # A table that a migration rebuilds is dropped for a moment: its children must not go with it.
        plain.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
    run(plain.execution_options(**will_write()))
    plain.invalidate()
