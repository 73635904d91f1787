"""An account's fields: finding, creating, renaming, ordering, deleting."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ..models import Campo
from ..tenancy import owned


def list_fields(session: Session, account_id: int) -> Sequence[Campo]:
    """Return the account's fields in their order."""
    return session.scalars(owned(Campo, account_id).order_by(Campo.posicion, Campo.id)).all()


def lock_fields(session: Session, account_id: int) -> Sequence[Campo]:
    """Return the account's fields in their order; nobody deletes one until the transaction ends."""
    fields = owned(Campo, account_id).order_by(Campo.id).with_for_update(read=True, key_share=True)
    found = session.scalars(fields.execution_options(populate_existing=True)).all()
    return sorted(found, key=lambda field: (field.posicion, field.id))
