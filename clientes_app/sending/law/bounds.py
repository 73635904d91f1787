"""What binds the messages of a campaign at a moment: to whose numbers they may go, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from ...database import clock
from ...models import CampanaSMS, Norma, SMSLog, TipoDeCampana
from ...models.types import utc_now
from .hours import COLOMBIA, LAST_MINUTE, Window, is_colombian
from .rules import Closer, Rules, rules_of

_IS_STRICT = select(Norma.usuario_id).where(Norma.usuario_id == CampanaSMS.usuario_id, Norma.exigir)
_OF_STRICT_SHOP = _IS_STRICT.correlate(CampanaSMS).exists()

IS_ADVERTISING = or_(
    CampanaSMS.tipo == TipoDeCampana.PUBLICIDAD,
    and_(CampanaSMS.tipo.is_(None), ~CampanaSMS.es_prueba, _OF_STRICT_SHOP),
)
"""Whether a campaign is advertising; in a shop that is strict by now, also one that did not say what it is."""

IS_BOUND = and_(IS_ADVERTISING, or_(CampanaSMS.exceptuada_por_id.is_(None), _OF_STRICT_SHOP))
"""Whether a campaign keeps to the hours, and to one a day: exceptions count while the shop lets there be any."""

GOES_TO_COLOMBIA = func.substr(SMSLog.telefono_e164, 1, len(COLOMBIA)) == COLOMBIA


class Reach(Enum):
    """To whose numbers a campaign's messages may go."""

    EVERYBODY = "everybody"
    COLOMBIA = "colombia"
    ELSEWHERE = "elsewhere"
    NOBODY = "nobody"


WITHIN: dict[Reach, ColumnElement[bool]] = {Reach.COLOMBIA: GOES_TO_COLOMBIA, Reach.ELSEWHERE: not_(GOES_TO_COLOMBIA)}
"""Which of a campaign's messages are within a reach that is not everybody's."""

_REACHES = {
    (True, True): Reach.EVERYBODY,
    (True, False): Reach.COLOMBIA,
    (False, True): Reach.ELSEWHERE,
    (False, False): Reach.NOBODY,
}


class Free:
    """What binds a campaign that need not keep to the hours: nothing."""

    reach = Reach.EVERYBODY

    def not_after(self, number: str) -> datetime | None:
        """Return the moment from which a message to a number may not be handed over; None: it always may."""
        return None


FREE = Free()


@dataclass(frozen=True)
class Hourly(Free):
    """How the lawful hours stand."""

    colombia: Window
    elsewhere: Window
    behind: timedelta
    """By how much this machine's clock is behind the one by which the hours were looked at."""

    closer: Closer | None
    """Whose hours are closed."""

    @property
    def reach(self) -> Reach:  # type: ignore[override]
        """Return to whose numbers messages may go now."""
        return _REACHES[self.colombia.is_open, self.elsewhere.is_open]

    def not_after(self, number: str) -> datetime | None:
        """Return the moment, by this machine's clock, from which a message to a number may not be handed over."""
        window = self.colombia if is_colombian(number) else self.elsewhere
        return window.until and window.until - LAST_MINUTE - self.behind


def hourly(connection: Connection, rules: Rules) -> Hourly:
    """Return how an account's hours stand now."""
    here = utc_now()
    now = clock.corrected(connection, here)
    return Hourly(rules.in_colombia(now), rules.elsewhere(now), now - here, rules.closed_by(now))


def hourly_of(connection: Connection, account_id: int) -> Hourly:
    """Return how an account's hours stand now, read from the database."""
    return hourly(connection, rules_of(connection, account_id))
