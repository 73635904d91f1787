"""Merging two clients who are one person: what differs is chosen, everything else moves to the one kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import gettext
from sqlalchemy import Select, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...audit_log import Actor
from ...database.transactions import insert_missing
from ...errors import Conflict, DomainError, NotFound
from ...extensions import db, unit_of_work
from ...models import Baja, CambioDeCliente, Cliente, ClienteEtiqueta, Distintos, SMSLog, TipoDeCambio, Venta
from ...sending.erased import hold_off_erasing
from ...sending.opt_outs import add_opt_outs
from ...tenancy import Account, owned
from ...values.ids import MAX_ID
from ..locks import lock_for_deletion
from ..sales.services import count_purchases
from ..services import ClientFields, Edit, apply_edit, note_change
from .own_differences import Difference, all_as_told, differences, take_chosen
from .services import Pair, remember_apart

FIELDS = ("nombre", "telefono", "documento", "activo")


@dataclass(frozen=True)
class Moves:
    """How much goes from the client that is dropped to the one that is kept."""

    sales: int
    messages: int
    tags: int


@dataclass(frozen=True)
class Proposal:
    """Two clients beside each other, before they are merged: the older one is kept."""

    kept: Cliente
    dropped: Cliente
    moves: Moves
    preferred: dict[str, int]
    """The fields in which they differ, each with the id of the client whose value is taken if nobody chooses."""
    own: Sequence[Difference]
    """The same of the account's own fields."""
    opted_out: bool
    """Whether either number asked for no more messages."""


def propose(account_id: int, ids: tuple[int, int]) -> Proposal:
    """Return what merging two clients would mean.

    Raises NotFound, and DomainError where they are the same client.
    """
    session = db.session()
    pair = _older_first(session.scalars(_both(account_id, ids)).all())
    moves, opt_out = _count_moves(session, account_id, pair), _opt_out_of(session, pair)
    own = differences(session, pair)
    return Proposal(pair.older, pair.newer, moves, _preferred(pair), own, opt_out is not None)


def merge(account: Account, ids: tuple[int, int], chosen: Mapping[str, int], *, by: Actor) -> Cliente:
    """Merge two clients into the older one and return it; `chosen` says by id whose value of a field is taken.

    Raises NotFound where either is gone, Conflict where something new refers to the one dropped, and DomainError
    where they are the same client.
    """
    try:
        with unit_of_work() as session:
            hold_off_erasing(session.connection())
            pair = _older_first(session.scalars(_both(account.id, ids).with_for_update()).all())
            kept = pair.older
            opt_out = _opt_out_of(session, pair)
            lock_for_deletion(session.connection(), Cliente.id == pair.newer.id)
            _move_everything(session, pair)
            own = take_chosen(session, pair, chosen)
            apply_edit(session, kept, Edit(_chosen_fields(pair, chosen), own), account.region, by)
            was = _as_it_was(pair.newer) | all_as_told(session, pair)
            note_change(session, kept.id, TipoDeCambio.UNIDO, was, by)
            session.delete(pair.newer)
            session.flush()
            count_purchases(session, account.id, kept.id)
            if opt_out and kept.telefono_e164:
                add_opt_outs(session.connection(), [account.id], kept.telefono_e164, opt_out.origen)
    except IntegrityError as error:
        raise Conflict(gettext("Something changed meanwhile. Look at both clients again.")) from error
    return kept


def _both(account_id: int, ids: tuple[int, int]) -> Select[Cliente]:
    if ids[0] == ids[1]:
        raise DomainError(gettext("Choose two different clients."))
    if max(ids) > MAX_ID:
        raise NotFound
    # In one order, so that two who lock the same clients do not wait for each other.
    return owned(Cliente, account_id).where(Cliente.id.in_(ids), Cliente.borrado.is_(None)).order_by(Cliente.id)


def _older_first(clients: Sequence[Cliente]) -> Pair:
    if len(clients) < 2:
        raise NotFound
    return Pair(*sorted(clients, key=lambda client: (client.creado, client.id)))


def _preferred(pair: Pair) -> dict[str, int]:
    """Return the fields that differ, each with the id of the client whose value is taken unless somebody chooses.

    That is the older client, where it has a value.
    """
    differing = (name for name in FIELDS if _meaning(pair.older, name) != _meaning(pair.newer, name))
    return {name: pair.newer.id if getattr(pair.older, name) == "" else pair.older.id for name in differing}


def _meaning(client: Cliente, field: str) -> object:
    """Return what a field says: nobody needs to choose between two spellings of one number."""
    key = {"telefono": client.telefono_e164, "documento": client.documento_clave}.get(field)
    return key or getattr(client, field)


def _chosen_fields(pair: Pair, chosen: Mapping[str, int]) -> ClientFields:
    clients = {client.id: client for client in (pair.older, pair.newer)}
    values = {
        name: getattr(clients.get(chosen.get(name, default), clients[default]), name)
        for name, default in _preferred(pair).items()
    }
    return cast(ClientFields, values)


def _count_moves(session: Session, account_id: int, pair: Pair) -> Moves:
    kept, dropped = pair.older, pair.newer
    sales = owned(Venta, account_id).where(Venta.cliente_id == dropped.id).with_only_columns(func.count())
    messages = select(func.count()).where(SMSLog.cliente_id == dropped.id)
    has_already = select(ClienteEtiqueta.etiqueta_id).where(ClienteEtiqueta.cliente_id == kept.id)
    tags = select(func.count()).where(
        ClienteEtiqueta.cliente_id == dropped.id, ClienteEtiqueta.etiqueta_id.not_in(has_already)
    )
    return Moves(*(session.scalar(count) or 0 for count in (sales, messages, tags)))


def _opt_out_of(session: Session, pair: Pair) -> Baja | None:
    """Return the opt-out of either number: who wants no messages on one number wants none on the other."""
    numbers = [client.telefono_e164 for client in (pair.older, pair.newer) if client.telefono_e164]
    listed = owned(Baja, pair.older.usuario_id).where(Baja.telefono_e164.in_(numbers))
    return session.scalar(listed.order_by(Baja.id).limit(1))


def _move_everything(session: Session, pair: Pair) -> None:
    kept, dropped = pair.older, pair.newer
    _name_creation(session, dropped)
    for model in (Venta, SMSLog, CambioDeCliente):
        session.execute(update(model).where(model.cliente_id == dropped.id).values(cliente_id=kept.id))
    _move_tags(session, kept, dropped)
    _move_distinctions(session, kept, dropped)


def _name_creation(session: Session, dropped: Cliente) -> None:
    """Write the dropped client's name into the note of its creation, which moves to the story of the client kept."""
    created = select(CambioDeCliente).where(
        CambioDeCliente.cliente_id == dropped.id, CambioDeCliente.tipo == TipoDeCambio.CREADO
    )
    for change in session.scalars(created):
        change.detalle = change.detalle or {"nombre": dropped.nombre}
    session.flush()


def _move_tags(session: Session, kept: Cliente, dropped: Cliente) -> None:
    tags = select(ClienteEtiqueta.etiqueta_id, literal(kept.id)).where(ClienteEtiqueta.cliente_id == dropped.id)
    insert = insert_missing(ClienteEtiqueta, db.engine.dialect.name)
    session.execute(insert.from_select(["etiqueta_id", "cliente_id"], tags))


def _move_distinctions(session: Session, kept: Cliente, dropped: Cliente) -> None:
    """Keep apart from the client kept whoever was set apart from the one dropped."""
    of_dropped = select(Distintos).where(or_(Distintos.menor_id == dropped.id, Distintos.mayor_id == dropped.id))
    others = {number for row in session.scalars(of_dropped) for number in (row.menor_id, row.mayor_id)}
    others -= {kept.id, dropped.id}
    remember_apart(session, kept.usuario_id, [(kept.id, other) for other in sorted(others)])


def _as_it_was(client: Cliente) -> dict[str, Any]:
    return {**{name: getattr(client, name) for name in FIELDS}, "creado": client.creado.isoformat()}
