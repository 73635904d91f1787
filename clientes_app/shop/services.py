"""The settings of an account: reading them, and changing them all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..extensions import unit_of_work
from ..models import Accion, Cuenta, Precio, Usuario
from ..sending import allowance
from ..sending.law import one_a_day

USUAL_DAYS = 7
"""So many days after a message what its client buys counts as bought after it, where a shop settles nothing."""


@dataclass(frozen=True)
class ShopSettings:
    """All that a shop settles for itself; None: no limit, never, or the installation's zone."""

    negocio: str = ""
    zona_horaria: str | None = None
    exige_segundo_factor: bool = False
    exige_aprobacion: bool = False
    mensajes_por_dia: int | None = None
    pesos_por_mes: Decimal | None = None
    meses_de_retencion: int | None = None
    dias_de_compra: int = USUAL_DAYS
    precios: Mapping[str, Decimal] = field(default_factory=dict)
    """Pesos an SMS part, by the two letters of the country."""


# What `ShopSettings` and `Cuenta` have in common.
_RULES = (
    "zona_horaria",
    "exige_segundo_factor",
    "exige_aprobacion",
    "mensajes_por_dia",
    "pesos_por_mes",
    "meses_de_retencion",
    "dias_de_compra",
)


def rules_of(session: Session, account_id: int) -> Cuenta:
    """Return what an account has settled; where it never changed anything, what is usual, not stored."""
    return session.get(Cuenta, account_id) or _usual(account_id)


def prices_of(session: Session, account_id: int) -> dict[str, Decimal]:
    """Return what an SMS part costs the account in pesos, by the two letters of the country."""
    return allowance.prices_of(session.connection(), account_id)


def shop_settings(session: Session, account_id: int) -> ShopSettings:
    """Return all that a shop has settled for itself."""
    rules = rules_of(session, account_id)
    name = session.get_one(Usuario, account_id).negocio
    prices = prices_of(session, account_id)
    return ShopSettings(name, **{rule: getattr(rules, rule) for rule in _RULES}, precios=prices)


def save_settings(account_id: int, wanted: ShopSettings, *, by: Actor) -> None:
    """Store what a shop settles for itself, and note in the audit what has changed."""
    with unit_of_work() as session:
        lock_account(session, account_id)
        before = shop_settings(session, account_id)
        rules = session.merge(rules_of(session, account_id))
        for rule in _RULES:
            setattr(rules, rule, getattr(wanted, rule))
        session.get_one(Usuario, account_id).negocio = wanted.negocio
        _store_prices(session, account_id, wanted.precios)
        if _counted_by(before) != _counted_by(wanted):
            allowance.count_anew(session.connection(), account_id)
        if before.zona_horaria != wanted.zona_horaria:
            session.flush()
            one_a_day.keep_over_change_of_zone(session.connection(), account_id, before.zona_horaria)
        changes = _changes(_as_plain(before), _as_plain(wanted))
        if changes:
            thing = Thing("cuenta", account_id, wanted.negocio)
            record(session, by, Accion.SETTINGS_CHANGED, thing, cambios=changes)


def lock_account(session: Session, account_id: int) -> None:
    """Let nobody else change or use up the account's limits until the transaction ends.

    Rows that refer to the account may still be added. SQLite has one writer and needs no lock.
    """
    allowance.lock_accounts(session.connection(), [account_id])


def _counted_by(settings: ShopSettings) -> tuple[object, ...]:
    """Return what decides how messages are counted: the zone, and which limits there are."""
    return settings.zona_horaria, settings.mensajes_por_dia is None, settings.pesos_por_mes is None


def _usual(account_id: int) -> Cuenta:
    return Cuenta(usuario_id=account_id, exige_segundo_factor=False, exige_aprobacion=False, dias_de_compra=USUAL_DAYS)


def _store_prices(session: Session, account_id: int, wanted: Mapping[str, Decimal]) -> None:
    for price in session.scalars(select(Precio).where(Precio.usuario_id == account_id)):
        if price.pais not in wanted:
            session.delete(price)
    for country, pesos in wanted.items():
        session.merge(Precio(usuario_id=account_id, pais=country, precio=pesos))


def _as_plain(settings: ShopSettings) -> dict[str, Any]:
    """Return settings as the audit keeps them: by name, amounts as text."""
    rules = {rule: getattr(settings, rule) for rule in ("negocio", *_RULES)}
    prices = {f"precio {country}": price for country, price in settings.precios.items()}
    return {name: _amount(value) for name, value in {**rules, **prices}.items()}


def _amount(value: Any) -> Any:
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what each changed setting was and is."""
    names = dict.fromkeys([*before, *after])
    return {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}
