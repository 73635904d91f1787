"""Clients: creating, editing, activating, deleting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict

from flask_babel import gettext
from sqlalchemy import ColumnElement, Connection, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..errors import Conflict
from ..extensions import db, unit_of_work
from ..fields.values import NO_VALUES, Values, change_values
from ..models import Accion, CambioDeCliente, Cliente, TipoDeCambio, Venta
from ..models.types import utc_now
from ..opt_outs import services as opt_outs
from ..sending.erased import hold_off_erasing, wake_numbers
from ..tenancy import Account, get_owned, lock_owned, owned
from ..values.client_keys import keys_of
from .locks import lock_for_deletion


class ClientFields(TypedDict, total=False):
    """What a person says of a client; what is left out keeps its value."""

    nombre: str
    telefono: str
    documento: str
    activo: bool


class Edit(NamedTuple):
    """What an edit changes of a client."""

    fields: ClientFields
    own: Mapping[str, Any]
    """What it has changed of the account's own fields, as `change_values` says it."""


def find_client(account_id: int, client_id: int) -> Cliente:
    """Return a client.

    Raises NotFound.
    """
    return get_owned(db.session(), Cliente, account_id, client_id)


def create_client(account: Account, fields: ClientFields, values: Values = NO_VALUES, *, by: Actor) -> Cliente:
    """Store a client; a number without a country code is one of the account's region."""
    with unit_of_work() as session:
        client = Cliente(usuario_id=account.id, telefono="", documento="")
        _apply(client, fields, account.region)
        session.add(client)
        session.flush()
        _keep_opted_out(session, client)
        change_values(session, account.id, client.id, values)
        note_change(session, client.id, TipoDeCambio.CREADO, {}, by)
    return client


def edit_client(
    account: Account, client_id: int, fields: ClientFields, values: Values = NO_VALUES, *, by: Actor
) -> Cliente:
    """Change a client, and what the account's own fields say of it.

    Raises NotFound, and Conflict where it is erased or a choice is no longer offered.
    """
    with unit_of_work() as session:
        client = lock_client(session, account.id, client_id)
        own = change_values(session, account.id, client.id, values)
        apply_edit(session, client, Edit(fields, own), account.region, by)
    return client


def set_active(account_id: int, client_id: int, active: bool, *, by: Actor) -> Cliente:  # noqa: FBT001 (it is the value)
    """Activate or deactivate a client.

    Raises NotFound, and Conflict where it is erased.
    """
    with unit_of_work() as session:
        client = lock_client(session, account_id, client_id)
        _note_edit(session, client, Edit({"activo": active}, {}), by)
        client.activo = active
    return client


def stop_messages(account_id: int, client_id: int, *, by: Actor) -> None:
    """Enter a client's number into the opt-outs.

    Raises NotFound, and Conflict where the client is erased or has no number that can get an SMS.
    """
    with unit_of_work() as session:
        client = lock_client(session, account_id, client_id)
        if not client.telefono_e164:
            raise Conflict(gettext("This client has no number that gets SMS."))
        opt_outs.enter(session, account_id, client.telefono_e164, by=by)


def lock_client(session: Session, account_id: int, client_id: int) -> Cliente:
    """Return a client as it is now; nobody else changes or erases it until the transaction ends.

    Raises NotFound, and Conflict where it is erased.
    """
    hold_off_erasing(session.connection())
    client = lock_owned(session, Cliente, account_id, client_id)
    require_not_erased(client)
    return client


def require_not_erased(client: Cliente) -> None:
    """Refuse to change a client whose data was erased.

    Raises Conflict.
    """
    if client.borrado is not None:
        raise Conflict(gettext("This client's data was erased. It can no longer be changed."))


def apply_edit(session: Session, client: Cliente, edit: Edit, region: str, by: Actor) -> None:
    """Give a client, which the caller has locked, other fields, and note what the whole edit changes."""
    _note_edit(session, client, edit, by)
    _apply(client, edit.fields, region)
    _keep_opted_out(session, client)


def note_change(session: Session, client_id: int, kind: TipoDeCambio, details: dict[str, Any], by: Actor) -> None:
    """Write into a client's story what somebody did to it."""
    session.add(CambioDeCliente(cliente_id=client_id, tipo=kind, detalle=details, hecho_por_id=by.person_id))


def note_change_of_each(
    connection: Connection, clients: ColumnElement[bool], details: dict[str, Any], by: Actor
) -> None:
    """Write the same edit into the story of each of the clients."""
    columns = CambioDeCliente.__table__.c
    same = {"tipo": TipoDeCambio.EDITADO, "detalle": details, "creado": utc_now(), "hecho_por_id": by.person_id}
    values = (literal(value, columns[name].type) for name, value in same.items())
    told = insert(CambioDeCliente).from_select(["cliente_id", *same], select(Cliente.id, *values).where(clients))
    connection.execute(told)


def delete_client(account_id: int, client_id: int, *, by: Actor) -> Cliente:
    """Delete a client and return what it was; its messages stay, with its name and number.

    Raises NotFound, and Conflict where the client has sales.
    """
    client = find_client(account_id, client_id)
    try:
        with unit_of_work() as session:
            client = lock_owned(session, Cliente, account_id, client_id)
            if has_sales(session, account_id, client_id):
                raise _has_sales(client)
            lock_for_deletion(session.connection(), Cliente.id == client_id)
            session.delete(client)
            record(session, by, Accion.CLIENTS_DELETED, Thing("cliente", client_id), cuantos=1)
    except IntegrityError as error:
        # A sale came in between.
        raise _has_sales(client) from error
    return client


def has_sales(session: Session, account_id: int, client_id: int) -> bool:
    """Return whether a client has sales, which protect it from deletion."""
    sale = session.scalar(owned(Venta, account_id).where(Venta.cliente_id == client_id).limit(1))
    return sale is not None


def with_same_number(client: Cliente) -> Cliente | None:
    """Return the first other client of the account that has this client's number."""
    if client.telefono_e164 is None:
        return None
    others = owned(Cliente, client.usuario_id).where(
        Cliente.telefono_e164 == client.telefono_e164, Cliente.id != client.id
    )
    return db.session.scalar(others.order_by(Cliente.id).limit(1))


def with_same_document(client: Cliente) -> Cliente | None:
    """Return the first other client of the account that has this client's document, however it is written."""
    if not client.documento_clave:
        return None
    others = owned(Cliente, client.usuario_id).where(
        Cliente.documento_clave == client.documento_clave, Cliente.documento_clave != "", Cliente.id != client.id
    )
    return db.session.scalar(others.order_by(Cliente.id).limit(1))


def _note_edit(session: Session, client: Cliente, edit: Edit, by: Actor) -> None:
    was = {name: getattr(client, name) for name in edit.fields}
    changed: dict[str, Any] = {name: [was[name], value] for name, value in edit.fields.items() if was[name] != value}
    if edit.own:
        changed["campos"] = edit.own
    if changed:
        note_change(session, client.id, TipoDeCambio.EDITADO, changed, by)


def _keep_opted_out(session: Session, client: Cliente) -> None:
    """Let who asked for no more messages, and was erased, be known again by the number."""
    if client.telefono_e164:
        wake_numbers(session.connection(), client.usuario_id, [client.telefono_e164])


def _apply(client: Cliente, fields: ClientFields, region: str) -> None:
    for name, value in fields.items():
        setattr(client, name, value)
    for name, key in keys_of(client.nombre, client.telefono, client.documento, region)._asdict().items():
        setattr(client, name, key)


def _has_sales(client: Cliente) -> Conflict:
    return Conflict(gettext("%(name)s has sales and cannot be deleted. You can deactivate it.", name=client.nombre))
