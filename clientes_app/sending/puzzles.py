"""Puzzling answers: so many in a row stop a campaign, whichever sender got them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile

from sqlalchemy import Connection, update

from ..models import CampanaSMS
from .carrier import Fate, Outcome, Result
from .faults import TOO_MANY_REFUSED, TOO_MANY_UNKNOWN

PUZZLING_IN_A_ROW = 20
_NO_ANSWERS = (Fate.DEFERRED, Fate.STOPPED)


def too_puzzling(outcome: Outcome) -> Outcome:
    """Return the fault of a campaign whose last answer was one too many."""
    reason = TOO_MANY_REFUSED if outcome.fate is Fate.REFUSED else TOO_MANY_UNKNOWN
    return Outcome(Fate.STOPPED, code=outcome.code, reason=reason)


def count_in_a_row(connection: Connection, results: Sequence[Result]) -> Mapping[int, Outcome]:
    """Count on in campaigns whose lock the caller holds; return the faults of those that have too many by now."""
    answers: dict[int, list[Outcome]] = {}
    for result in results:
        if result.outcome.fate not in _NO_ANSWERS:
            answers.setdefault(result.message.campaign_id, []).append(result.outcome)
    return {
        campaign_id: too_puzzling(outcomes[-1])
        for campaign_id, outcomes in sorted(answers.items())
        if _count(connection, campaign_id, outcomes) >= PUZZLING_IN_A_ROW
    }


def _count(connection: Connection, campaign_id: int, outcomes: Sequence[Outcome]) -> int:
    latest = sum(1 for _ in takewhile(lambda outcome: outcome.puzzling, reversed(outcomes)))
    before = CampanaSMS.desconcertantes if latest == len(outcomes) else 0
    counted = update(CampanaSMS).where(CampanaSMS.id == campaign_id).values(desconcertantes=before + latest)
    if not latest:
        counted = counted.where(CampanaSMS.desconcertantes > 0)  # mostly there is nothing to write
    return connection.scalar(counted.returning(CampanaSMS.desconcertantes)) or 0
