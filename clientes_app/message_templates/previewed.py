"""The clients that a message is previewed with: one whose message is shown, and all for whom its size is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func

from ..extensions import db
from ..messaging.personalization import Recipient, Template, recipient_of
from ..messaging.totals import Audience, grouped
from ..models import Cliente
from ..tenancy import owned
from .filling import Filling, as_json, length_of_values
from .preview import Step, sample_of

COUNTED = 2_000
"""For so many clients at most is counted what a message takes: it is counted anew as somebody types."""

_Filled = Select[int, str, str | None]


@dataclass(frozen=True, slots=True)
class Previewed:
    """Whose message is previewed; without an id it is nobody's."""

    id: int | None
    recipient: Recipient

    @property
    def nombre(self) -> str:
        """Return what the client is called."""
        return self.recipient.nombre


@dataclass(frozen=True)
class Candidates:
    """Clients, and a text that is previewed with them."""

    clients: Select[Cliente]
    filling: Filling
    template: Template

    def choose(self, client_id: int | None, step: Step | None) -> Previewed:
        """Choose the given one of the clients, or the one that the step from it leads to; else the first.

        After the last client comes the first. Where there are none it is somebody made up.
        """
        for query in self._steps(client_id or 0, step):
            if found := db.session.execute(_filled(query.limit(1), self.filling, [self.template])).first():
                return Previewed(found[0], recipient_of(found[1], found[2]))
        return Previewed(None, sample_of(self.filling.shared))

    def audience(self) -> Audience:
        """Return those for whom it is counted what the text takes."""
        return audience_of(self.clients, self.filling, [self.template])

    def _steps(self, client_id: int, step: Step | None) -> list[Select[Cliente]]:
        upwards, downwards = self.clients.order_by(Cliente.id), self.clients.order_by(Cliente.id.desc())
        match step:
            case Step.PREVIOUS:
                return [downwards.where(Cliente.id < client_id), downwards]
            case Step.NEXT:
                return [upwards.where(Cliente.id > client_id), upwards]
            case Step.LONGEST:
                return [self.clients.order_by(self._length().desc(), func.length(Cliente.nombre).desc(), Cliente.id)]
            case None:
                return [self.clients.where(Cliente.id == client_id), upwards]

    def _length(self) -> Any:
        columns = self.filling.columns([self.template])
        return length_of_values(self.template, columns, Cliente.nombre.expression)


def active_clients(account_id: int) -> Select[Cliente]:
    """Select the account's active clients."""
    return owned(Cliente, account_id).where(Cliente.activo.is_(True))


def audience_of(clients: Select[Cliente], filling: Filling, templates: Sequence[Template]) -> Audience:
    """Return clients, the first `COUNTED` of them, grouped by what the templates take for them."""
    first = _filled(clients.order_by(Cliente.id).limit(COUNTED), filling, templates)
    recipients = (recipient_of(nombre, valores) for _, nombre, valores in db.session.execute(first))
    return grouped(recipients, templates)


def _filled(clients: Select[Cliente], filling: Filling, templates: Sequence[Template]) -> _Filled:
    """Select the id and the name of clients, and the values that the templates use."""
    values = as_json(filling.columns(templates), db.engine.dialect.name)
    return clients.with_only_columns(Cliente.id, Cliente.nombre, values, maintain_column_froms=True)
