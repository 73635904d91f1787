"""How an account's advertisements offer a way out: whether, in which words, and what they end with."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..errors import Conflict, ServiceUnavailable
from ..extensions import unit_of_work
from ..messaging.way_out import USUAL_WORDING, ending, foot_of
from ..models import Accion, Norma, TipoDeCampana, Usuario
from ..sending.law.rules import usual_norm
from ..settings import current_settings
from .services import lock_account

NEEDED = "PUBLIC_BASE_URL"
"""The setting without which there is no address to link to."""


@dataclass(frozen=True)
class WayOut:
    """What an account has settled of it."""

    con_salida: bool = True
    texto_salida: str | None = None
    """None: worded as usual."""
    exigir: bool = False
    """Whether no advertisement goes out without one."""

    @property
    def wording(self) -> str:
        """Return its words, with the place of the link."""
        return self.texto_salida or USUAL_WORDING

    def is_for(self, kind: TipoDeCampana | None) -> bool:
        """Return whether messages of a kind have one; in a strict shop, what does not say its kind is advertising."""
        is_advertising = kind is TipoDeCampana.PUBLICIDAD or (kind is None and self.exigir)
        return self.con_salida and is_advertising


def way_out_of(session: Session, account_id: int) -> WayOut:
    """Return what an account has settled; what is usual where it never changed anything."""
    norm = session.get(Norma, account_id)
    return WayOut() if norm is None else WayOut(norm.con_salida, norm.texto_salida, norm.exigir)


def foot_for(session: Session, account_id: int, kind: TipoDeCampana | None) -> str | None:
    """Return what messages of a kind end with; None where they end with nothing, or there is no address to link to."""
    settled, base_url = way_out_of(session, account_id), current_settings().callback_base_url
    if not settled.is_for(kind) or not base_url:
        return None
    return foot_of(settled.wording, base_url)


def sample_of(settled: WayOut) -> str:
    """Return how an end looks that is worded so; empty where there is none."""
    base_url = current_settings().callback_base_url
    return ending(foot_of(settled.wording, base_url)).strip() if settled.con_salida and base_url else ""


def lacks_address(session: Session, account_id: int) -> bool:
    """Return whether the account's advertisements should have a link, and there is no address to link to."""
    return way_out_of(session, account_id).con_salida and not current_settings().callback_base_url


def require_way_out(session: Session, account_id: int, kind: TipoDeCampana | None) -> None:
    """Refuse advertising that must have a way out and cannot.

    Raises ServiceUnavailable that names the missing setting.
    """
    settled = way_out_of(session, account_id)
    if settled.exigir and settled.is_for(kind) and not current_settings().callback_base_url:
        raise ServiceUnavailable(
            gettext(
                "The shop sends no advertising without a link for opting out, and there is no address for it. "
                "Missing: %(names)s.",
                names=NEEDED,
            )
        )


def save_way_out(account_id: int, wanted: WayOut, *, by: Actor) -> None:
    """Store whether advertisements offer a way out, and in which words; what has changed is noted in the audit.

    How strictly the shop keeps to the law is settled elsewhere. Raises Conflict where it does and would have none.
    """
    with unit_of_work() as session:
        lock_account(session, account_id)
        before = way_out_of(session, account_id)
        if before.exigir and not wanted.con_salida:
            raise Conflict(gettext("The shop keeps strictly to the law, so its advertisements offer a way out."))
        norm = session.get(Norma, account_id) or usual_norm(account_id)
        norm.con_salida, norm.texto_salida = wanted.con_salida, wanted.texto_salida
        session.add(norm)
        if changes := _changes(before, replace(wanted, exigir=before.exigir)):
            shop = session.get_one(Usuario, account_id).negocio
            record(session, by, Accion.SETTINGS_CHANGED, Thing("cuenta", account_id, shop), cambios=changes)


def _changes(before: WayOut, after: WayOut) -> dict[str, list[Any]]:
    was, now = asdict(before), asdict(after)
    return {name: [was[name], now[name]] for name in was if was[name] != now[name]}
