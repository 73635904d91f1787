"""Writing the audit: in the transaction of the act itself, so that neither stands without the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from .models import Accion, Auditoria, Usuario


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where; a view says it to the service that it calls."""

    person_id: int | None = None
    name: str = ""
    account_id: int | None = None
    token: str = ""
    """The name of the API token, where a program acts with one."""
    address: str = ""

    def known_as(self, person: Usuario | None) -> Actor:
        """Return the same actor, who is found to be this person, as at a log-in; None: nobody we know."""
        if person is None:
            return Actor(token=self.token, address=self.address)
        return replace(self, person_id=person.id, name=person.usuario, account_id=person.account_id)


NOBODY = Actor()
"""Who acts where no person does: the command line and the daily tasks."""


@dataclass(frozen=True)
class Thing:
    """What an act was done to: the name of its table, its id, and a name that is no client's."""

    kind: str = ""
    id: int | None = None
    name: str = ""
    account_id: int | None = None
    """Whose it is; needed where nobody is logged in, as on the command line or in a daily task."""


_NOTHING = Thing()


def record(session: Session, by: Actor, action: Accion, thing: Thing = _NOTHING, **details: Any) -> None:
    """Add what somebody does to the transaction; details are plain values, without clients' data."""
    session.add(
        Auditoria(
            accion=action,
            persona=by.name,
            persona_id=by.person_id,
            usuario_id=thing.account_id if by.person_id is None else by.account_id,
            token=by.token,
            direccion=by.address,
            cosa=thing.kind,
            cosa_id=thing.id,
            cosa_nombre=thing.name[:200],
            detalle=details,
        )
    )
