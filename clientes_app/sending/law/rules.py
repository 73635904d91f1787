"""What an account has settled of the law, read for those who send and those who ask what would be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from ...database.transactions import zone_of
from ...models import Cuenta, DiaPropio, Norma, Usuario
from .hours import BOGOTA, USUAL, Hours, Opening, Window, window_at, zone_of_number

# Statements that run with every batch are built once: building one costs more than running it.
_NORM = (
    select(Cuenta.zona_horaria, Norma)
    .select_from(Usuario)
    .outerjoin(Cuenta, Cuenta.usuario_id == Usuario.id)
    .outerjoin(Norma, Norma.usuario_id == Usuario.id)
    .where(Usuario.id == bindparam("account_id"))
)
_OWN_DAYS = select(DiaPropio.dia).where(DiaPropio.usuario_id == bindparam("account_id"))


class Closer(StrEnum):
    """Whose hours close advertising at a moment."""

    LAW = "ley"
    SHOP = "tienda"
    """The law and the operators would let it out then."""


@dataclass(frozen=True)
class Rules:
    """How an account's advertising keeps the law."""

    shop_zone: tzinfo
    hours: Hours = USUAL
    is_strict: bool = False
    """Whether nobody may except a campaign, and what does not say its kind is advertising."""
    most_a_week: int | None = None
    """Advertisements that a person gets in seven days."""
    most_a_month: int | None = None
    """The same in thirty days."""

    def in_colombia(self, moment: datetime) -> Window:
        """Return how the hours stand for Colombian numbers."""
        return window_at(moment, self.hours, BOGOTA)

    def elsewhere(self, moment: datetime) -> Window:
        """Return how the hours stand for all other numbers."""
        return window_at(moment, self.hours, self.shop_zone)

    def closed_by(self, moment: datetime) -> Closer | None:
        """Return whose hours are closed at a moment, by either clock; None where both are open."""
        closed = [zone for zone in (BOGOTA, self.shop_zone) if not window_at(moment, self.hours, zone).is_open]
        if not closed:
            return None
        is_lawful = all(window_at(moment, USUAL, zone).is_open for zone in closed)
        return Closer.SHOP if is_lawful else Closer.LAW

    def day_of(self, number: str, moment: datetime) -> date:
        """Return the day of which a number's advertisement would be."""
        return moment.astimezone(zone_of_number(number, self.shop_zone)).date()


def rules_of(connection: Connection, account_id: int) -> Rules:
    """Return how an account's advertising keeps the law; what is usual where it has settled nothing."""
    found = connection.execute(_NORM, {"account_id": account_id}).mappings().one()
    zone = ZoneInfo(found["zona_horaria"]) if found["zona_horaria"] else zone_of(connection)
    own_days = frozenset(connection.scalars(_OWN_DAYS, {"account_id": account_id}))
    if found["usuario_id"] is None:
        return Rules(zone, Hours(own_days=own_days))
    hours = Hours(
        _opening(found["semana_abre"], found["semana_cierra"]),
        _opening(found["sabado_abre"], found["sabado_cierra"]),
        _opening(found["festivo_abre"], found["festivo_cierra"]),
        own_days,
    )
    return Rules(zone, hours, found["exigir"], found["tope_semana"], found["tope_mes"])


def usual_norm(account_id: int) -> Norma:
    """Return the row of an account that has settled nothing yet: it keeps the usual hours."""
    norm = Norma(usuario_id=account_id)
    for days, opening in (("semana", USUAL.weekdays), ("sabado", USUAL.saturdays), ("festivo", USUAL.holidays)):
        setattr(norm, f"{days}_abre", opening and opening.opens)
        setattr(norm, f"{days}_cierra", opening and opening.closes)
    return norm


def _opening(opens: int | None, closes: int | None) -> Opening | None:
    return None if opens is None or closes is None else Opening(opens, closes)
