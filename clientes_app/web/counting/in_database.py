"""Counts of tries in PostgreSQL, for all processes on all machines that share it: exact, and by its clock.

Each is counted in a transaction of its own: the one of the request may be rolled back, and a try has been made all the
same. So the engine is one of their own, which commits each statement, and has few connections: a thread that holds one
of the app's and waited for a second could wait for ever.
"""

from __future__ import annotations

import hmac
import time
from datetime import timedelta
from typing import Any, cast

from limits.storage import Storage
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Engine,
    Executable,
    Interval,
    case,
    delete,
    exc,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from ...database.transactions import write_transaction
from ...models import Intento

SWEEP_SECONDS = 600.0


class DatabaseCounts(Storage):
    """What `limits` counts with: each key counts up to the end of its window, then begins anew.

    A key may name an address or what somebody typed: what stands for it in the table says neither.
    """

    STORAGE_SCHEME = None

    def __init__(self, engine: Engine, secret_key: str) -> None:
        super().__init__(wrap_exceptions=True)
        self._engine = engine
        self._secret = secret_key.encode()
        self._swept = time.monotonic()

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Name what is raised where the database is away, or all connections are taken for too long."""
        return exc.OperationalError, exc.TimeoutError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more in the window that is open, else in a new one of `expiry` seconds; return the count.

        Less than nothing is never counted: what is given back may belong to a window that has ended.
        """
        self._sweep()
        return int(self._scalar(_count_more(self._name(key), timedelta(seconds=expiry), amount)))

    def get(self, key: str) -> int:
        """Return the count of the open window."""
        return int(self._scalar(select(Intento.cuenta).where(*self._open(key))) or 0)

    def get_expiry(self, key: str) -> float:
        """Return when the open window ends, in seconds since 1970 by this machine's clock; now, where none is open."""
        left = select(func.extract("epoch", Intento.vence - func.now())).where(*self._open(key))
        return time.time() + float(self._scalar(left) or 0)

    def clear(self, key: str) -> None:
        """Forget a count."""
        self._change(delete(Intento).where(Intento.clave == self._name(key)))

    def check(self) -> bool:
        """Return whether it can be reached."""
        return bool(self._scalar(select(1)))

    def reset(self) -> int:
        """Forget all counts; return how many there were."""
        return self._change(delete(Intento))

    def _open(self, key: str) -> tuple[ColumnElement[bool], ...]:
        return Intento.clave == self._name(key), _IS_OPEN

    def _name(self, key: str) -> str:
        return hmac.digest(self._secret, key.encode(), "sha256").hex()

    def _scalar(self, statement: Executable) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(statement).scalar()

    def _change(self, statement: Executable) -> int:
        with self._engine.connect() as connection:
            return cast(CursorResult[Any], connection.execute(statement)).rowcount

    def _sweep(self) -> None:
        """Let go of windows that have ended, now and then: a storm of tries leaves many in an hour."""
        if time.monotonic() - self._swept < SWEEP_SECONDS:
            return
        self._swept = time.monotonic()
        self._change(_LET_GO)


def sweep(engine: Engine) -> None:
    """Delete the counts whose windows have ended."""
    with write_transaction(engine) as connection:
        connection.execute(_LET_GO)


_IS_OPEN = Intento.vence > func.now()
# Whoever counts at this moment is not waited for, nor another sweep: of two that wait for each other one fails.
_ENDED = select(Intento.clave).where(~_IS_OPEN).with_for_update(skip_locked=True)
_LET_GO = delete(Intento).where(Intento.clave.in_(_ENDED))


def _count_more(name: str, window: timedelta, amount: int) -> Insert:
    """Return the one statement that counts; PostgreSQL lets those of one name come one after the other."""
    end = func.now() + literal(window, Interval())
    new = insert(Intento).values(clave=name, cuenta=max(0, amount), vence=end)
    counted = case((_IS_OPEN, Intento.cuenta), else_=0) + amount
    changes = {
        "cuenta": func.greatest(0, counted),
        "vence": case((_IS_OPEN, Intento.vence), else_=new.excluded.vence),
    }
    return cast(
        Insert, new.on_conflict_do_update(index_elements=[Intento.clave], set_=changes).returning(Intento.cuenta)
    )
