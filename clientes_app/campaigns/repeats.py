"""Requests that come again: the same key for the same thing from the same person gives the first campaign."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, null, update
from sqlalchemy.orm import Session

from ..errors import DomainError
from ..models import CampanaSMS
from ..models.types import utc_now
from ..shop.services import lock_account
from ..tenancy import owned
from ..web.idempotency import LONGEST_KEY, PERIOD, KeyReused, canonical, fingerprint


@dataclass(frozen=True)
class Key(ABC):
    """What a request is known by when it comes again: its key, whose it is, and what it asks."""

    kept_in: ClassVar[str]
    """The column of a campaign that holds such keys."""

    text: str
    person_id: int
    fingerprint: str

    @abstractmethod
    def earlier(self, session: Session, account_id: int) -> CampanaSMS | None:
        """Return the campaign that this request gave before; None where it is new."""

    def take(self, session: Session, campaign: CampanaSMS) -> None:
        """Give the key to a new campaign, and take it from one that has had it too long for it to count."""
        past = self._of_key(campaign.usuario_id).where(~_recent())
        if session.scalars(past.limit(1)).first() is not None:
            lock_account(session, campaign.usuario_id)
            ids = past.with_only_columns(CampanaSMS.id)
            freed = update(CampanaSMS).where(CampanaSMS.id.in_(ids)).values({self.kept_in: null(), "huella": null()})
            session.execute(freed)
        setattr(campaign, self.kept_in, self.text)
        campaign.huella = self.fingerprint

    def _earlier(self, account_id: int) -> Select[CampanaSMS]:
        return self._of_key(account_id).where(_recent()).order_by(CampanaSMS.id)

    def _of_key(self, account_id: int) -> Select[CampanaSMS]:
        return owned(CampanaSMS, account_id).where(getattr(CampanaSMS, self.kept_in) == self.text)

    def _is_of(self, campaign: CampanaSMS) -> bool:
        # A campaign of before there were fingerprints has none: its key means what it did then.
        return campaign.enviada_por_id == self.person_id and campaign.huella in (None, self.fingerprint)


class ProgramKey(Key):
    """An `Idempotency-Key`: one campaign has it, and anything else that comes with it is a mistake."""

    kept_in = "clave_idempotencia"

    def earlier(self, session: Session, account_id: int) -> CampanaSMS | None:
        """Return the campaign that this request gave before; None where it is new.

        Raises KeyReused where the key came with another request.
        """
        campaign = session.scalar(self._earlier(account_id))
        if campaign is not None and not self._is_of(campaign):
            raise KeyReused(
                gettext(
                    "This Idempotency-Key was sent before with another request, or by another person. Nothing is sent."
                )
            )
        return campaign


class FormKey(Key):
    """The key of a form: whoever goes back in the browser and writes something else means another campaign."""

    kept_in = "clave_formulario"

    def earlier(self, session: Session, account_id: int) -> CampanaSMS | None:
        """Return the campaign that this request gave before; None where it is new."""
        return next((each for each in session.scalars(self._earlier(account_id)) if self._is_of(each)), None)


def program_key(text: str, person_id: int, body: bytes) -> ProgramKey:
    """Return the key of a program's request."""
    return ProgramKey(text, person_id, fingerprint(person_id, canonical(body)))


def form_key(text: str, person_id: int, fields: Iterable[tuple[str, str]]) -> FormKey:
    """Return the key of a form that sent these fields.

    Raises DomainError where it is longer than any that a form is given.
    """
    if len(text) > LONGEST_KEY:
        raise DomainError(gettext("This key is too long."))
    return FormKey(text, person_id, fingerprint(person_id, json.dumps(sorted(fields)).encode()))


def _recent() -> ColumnElement[bool]:
    return CampanaSMS.creado > utc_now() - PERIOD
