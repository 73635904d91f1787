"""Numbers known by their pseudonyms only: those erased, and those that said STOP before they were anybody's."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, exists, func, or_, select, update

from ..database.listed import listed_texts
from ..database.transactions import insert_missing
from ..models import (
    Baja,
    BajaLevantada,
    BajaRecordada,
    Cliente,
    NumeroPropio,
    OrigenBaja,
    Privacidad,
    PublicidadDelDia,
    Usuario,
)
from ..models.types import utc_now
from ..values.phone_changes import older_spellings
from ..values.pseudonym import MARK, is_pseudonym, pseudonym
from .law import advertised

_TRIED_TOGETHER = 1_000


def pseudonym_key(connection: Connection) -> bytes:
    """Return the installation's key, made when it is first needed; the transaction may write."""
    row = {"id": 1, "clave": secrets.token_bytes(32)}
    connection.execute(insert_missing(Privacidad, connection.dialect.name).values(row))
    return connection.execute(select(Privacidad.clave)).scalar_one()


def begin_erasing(connection: Connection) -> None:
    """Let nobody give a client a number until the transaction ends, and wait for those who just did.

    Otherwise a number could come back while its opt-out is being hidden, or come while its STOP is being remembered,
    and neither would see the other.
    """
    pseudonym_key(connection)
    connection.execute(select(Privacidad.id).with_for_update())


def hold_off_erasing(connection: Connection) -> None:
    """Let nobody be erased until the transaction ends, and wait for whoever is being erased.

    It comes before the lock of any client: erasing locks in this order.
    """
    pseudonym_key(connection)  # where there is no row yet, there is nothing to lock
    connection.execute(select(Privacidad.id).with_for_update(read=True))


def pseudonyms_of(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    """Return the numbers by their pseudonyms, also by those of their older spellings.

    None where there is no key yet, for then nothing has a pseudonym.
    """
    key = connection.scalar(select(Privacidad.clave))
    if key is None:
        return {}
    return {pseudonym(each, key): number for number in numbers for each in (number, *older_spellings(number))}


def hide_numbers(connection: Connection, account_id: int, numbers: Iterable[str]) -> None:
    """Keep the opt-outs of numbers, and the days of their advertisements, under their pseudonyms only."""
    key = pseudonym_key(connection)
    # In one order: who takes several numbers' days does so too.
    for number in sorted(numbers):
        _rename(connection, account_id, number, pseudonym(number, key))
        advertised.rename(connection, account_id, number, pseudonym(number, key))


def wake_numbers(connection: Connection, account_id: int, numbers: Iterable[str]) -> None:
    """Let what is known by the pseudonyms of numbers that clients have now be known by name again.

    That is their opt-outs, also of those who said STOP before they were anybody's, and the days of their
    advertisements.
    """
    hold_off_erasing(connection)
    if not _may_know_pseudonyms(connection, account_id):
        return
    known = pseudonyms_of(connection, numbers)
    if known:
        _unhide(connection, account_id, known)
        _recall_stops(connection, account_id, known)
        for name in sorted(advertised.known_of(connection, account_id, known)):
            advertised.rename(connection, account_id, name, known[name])


def unhide_opt_out(connection: Connection, account_id: int, number: str) -> None:
    """Let the list hold a number by name, where it holds its pseudonym."""
    hold_off_erasing(connection)
    _unhide(connection, account_id, pseudonyms_of(connection, [number]))


def number_behind(connection: Connection, account_id: int, number: str, client_id: int | None) -> str:
    """Return the number that a pseudonym stands for, where the account still has it; else the pseudonym itself.

    `client_id` is who most likely has it. Where it is neither that client's nor one of the shop's own people's, all
    numbers of the account are tried: some 200,000 in a second.
    """
    if not is_pseudonym(number):
        return number
    of_client = select(Cliente.telefono_e164).where(Cliente.usuario_id == account_id)
    own = select(NumeroPropio.telefono_e164).join(Usuario, Usuario.id == NumeroPropio.persona_id)
    of_people = own.where(func.coalesce(Usuario.creado_por_id, Usuario.id) == account_id)
    for candidates in (of_client.where(Cliente.id == client_id), of_people, of_client):
        with connection.execute(candidates.execution_options(yield_per=_TRIED_TOGETHER)) as known:
            for numbers in known.scalars().partitions():
                found = pseudonyms_of(connection, filter(None, numbers)).get(number)
                if found is not None:
                    return found
    return number


def remember_stop(connection: Connection, number: str) -> None:
    """Remember that somebody said STOP, for accounts that come to have the number; the caller keeps erasing off."""
    row = {"seudonimo": pseudonym(number, pseudonym_key(connection)), "creado": utc_now()}
    stored = insert_missing(BajaRecordada, connection.dialect.name).values(row).returning(BajaRecordada.seudonimo)
    if connection.scalar(stored) is None:
        said_before = BajaRecordada.seudonimo == row["seudonimo"]
        connection.execute(update(BajaRecordada).where(said_before).values(creado=row["creado"]))


def forget_stop(connection: Connection, number: str) -> None:
    """Forget that somebody said STOP, and who wrote to them all the same."""
    name = pseudonym(number, pseudonym_key(connection))
    for model in (BajaRecordada, BajaLevantada):
        connection.execute(delete(model).where(model.seudonimo == name))


def lift_stop(connection: Connection, account_id: int, number: str) -> None:
    """Let no STOP of before enter a number into the account's list again."""
    row = {"usuario_id": account_id, "seudonimo": pseudonym(number, pseudonym_key(connection)), "creado": utc_now()}
    of_row = BajaLevantada.usuario_id == account_id, BajaLevantada.seudonimo == row["seudonimo"]
    connection.execute(delete(BajaLevantada).where(*of_row))
    connection.execute(insert_missing(BajaLevantada, connection.dialect.name).values(row))


def _may_know_pseudonyms(connection: Connection, account_id: int) -> bool:
    """Return whether anything may be known by a pseudonym that `wake_numbers` looks for; most shops have nothing.

    Only SQLite is asked: in PostgreSQL the order of texts is the database's own, and no index finds those that begin
    with a mark.
    """
    if connection.dialect.name != "sqlite":
        return True
    hidden = (
        exists().where(model.usuario_id == account_id, model.telefono_e164.between(MARK, f"{MARK}~"))
        for model in (Baja, PublicidadDelDia)
    )
    return bool(connection.scalar(select(or_(*hidden, exists().select_from(BajaRecordada)))))


def _unhide(connection: Connection, account_id: int, known: Mapping[str, str]) -> None:
    hidden = select(Baja.telefono_e164).where(
        Baja.usuario_id == account_id, Baja.telefono_e164.in_(listed_texts(known, connection))
    )
    for found in connection.scalars(hidden).all():
        _rename(connection, account_id, found, known[found])


def _recall_stops(connection: Connection, account_id: int, known: Mapping[str, str]) -> None:
    lifted_since = exists().where(
        BajaLevantada.usuario_id == account_id,
        BajaLevantada.seudonimo == BajaRecordada.seudonimo,
        BajaLevantada.creado >= BajaRecordada.creado,
    )
    said = select(BajaRecordada.seudonimo, BajaRecordada.creado).where(
        BajaRecordada.seudonimo.in_(listed_texts(known, connection)), ~lifted_since
    )
    rows = [
        {"usuario_id": account_id, "telefono_e164": known[name], "origen": OrigenBaja.MENSAJE, "creado": moment}
        # In one order: two who enter the same numbers wait for each other otherwise.
        for name, moment in sorted(connection.execute(said), key=lambda row: known[row[0]])
    ]
    if rows:
        connection.execute(insert_missing(Baja, connection.dialect.name), rows)


def _rename(connection: Connection, account_id: int, old: str, new: str) -> None:
    """Let an entry carry another number; where the list has that one already, the old one goes."""
    listed = Baja.usuario_id == account_id, Baja.telefono_e164 == old
    other = select(Baja.id).where(Baja.usuario_id == account_id, Baja.telefono_e164 == new)
    if connection.execute(other).first():
        connection.execute(delete(Baja).where(*listed))
    else:
        connection.execute(update(Baja).where(*listed).values(telefono_e164=new))
