"""The kinds of campaigns: what a strict shop makes of them, and what the audit keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext
from sqlalchemy.orm import Session

from ...errors import Conflict
from ...models import CampanaSMS, TipoDeCampana, Usuario
from ...sending.law.bounds import Reach, hourly_of
from ...sending.law.rules import Rules, rules_of

LONGEST_REASON = 200
"""Characters of why a campaign is no advertising."""


class NoExceptions(Conflict):
    """Somebody wants to except a campaign in a shop that lets nobody."""

    def __init__(self) -> None:
        super().__init__(gettext("This shop sends no advertising outside the lawful hours, and makes no exceptions."))


def law_of(session: Session, account_id: int) -> Rules:
    """Return how an account keeps the law of advertising."""
    return rules_of(session.connection(), account_id)


def kind_in(rules: Rules, said: TipoDeCampana | None) -> TipoDeCampana | None:
    """Return a campaign's kind: in a strict shop, one that does not say its kind is advertising."""
    return said or (TipoDeCampana.PUBLICIDAD if rules.is_strict else None)


def is_closed_now(session: Session, account_id: int) -> bool:
    """Return whether an account's advertising may go out to nobody at this moment."""
    return hourly_of(session.connection(), account_id).reach is Reach.NOBODY


def require_exceptable(rules: Rules) -> None:
    """Refuse to except a campaign where the shop lets nobody.

    Raises NoExceptions.
    """
    if rules.is_strict:
        raise NoExceptions


def audited(session: Session, campaign: CampanaSMS) -> dict[str, str]:
    """Return what the audit keeps of a campaign's kind: why it is no advertising, and who excepted it."""
    said = {
        "tipo": campaign.tipo and campaign.tipo.value,
        "motivo_servicio": campaign.motivo_servicio,
        "exceptuada_por": excepted_by(session, campaign),
    }
    return {name: value for name, value in said.items() if value}


def opens(session: Session, campaign: CampanaSMS) -> datetime | None:
    """Return when the hours open again that are closed at this moment to a campaign; None where nothing is closed."""
    hours = hourly_of(session.connection(), campaign.usuario_id)
    if not _is_bound(law_of(session, campaign.usuario_id), campaign) or hours.reach is not Reach.NOBODY:
        return None
    return min((window.until for window in (hours.colombia, hours.elsewhere) if window.until), default=None)


def openings_of(session: Session, account_id: int, campaigns: Sequence[CampanaSMS]) -> dict[int, datetime]:
    """Return when those of an account's scheduled campaigns go out whose hours find advertising closed."""
    rules = law_of(session, account_id)
    found = {campaign.id: _opening_after(rules, campaign) for campaign in campaigns if _is_bound(rules, campaign)}
    return {campaign_id: opening for campaign_id, opening in found.items() if opening}


def _opening_after(rules: Rules, campaign: CampanaSMS) -> datetime | None:
    hour = campaign.programada_para
    if hour is None:
        return None
    windows = (rules.in_colombia(hour), rules.elsewhere(hour))
    if any(window.is_open for window in windows):
        return None
    return min((window.until for window in windows if window.until), default=None)


def _is_bound(rules: Rules, campaign: CampanaSMS) -> bool:
    is_excepted = campaign.exceptuada_por_id is not None and not rules.is_strict
    return kind_in(rules, campaign.tipo) is TipoDeCampana.PUBLICIDAD and not is_excepted


def excepted_by(session: Session, campaign: CampanaSMS) -> str | None:
    """Return the name of who excepted a campaign from the hours; None where nobody did."""
    if campaign.exceptuada_por_id is None:
        return None
    return session.get_one(Usuario, campaign.exceptuada_por_id).display_name
