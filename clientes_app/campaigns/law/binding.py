"""The kinds of campaigns: what a strict shop makes of them, and what the audit keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext
from sqlalchemy.orm import Session

from ...errors import Conflict
from ...models import CampanaSMS, TipoDeCampana, Usuario
from ...models.types import utc_now
from ...sending.law.bounds import Reach, hourly_of
from ...sending.law.rules import Closer, Rules, rules_of

SHORTEST_REASON = 3
"""Letters of it."""
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
    """Return what the audit keeps of a campaign's kind: why it is no advertising, who excepted it, from whose hours."""
    said = {
        "tipo": campaign.tipo and campaign.tipo.value,
        "motivo_servicio": campaign.motivo_servicio,
        "exceptuada_por": excepted_by(session, campaign),
        "horario_de": campaign.exceptuada_por_id and lifted_by(session, campaign),
    }
    return {name: value for name, value in said.items() if value}


def opens(session: Session, campaign: CampanaSMS) -> datetime | None:
    """Return when the hours open again that are closed at this moment to a campaign; None where nothing is closed."""
    hours = hourly_of(session.connection(), campaign.usuario_id)
    if not _is_bound(law_of(session, campaign.usuario_id), campaign) or hours.reach is not Reach.NOBODY:
        return None
    return min((window.until for window in (hours.colombia, hours.elsewhere) if window.until), default=None)


def openings_of(session: Session, account_id: int, campaigns: Sequence[CampanaSMS]) -> dict[int, datetime | None]:
    """Return when those of an account's scheduled campaigns go out whose hours find advertising closed; None: never."""
    rules = law_of(session, account_id)
    hours = {campaign.id: campaign.programada_para for campaign in campaigns if _is_bound(rules, campaign)}
    return {each: _opening_after(rules, hour) for each, hour in hours.items() if hour and _is_closed(rules, hour)}


def opening_if_at(session: Session, campaign: CampanaSMS, hour: datetime) -> dict[int, datetime | None]:
    """Return the same of one campaign, were it sent at another hour."""
    rules = law_of(session, campaign.usuario_id)
    is_closed = _is_bound(rules, campaign) and _is_closed(rules, hour)
    return {campaign.id: _opening_after(rules, hour)} if is_closed else {}


def _is_closed(rules: Rules, hour: datetime) -> bool:
    return not (rules.in_colombia(hour).is_open or rules.elsewhere(hour).is_open)


def _opening_after(rules: Rules, hour: datetime) -> datetime | None:
    """Return when the hours open that are closed; None: never."""
    windows = (rules.in_colombia(hour), rules.elsewhere(hour))
    return min((window.until for window in windows if window.until), default=None)


def _is_bound(rules: Rules, campaign: CampanaSMS) -> bool:
    is_excepted = campaign.exceptuada_por_id is not None and not rules.is_strict
    return kind_in(rules, campaign.tipo) is TipoDeCampana.PUBLICIDAD and not is_excepted


def lifted_by(session: Session, campaign: CampanaSMS) -> Closer | None:
    """Return whose hours are closed when a campaign goes out that is excepted; None where none are."""
    moment = campaign.programada_para or campaign.iniciado or utc_now()
    return law_of(session, campaign.usuario_id).closed_by(moment)


def excepted_by(session: Session, campaign: CampanaSMS) -> str | None:
    """Return the name of who excepted a campaign from the hours; None where nobody did."""
    if campaign.exceptuada_por_id is None:
        return None
    return session.get_one(Usuario, campaign.exceptuada_por_id).display_name
