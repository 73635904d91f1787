"""What undoing an import would take back, and what has to stay: whom things have happened to since."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from ..models import CambioDeCliente, CambioImportado, Cliente, Importacion, SMSLog, Venta


@dataclass(frozen=True)
class Extent:
    """How many clients an import created or changed, and of these, how many stay as they are and why."""

    created: int
    changed: int
    created_stay: int
    with_sales: int
    with_messages: int
    with_changes: int
    """Of those created: they may have sales and messages as well."""
    changed_stay: int

    @property
    def deletes(self) -> int:
        """Count the clients that go."""
        return self.created - self.created_stay

    @property
    def restores(self) -> int:
        """Count the clients that become as they were."""
        return self.changed - self.changed_stay

    @property
    def stays(self) -> int:
        """Count the clients that nothing is taken back of."""
        return self.created_stay + self.changed_stay

    @property
    def possible(self) -> bool:
        """Return whether there is anything to undo."""
        return self.deletes + self.restores > 0


def extent_of(connection: Connection, import_id: int) -> Extent:
    """Count what undoing an import would do."""
    sold, written, edited = has_sales(), has_messages(), has_changes()
    created = select(
        func.count(),
        func.count().filter(or_(sold, written, edited)),
        func.count().filter(sold),
        func.count().filter(written),
        func.count().filter(edited),
    ).where(Cliente.importacion_id == import_id)
    changed = select(func.count(), func.count().filter(changed_since())).where(
        CambioImportado.importacion_id == import_id
    )
    count, stay, with_sales, with_messages, with_changes = connection.execute(created).one()
    count_changed, stay_changed = connection.execute(changed).one()
    return Extent(count, count_changed, stay, with_sales, with_messages, with_changes, stay_changed)


def is_used() -> ColumnElement[bool]:
    """Return whether something has happened to a client that an import created."""
    return or_(has_sales(), has_messages(), has_changes())


def has_sales() -> ColumnElement[bool]:
    """Return whether a client has sales."""
    return exists().where(Venta.cliente_id == Cliente.id)


def has_messages() -> ColumnElement[bool]:
    """Return whether a client has messages."""
    return exists().where(SMSLog.cliente_id == Cliente.id)


def has_changes() -> ColumnElement[bool]:
    """Return whether a client was changed by a person, or by an import that is not undone."""
    change = aliased(CambioDeCliente)
    return exists().where(change.cliente_id == Cliente.id, _still_holds(change))


def changed_since() -> ColumnElement[bool]:
    """Return whether a client was changed again after an import changed it."""
    own, later = aliased(CambioDeCliente), aliased(CambioDeCliente)
    # Deep inside another query: it must be said which table is that query's.
    its_own = (
        select(func.coalesce(func.max(own.id), 0))
        .where(own.cliente_id == CambioImportado.cliente_id, own.importacion_id == CambioImportado.importacion_id)
        .correlate(CambioImportado)
    )
    uploaded = (
        select(Importacion.creado).where(Importacion.id == CambioImportado.importacion_id).correlate(CambioImportado)
    )
    return exists().where(
        later.cliente_id == CambioImportado.cliente_id,
        later.id > its_own.scalar_subquery(),
        later.creado >= uploaded.scalar_subquery(),
        _still_holds(later),
    )


def _still_holds(change: type[CambioDeCliente]) -> ColumnElement[bool]:
    """Return whether a change is not one that an import's undoing has taken back, or that undoing itself."""
    kept = aliased(CambioImportado)
    by_import = exists().where(
        kept.importacion_id == change.importacion_id, kept.cliente_id == change.cliente_id, ~change.deshace
    )
    return or_(and_(change.importacion_id.is_(None), ~change.deshace), by_import)
