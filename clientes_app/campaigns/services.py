"""Campaigns: what one would do, storing it whole before anything is sent, and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit.services import Thing, record
from ..clients.selection import Selection, Ticked
from ..errors import Conflict, DomainError, ServiceUnavailable
from ..extensions import db, unit_of_work
from ..i18n import moment, some_of
from ..messaging.totals import Totals, measure_all
from ..models import AT_REST, Accion, CampanaSMS, EstadoCampana, EstadoSMS, PlantillaSMS
from ..models.types import utc_now
from ..sending import outbox
from ..sending.bell import bell
from ..shop.services import prices_of, settings_of
from ..tenancy import get_owned, owned
from . import audience as audiences
from . import limits, listing
from .audience import Share
from .limits import Expense, Room

IDEMPOTENCY_PERIOD = timedelta(hours=24)
# Many wait at once: who has waited for long looks less often.
_SHORTEST_LOOK, _LONGEST_LOOK = 0.05, 1.0
_LOOKS_IN_PROPORTION = 0.1


@dataclass(frozen=True)
class Draft:
    """A campaign as somebody wrote it; without a name it gets one."""

    audience: Selection
    mensaje: str
    nombre: str = ""
    plantilla_id: int | None = None


@dataclass(frozen=True)
class Review:
    """What a draft would do."""

    shares: list[Share]
    totals: Totals
    expense: Expense | None
    """None for an account without prices."""
    room: Room

    @property
    def refusal(self) -> str | None:
        """Say which limit it would pass."""
        return self.room.refusal(self.sendable, self.expense.cost if self.expense else Decimal(0))

    @property
    def sendable(self) -> int:
        """Count those who will get it."""
        return sum(share.count for share in self.shares if share.state is EstadoSMS.PENDIENTE)

    @property
    def chosen(self) -> int:
        """Count everybody who was chosen."""
        return sum(share.count for share in self.shares)

    @property
    def left_out(self) -> list[Share]:
        """List those who will not get it, by reason."""
        return [share for share in self.shares if share.state is not EstadoSMS.PENDIENTE]


def review(account_id: int, draft: Draft) -> Review:
    """Tell what sending the draft would do, and change nothing."""
    session = db.session()
    names = audiences.names_to_send_to(session, account_id, draft.audience)
    return Review(
        shares=audiences.shares(session, account_id, draft.audience),
        totals=measure_all(draft.mensaje, names),
        expense=_expense(session, account_id, draft),
        room=limits.room_of(session, account_id),
    )


def waits_for_approval(account_id: int, sender_id: int) -> bool:
    """Tell whether what this person sends waits for an admin."""
    return sender_id != account_id and settings_of(account_id).exige_aprobacion


def require_twilio(missing: Sequence[str]) -> None:
    """Refuse to go on where settings are missing without which nothing can be sent.

    Raises ServiceUnavailable that names them.
    """
    if missing:
        raise ServiceUnavailable(gettext("Twilio is not set up. Missing: %(names)s.", names=", ".join(missing)))


def create_campaign(account_id: int, sender_id: int, draft: Draft, idempotency_key: str | None = None) -> CampanaSMS:
    """Store a campaign with all its rows, for the sender to find; the same key gives the same campaign for a day.

    Raises DomainError where an id is not the account's client or nobody is chosen, Conflict where it would pass one
    of the account's limits.
    """
    if isinstance(draft.audience, Ticked):
        _require_known(account_id, draft.audience.client_ids)
    try:
        with unit_of_work() as session:
            earlier = _campaign_of_key(session, account_id, idempotency_key)
            campaign = earlier or _store(session, account_id, sender_id, draft, idempotency_key)
    except IntegrityError as error:
        # Two requests with one key raced and the other one stored it; or a client was deleted at this moment.
        earlier = _campaign_of_key(db.session(), account_id, idempotency_key)
        if earlier is None:
            raise Conflict(gettext("Some of these clients have just changed. Try again.")) from error
        return earlier
    bell.ring()
    return campaign


def wait_for_end(campaign: CampanaSMS, seconds: float) -> CampanaSMS:
    """Return the campaign as it stands when it has ended or waits for an admin or a limit, or when the time is up."""
    began = time.monotonic()
    while True:
        db.session.refresh(campaign)
        waits = campaign.id in listing.waits_of([campaign])
        db.session.commit()  # each look sees the present, and no transaction stays open between two
        waited = time.monotonic() - began
        if campaign.estado in AT_REST or waits or waited >= seconds:
            return campaign
        time.sleep(min(max(waited * _LOOKS_IN_PROPORTION, _SHORTEST_LOOK), _LONGEST_LOOK))


def get_campaign(account_id: int, campaign_id: int) -> CampanaSMS:
    """Answer the account's campaign.

    Raises NotFound.
    """
    return get_owned(db.session(), CampanaSMS, account_id, campaign_id)


def _require_known(account_id: int, client_ids: Sequence[int]) -> None:
    unknown = audiences.unknown_ids(db.session(), account_id, client_ids)
    if unknown:
        raise DomainError(gettext("No client has these ids: %(ids)s.", ids=some_of(unknown)))


def _campaign_of_key(session: Session, account_id: int, key: str | None) -> CampanaSMS | None:
    """Answer the campaign that the key already gave; one older than a day sets its key free."""
    if key is None:
        return None
    campaign = session.scalar(owned(CampanaSMS, account_id).where(CampanaSMS.clave_idempotencia == key))
    if campaign is None or campaign.creado > utc_now() - IDEMPOTENCY_PERIOD:
        return campaign
    campaign.clave_idempotencia = None
    session.flush()
    return None


def _store(session: Session, account_id: int, sender_id: int, draft: Draft, key: str | None) -> CampanaSMS:
    now = utc_now()
    campaign = CampanaSMS(
        nombre=draft.nombre or gettext("Campaign of %(moment)s", moment=moment(now)),
        mensaje=draft.mensaje,
        creado=now,
        plantilla_id=_own_template(session, account_id, draft.plantilla_id),
        clave_idempotencia=key,
        enviada_por_id=sender_id,
        usuario_id=account_id,
    )
    session.add(campaign)
    session.flush()
    outbox.enqueue(session.connection(), campaign.id, audiences.recipients(session, account_id, draft.audience))
    session.refresh(campaign)
    if not campaign.total_clientes:
        raise DomainError(gettext("Nobody is chosen."))
    limits.note_expense(session, campaign)
    limits.require_room(session, account_id, campaign.pendientes, campaign.costo)
    _hand_over(campaign, now)
    if campaign.estado is not EstadoCampana.POR_APROBAR:
        sent = Thing("campana_sms", campaign.id, campaign.nombre)
        record(session, Accion.CAMPAIGN_SENT, sent, mensajes=campaign.total_clientes)
    return campaign


def _hand_over(campaign: CampanaSMS, now: datetime) -> None:
    """Give the campaign to the sender, or let it wait for an admin where that is the rule and it sends anything."""
    if campaign.pendientes and waits_for_approval(campaign.usuario_id, campaign.enviada_por_id):
        campaign.estado = EstadoCampana.POR_APROBAR
    else:
        campaign.encolada = now


def _expense(session: Session, account_id: int, draft: Draft) -> Expense | None:
    prices = prices_of(account_id)
    if not prices:
        return None
    recipients = audiences.names_and_numbers_to_send_to(session, account_id, draft.audience)
    return limits.expense_of(draft.mensaje, recipients, prices)


def _own_template(session: Session, account_id: int, template_id: int | None) -> int | None:
    if template_id is None:
        return None
    return get_owned(session, PlantillaSMS, account_id, template_id).id
