"""The extensions, unbound: `create_app` binds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, MetaData
from sqlalchemy.orm import DeclarativeBase, Session

from .database.transactions import one_writer, will_write


class Base(DeclarativeBase):
    """The base of every model; constraints get names that a migration can refer to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()
login_manager = LoginManager()
babel = Babel()


def engine_apart() -> Engine:
    """Return the engine, for a read on a connection of its own, after the session has given its connection back.

    A thread never holds two: enough of them that held one and waited for a second would wait for each other.
    """
    db.session.commit()
    return db.engine


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Give the request's session in a transaction that may write; commit at the end, roll back on an error.

    What the session read before is read anew inside it: it may have changed since.
    """
    session = db.session()
    session.commit()  # ends the reading transaction that the request may have open
    session.expire_all()
    with one_writer(db.engine):
        try:
            session.connection(execution_options=will_write())
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
