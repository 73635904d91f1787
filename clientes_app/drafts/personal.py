"""What drafts hold of people: the clients who were ticked; and how long drafts are kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, and_, delete, or_
from sqlalchemy.orm import Session

from ..database.transactions import write_transaction
from ..models import Borrador
from ..models.types import utc_now
from ..tenancy import owned
from .services import content_of

KEPT = timedelta(days=60)
"""How long a draft is kept that nobody changes."""

EMPTY_KEPT = timedelta(days=1)
"""How long one is kept into which nothing was typed: no list shows it."""


def drafts_naming(session: Session, account_id: int, client_id: int) -> list[Borrador]:
    """List the account's drafts for which a client was ticked, the oldest first."""
    # Each holds its own list, in JSON: an account has few drafts, and hardly any is for ticked clients.
    drafts = session.scalars(owned(Borrador, account_id).order_by(Borrador.id))
    return [draft for draft in drafts if client_id in content_of(draft).client_ids]


def forget_client(session: Session, account_id: int, client_id: int) -> None:
    """Take a client out of every draft; a review that is open of one of them is out of date then.

    Drafts come before all else in the order of locks: who sends one locks it first.
    """
    session.execute(owned(Borrador, account_id).with_only_columns(Borrador.id).order_by(Borrador.id).with_for_update())
    for draft in drafts_naming(session, account_id, client_id):
        content = content_of(draft)
        left = content.with_clients([each for each in content.client_ids if each != client_id])
        draft.campos, draft.huella = left.stored(), left.mark
    session.flush()


def sweep(engine: Engine) -> None:
    """Delete the drafts that nobody went on with."""
    now = utc_now()
    empty = and_(Borrador.resumen == "", Borrador.cambiado < now - EMPTY_KEPT)
    with write_transaction(engine) as connection:
        connection.execute(delete(Borrador).where(or_(Borrador.cambiado < now - KEPT, empty)))
