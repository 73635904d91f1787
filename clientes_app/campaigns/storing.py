"""Storing a campaign's rows: with the campaign itself, or at its hour for those who are meant then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ..clients.search.choice import selection_of
from ..clients.search.selection import Said, Selection, selected
from ..clients.segments.services import find_segment
from ..database import clock
from ..errors import Conflict, DomainError
from ..message_templates.filling import Filling, filling_of
from ..messaging.template_placeholders import Mistake
from ..models import CampanaSMS, Cuenta, Segmento
from ..models.types import utc_now
from ..sending import outbox
from ..values.days import day_of
from ..values.ids import read_id
from ..web.i18n import zone_of
from . import limits
from .audience import mailing_of, recipients


@dataclass(frozen=True)
class Schedule:
    """When a campaign is sent, and whether who is meant is asked then."""

    moment: datetime
    said: tuple[tuple[str, str], ...] | None = None
    """Who is meant at that moment, as a request says it; None: whoever is meant now."""


class HourPassed(DomainError):
    """A campaign was to be sent at a moment that has passed."""

    def __init__(self) -> None:
        super().__init__(gettext("This hour has passed: choose a later one."))


def require_ahead(session: Session, moment: datetime) -> None:
    """Refuse an hour that has come already.

    Raises HourPassed.
    """
    if moment <= clock.corrected(session.connection(), utc_now()):
        raise HourPassed


class Unfillable(Conflict):
    """A text has a placeholder that there is no more."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        written = ", ".join(mistake.written for mistake in mistakes)
        super().__init__(gettext("The text has a placeholder that is gone: %(written)s.", written=written))


def store_rows(session: Session, campaign: CampanaSMS, audience: Selection) -> None:
    """Store a row for everybody who is meant, and what they are expected to cost.

    Raises DomainError where nobody is chosen, and Unfillable where a field was deleted that the text needs.
    """
    mailing = mailing_of(session, campaign.usuario_id, audience, campaign.mensaje, campaign.pie)
    if mistakes := _mistakes(mailing.filling, campaign):
        raise Unfillable(mistakes)
    campaign.compartido = replace(mailing.filling.shared, year=_year_of(session, campaign)).stored_for(campaign.mensaje)
    session.flush()
    outbox.enqueue(session.connection(), campaign.id, recipients(session, mailing))
    session.refresh(campaign)
    if not campaign.total_clientes:
        raise DomainError(gettext("Nobody is chosen."))
    limits.note_expense(session, campaign)
    session.flush()


def _year_of(session: Session, campaign: CampanaSMS) -> int:
    """Return the year in which it is sent."""
    zone = zone_of(session.get(Cuenta, campaign.usuario_id))
    return day_of(campaign.programada_para or utc_now(), zone).date.year


def lacks_rows(campaign: CampanaSMS) -> bool:
    """Return whether who is meant is still to be asked."""
    return campaign.publico is not None and not campaign.total_clientes


def audience_of(campaign: CampanaSMS) -> Selection:
    """Return who is meant by a campaign that asks at its hour.

    Raises Unreadable where what says so is gone, or cannot be read any more.
    """
    pairs = [(name, value) for name, value in campaign.publico or ()]
    # Strictly: what is not known any more would else ask for nothing, and so for more people.
    return selection_of(campaign.usuario_id, Said.in_act(MultiDict(pairs), own=()))


def segment_of(session: Session, campaign: CampanaSMS) -> Segmento | None:
    """Return the segment whose clients are asked for at the campaign's hour; None where it is for others, or gone."""
    said = dict(campaign.publico or ())
    return find_segment(session, campaign.usuario_id, read_id(said.get("segmento", "")))


def is_unfillable(session: Session, campaign: CampanaSMS) -> bool:
    """Return whether the text has a placeholder that there is no more."""
    return bool(_mistakes(filling_of(session, campaign.usuario_id), campaign))


def _mistakes(filling: Filling, campaign: CampanaSMS) -> Sequence[Mistake]:
    return filling.shared.vocabulary.mistakes(campaign.mensaje)


def is_anybody(session: Session, account_id: int, audience: Selection) -> bool:
    """Return whether anybody is meant."""
    return session.scalar(selected(session, account_id, audience).limit(1)) is not None
