"""Home: what is going on in an account, and what a new one does first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..campaigns import listing as campaigns
from ..campaigns.law import binding
from ..campaigns.progress import Progress
from ..clients.dead_numbers import services as dead_numbers
from ..clients.search import listing
from ..clients.search.criteria import Search, YesNo
from ..extensions import db
from ..models import AT_REST, CampanaSMS, EstadoCampana, PlantillaSMS, Usuario
from ..schedule import planned
from ..sending.waiting import Wait
from ..tenancy import owned

LATEST_CAMPAIGNS = 5
_TO_COME = (EstadoCampana.PROGRAMADO,)
UNREACHABLE = Search(reachable=YesNo.NO)
"""Active clients whom no campaign can reach: those that are counted are those that the link opens."""


@dataclass(frozen=True)
class FirstSteps:
    """Which steps to the first campaign are done; sending it, the last one, is not."""

    clients: bool
    template: bool


@dataclass(frozen=True)
class Overview:
    """An account at one moment."""

    waiting: list[tuple[CampanaSMS, Usuario]]
    """What waits for an admin, and who asked for it."""
    held: Sequence[CampanaSMS]
    """What could not be kept at its hour."""
    to_come: Sequence[CampanaSMS]
    """What goes out next at its hour."""
    openings: Mapping[int, datetime | None]
    """When those of them go out whose hours find advertising closed, by their ids."""
    running: list[tuple[CampanaSMS, Progress]]
    latest: Sequence[CampanaSMS]
    waits: Mapping[int, Wait]
    """Which of the latest wait for a limit, by their ids."""
    unreachable: listing.Count
    """How many are `UNREACHABLE`."""
    dead_numbers: int
    """How many clients have a number that does not work, up to `MOST_COUNTED`."""
    first_steps: FirstSteps | None
    """None for an account that has a campaign."""

    @property
    def unreachable_search(self) -> Search:
        """Return the search that finds those whom none can reach."""
        return UNREACHABLE

    @property
    def many_dead(self) -> bool:
        """Return whether there may be more of them than were counted."""
        return self.dead_numbers >= dead_numbers.MOST_COUNTED

    @property
    def changing(self) -> bool:
        """Return whether a campaign among the latest goes on, or will at its hour, or once an admin says so."""
        moving = (campaign.estado not in AT_REST or campaign.estado in _TO_COME for campaign in self.latest)
        return bool(self.waiting) or any(moving)


def overview(account_id: int) -> Overview:
    """Return what runs, what the last campaigns came to, whom none can reach, and what to do first."""
    latest, to_come = _latest_campaigns(account_id), planned.next_of(account_id)
    return Overview(
        waiting=campaigns.waiting(account_id),
        held=campaigns.held(account_id),
        to_come=to_come,
        openings=binding.openings_of(db.session(), account_id, to_come),
        running=campaigns.running(account_id),
        latest=latest,
        waits=campaigns.waits_of(latest),
        unreachable=listing.count(account_id, UNREACHABLE),
        dead_numbers=dead_numbers.count(account_id),
        first_steps=None if latest else _first_steps(account_id),
    )


def _latest_campaigns(account_id: int) -> Sequence[CampanaSMS]:
    newest = owned(CampanaSMS, account_id).order_by(CampanaSMS.id.desc())
    return db.session.scalars(newest.limit(LATEST_CAMPAIGNS)).all()


def _first_steps(account_id: int) -> FirstSteps:
    template = db.session.scalar(owned(PlantillaSMS, account_id).limit(1))
    return FirstSteps(clients=listing.has_clients(account_id), template=template is not None)
