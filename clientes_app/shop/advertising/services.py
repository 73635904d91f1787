"""What an account has settled of advertising: reading it, changing it, and the days that it keeps free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...audit_log import Actor, Thing, record
from ...errors import Conflict, NotFound
from ...extensions import db, unit_of_work
from ...models import Accion, DiaPropio, Norma, Usuario
from ...sending.law.hours import Hours, Opening
from ...sending.law.rules import rules_of, usual_norm
from ..services import lock_account

MOST_OWN_DAYS = 366

_PAIRS = {"semana": "weekdays", "sabado": "saturdays", "festivo": "holidays"}
"""How the columns of a pair of hours begin, and what `Hours` calls it."""


class NoWayOut(Conflict):
    """A shop wants to keep the law always, and its advertisements offer no way out."""

    def __init__(self) -> None:
        super().__init__(gettext("First let advertisements end with a link for opting out."))


@dataclass(frozen=True)
class AdvertisingRules:
    """What an account settles here; the days that it keeps free stand apart."""

    hours: Hours
    exigir: bool = False
    tope_semana: int | None = None
    tope_mes: int | None = None


def rules_settled(session: Session, account_id: int) -> AdvertisingRules:
    """Return what an account has settled, or what is usual."""
    rules = rules_of(session.connection(), account_id)
    return AdvertisingRules(rules.hours, rules.is_strict, rules.most_a_week, rules.most_a_month)


def save_rules(account_id: int, wanted: AdvertisingRules, *, by: Actor) -> None:
    """Store what an account settles, and note in the audit what has changed.

    Raises NoWayOut where it would keep the law always, and its advertisements offer no way out.
    """
    with unit_of_work() as session:
        lock_account(session, account_id)
        before = rules_settled(session, account_id)
        norm = session.get(Norma, account_id) or usual_norm(account_id)
        if wanted.exigir and norm.con_salida is False:
            raise NoWayOut
        for days, name in _PAIRS.items():
            _set_pair(norm, days, getattr(wanted.hours, name))
        norm.exigir, norm.tope_semana, norm.tope_mes = wanted.exigir, wanted.tope_semana, wanted.tope_mes
        session.add(norm)
        was, now = _as_plain(before), _as_plain(wanted)
        _note(session, account_id, {name: [was[name], now[name]] for name in was if was[name] != now[name]}, by)


def own_days(account_id: int) -> Sequence[DiaPropio]:
    """List the days that an account keeps free, in the calendar's order."""
    return db.session.scalars(_own_days(account_id).order_by(DiaPropio.dia)).all()


def add_own_day(account_id: int, day: date, name: str, *, by: Actor) -> None:
    """Keep a day free of advertising.

    Raises Conflict where it is free already, needs nothing as none goes out on it anyway, or there are too many.
    """
    try:
        with unit_of_work() as session:
            lock_account(session, account_id)
            if (session.scalar(select(func.count()).where(DiaPropio.usuario_id == account_id)) or 0) >= MOST_OWN_DAYS:
                raise Conflict(gettext("There are %(most)d days already: take some out first.", most=MOST_OWN_DAYS))
            hours = rules_settled(session, account_id).hours
            if day not in hours.own_days and hours.on(day) is None:
                raise Conflict(gettext("No advertising goes out on this day anyway: there is nothing to add."))
            session.add(DiaPropio(usuario_id=account_id, dia=day, nombre=name))
            session.flush()
            _note(session, account_id, {day.isoformat(): [None, name or True]}, by)
    except IntegrityError as error:
        raise Conflict(gettext("This day is there already.")) from error


def remove_own_day(account_id: int, day: date, *, by: Actor) -> DiaPropio:
    """Let advertising go out on a day again; return what it was.

    Raises NotFound.
    """
    with unit_of_work() as session:
        lock_account(session, account_id)
        own_day = session.get(DiaPropio, (account_id, day))
        if own_day is None:
            raise NotFound
        session.delete(own_day)
        _note(session, account_id, {day.isoformat(): [own_day.nombre or True, None]}, by)
    return own_day


def _own_days(account_id: int) -> Select[DiaPropio]:
    return select(DiaPropio).where(DiaPropio.usuario_id == account_id)


def _set_pair(norm: Norma, days: str, opening: Opening | None) -> None:
    setattr(norm, f"{days}_abre", opening and opening.opens)
    setattr(norm, f"{days}_cierra", opening and opening.closes)


def _note(session: Session, account_id: int, changes: dict[str, list[Any]], by: Actor) -> None:
    if changes:
        thing = Thing("cuenta", account_id, session.get_one(Usuario, account_id).negocio)
        record(session, by, Accion.SETTINGS_CHANGED, thing, cambios=changes)


def _as_plain(rules: AdvertisingRules) -> dict[str, Any]:
    """Return rules as the audit keeps them: hours as 08:00–19:00, a day without any as null."""
    hours = {days: _written(getattr(rules.hours, name)) for days, name in _PAIRS.items()}
    return {**hours, "exigir": rules.exigir, "tope_semana": rules.tope_semana, "tope_mes": rules.tope_mes}


def _written(opening: Opening | None) -> str | None:
    if opening is None:
        return None
    return "–".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (opening.opens, opening.closes))
