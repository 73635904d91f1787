"""Opting out by the code of a message, and undoing it: for the shop alone that sent it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from ...extensions import db, unit_of_work
from ...messaging.way_out import is_code
from ...models import Baja, CampanaSMS, OrigenBaja, SMSLog, Usuario
from ...sending.erased import hold_off_erasing, number_behind
from ...sending.opt_outs import add_opt_outs
from ...values import phone
from ...values.pseudonym import is_pseudonym


@dataclass(frozen=True)
class Addressee:
    """Who got a message from which shop, and how that number stands in the shop's list of opt-outs."""

    account_id: int
    shop: str
    number: str
    """Or its pseudonym, where nobody knows the number any more."""
    origin: OrigenBaja | None
    """How it came into the list; None: it is not there."""

    @property
    def is_known(self) -> bool:
        """Return whether its number may still be told."""
        return not is_pseudonym(self.number)

    @property
    def may_undo(self) -> bool:
        """Return whether it was this link that entered it, or another one of the shop's."""
        return self.origin is OrigenBaja.ENLACE


def find_addressee(code: str, region: str) -> Addressee | None:
    """Return whose message has a code; None where none has. A number without a country code is one of `region`."""
    return _found(db.session().connection(), code, region) if is_code(code) else None


def opt_out(code: str, region: str) -> Addressee | None:
    """Enter the number of a message into its shop's list, where it does not stand yet; return how it stood before."""
    if not is_code(code):
        return None
    with unit_of_work() as session:
        # Before the number is read: nobody is erased between the two.
        hold_off_erasing(session.connection())
        before = _found(session.connection(), code, region)
        if before is not None:
            add_opt_outs(session.connection(), [before.account_id], before.number, OrigenBaja.ENLACE)
    return before


def undo(code: str, region: str) -> None:
    """Take the number of a message out of its shop's list, where a link entered it."""
    if not is_code(code):
        return
    with unit_of_work() as session:
        hold_off_erasing(session.connection())
        found = _found(session.connection(), code, region)
        if found is not None:
            by_link = Baja.telefono_e164 == found.number, Baja.origen == OrigenBaja.ENLACE
            session.execute(delete(Baja).where(Baja.usuario_id == found.account_id, *by_link))


def _found(connection: Connection, code: str, region: str) -> Addressee | None:
    sent = (
        select(CampanaSMS.usuario_id, SMSLog.telefono_e164, SMSLog.telefono, SMSLog.cliente_id)
        .join(CampanaSMS, CampanaSMS.id == SMSLog.campana_id)
        .where(SMSLog.codigo == code)
    )
    message = connection.execute(sent).one_or_none()
    # What is left out after it was claimed once has its number as it was typed.
    number = message and (message.telefono_e164 or phone.to_e164(message.telefono, region))
    if message is None or not number:
        return None
    number = number_behind(connection, message.usuario_id, number, message.cliente_id)
    listed = Baja.usuario_id == message.usuario_id, Baja.telefono_e164 == number
    origin = connection.scalar(select(Baja.origen).where(*listed))
    shop = db.session.get_one(Usuario, message.usuario_id).shop
    return Addressee(message.usuario_id, shop, number, origin)
