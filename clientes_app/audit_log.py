"""Writing the audit: in the transaction of the act itself, so that neither stands without the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from .models import Accion, Auditoria, Usuario
from .web.actor import current_actor


@dataclass(frozen=True)
class Thing:
    """What an act was done to: the name of its table, its id, and a name that is no client's."""

    kind: str
    id: int | None = None
    name: str = ""
    account_id: int | None = None
    """Whose it is; needed where nobody is logged in, as on the command line or in a daily task."""


def record(session: Session, action: Accion, thing: Thing | None = None, **details: Any) -> None:
    """Add what the present person does to the transaction; details are plain values, without clients' data."""
    actor = current_actor()
    _add(session, action, thing, actor.person, details)


def record_for(session: Session, person: Usuario | None, action: Accion, **details: Any) -> None:
    """Add what somebody does who is not logged in, such as trying to; None: nobody we know."""
    _add(session, action, None, person, details)


def _add(
    session: Session, action: Accion, thing: Thing | None, person: Usuario | None, details: dict[str, Any]
) -> None:
    actor = current_actor()
    account_id = thing.account_id if thing else None
    session.add(
        Auditoria(
            accion=action,
            persona=person.usuario if person else "",
            persona_id=person.id if person else None,
            usuario_id=person.account_id if person else account_id,
            token=actor.token,
            direccion=actor.address,
            cosa=thing.kind if thing else "",
            cosa_id=thing.id if thing else None,
            cosa_nombre=thing.name[:200] if thing else "",
            detalle=details,
        )
    )
