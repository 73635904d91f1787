"""Campaigns: what one would do, storing it whole before anything is sent, and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..clients.search.selection import Selection, Ticked
from ..errors import Conflict, DomainError, ServiceUnavailable
from ..extensions import db, unit_of_work
from ..messaging.totals import Totals, measure_all
from ..models import AT_REST, Accion, CampanaSMS, EstadoCampana, EstadoSMS, PlantillaSMS, TipoDeCampana
from ..models.types import utc_now
from ..sending.faults import ALREADY_TODAY, CAPPED, MISSING_VALUE, TOO_LONG
from ..sending.law.one_a_day import left_out_at
from ..sending.ordering.notifier import bell
from ..sending.ordering.placed import placed
from ..shop.services import prices_of, rules_of
from ..shop.ways_out import foot_for, require_way_out
from ..tenancy import get_owned
from ..web.formatting import moment, some_of
from . import audience as audiences
from . import limits, listing, storing
from .audience import Share
from .law import binding
from .law.forecast import Forecast, Load, forecast, leaves_at
from .limits import Expense, Room
from .repeats import Key
from .storing import Schedule

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
    continua_id: int | None = None
    """The campaign to whose missing ones it goes, if it does."""
    schedule: Schedule | None = None
    """None: it is sent at once."""
    tipo: TipoDeCampana | None = None
    """None: nobody said."""
    motivo_servicio: str | None = None
    """Why it is no advertising, where its kind is `servicio`."""
    exceptuada: bool = False
    """Whether its author wants it sent whatever the hours and the one a day say."""

    @property
    def is_bound(self) -> bool:
        """Return whether it keeps to these."""
        return self.tipo is TipoDeCampana.PUBLICIDAD and not self.exceptuada


@dataclass(frozen=True)
class Review:
    """What a draft would do."""

    shares: list[Share]
    totals: Totals
    expense: Expense | None
    """None for an account without prices."""
    room: Room
    schedule: Schedule | None
    required: tuple[str, ...]
    """The placeholders that the text cannot do without, as they are written."""
    foot: str | None
    """What its messages end with."""
    forecast: Forecast | None
    """How the lawful hours stand to it; None: it need not keep to them."""

    @property
    def is_blocked(self) -> bool:
        """Return whether it cannot be sent as it is; limits are asked again at the hour of what is scheduled."""
        return self.schedule is None and self.refusal is not None

    @property
    def is_closed(self) -> bool:
        """Return whether the hours are closed to some of those who would get it, at the moment of sending."""
        return self.forecast is not None and self.forecast.closed_to_some

    @property
    def refusal(self) -> str | None:
        """Say which limit it would pass."""
        return self.room.refusal(self.sendable, self.expense.cost if self.expense else Decimal(0))

    @property
    def sendable(self) -> int:
        """Count those who will get it."""
        return sum(share.count for share in self.shares if share.state is EstadoSMS.PENDIENTE)

    @property
    def had_enough(self) -> int:
        """Count those who have got enough advertising by the day on which it goes out."""
        return sum(share.count for share in self.shares if share.reason in (ALREADY_TODAY, CAPPED))

    @property
    def all_too_long(self) -> bool:
        """Return whether it reaches nobody, and a shorter text would reach somebody."""
        return not self.sendable and any(share.reason == TOO_LONG for share in self.shares)

    @property
    def lacks_values(self) -> bool:
        """Return whether somebody does not get it because a value is missing."""
        return any(share.reason == MISSING_VALUE for share in self.shares)

    @property
    def chosen(self) -> int:
        """Count everybody who was chosen."""
        return sum(share.count for share in self.shares)

    @property
    def left_out(self) -> list[Share]:
        """List those who will not get it, by reason."""
        return [share for share in self.shares if share.state is not EstadoSMS.PENDIENTE]


def review(account_id: int, draft: Draft, pace: float = 0.0) -> Review:
    """Return what sending the draft would do, at so many SMS parts a second (0: any), and change nothing."""
    session = db.session()
    foot = foot_for(session, account_id, draft.tipo)
    mailing = audiences.mailing_of(session, account_id, draft.audience, draft.mensaje, foot)
    law = binding.law_of(session, account_id) if draft.is_bound else None
    moment = draft.schedule.moment if draft.schedule else utc_now()
    if law is not None:
        mailing = replace(mailing, had_enough=left_out_at(account_id, law, leaves_at(law, moment)))
    outlook = audiences.Outlook(session, mailing)
    totals = measure_all(mailing.template, outlook.sendable())
    prices = prices_of(session, account_id)
    return Review(
        shares=outlook.shares(),
        totals=totals,
        expense=limits.expense_of(totals, prices) if prices else None,
        room=limits.room_for(session, account_id, draft.schedule.moment if draft.schedule else None),
        schedule=draft.schedule,
        required=tuple(placeholder.written for placeholder in mailing.template.required),
        foot=foot,
        forecast=None if law is None else forecast(law, moment, Load(totals, outlook.sent_to), pace),
    )


def waits_for_approval(account_id: int, sender_id: int) -> bool:
    """Return whether what this person sends waits for an admin."""
    return sender_id != account_id and rules_of(db.session(), account_id).exige_aprobacion


def require_twilio(missing: Sequence[str]) -> None:
    """Refuse to go on where settings are missing without which nothing can be sent.

    Raises ServiceUnavailable that names them.
    """
    if missing:
        raise ServiceUnavailable(gettext("Twilio is not set up. Missing: %(names)s.", names=", ".join(missing)))


def create_campaign(account_id: int, draft: Draft, key: Key | None = None, *, by: Actor) -> CampanaSMS:
    """Store a campaign with all its rows, for the sender to find; the same request gives the same campaign for a day.

    Raises KeyReused where the key came with another request, DomainError where an id is not the account's client or
    nobody is chosen, Conflict where it would pass one of the account's limits, NoExceptions where it is excepted in a
    strict shop.
    """
    try:
        with unit_of_work() as session:
            campaign = _earlier(session, account_id, key) or store_campaign(session, account_id, draft, key, by=by)
    except IntegrityError as error:
        # Two requests with one key raced and the other one stored it; or a client was deleted at this moment.
        earlier = _earlier(db.session(), account_id, key)
        if earlier is None:
            raise Conflict(gettext("Some of these clients have just changed. Try again.")) from error
        return earlier
    bell.ring()
    return campaign


def store_campaign(session: Session, account_id: int, draft: Draft, key: Key | None, *, by: Actor) -> CampanaSMS:
    """Store a campaign with all its rows in a transaction that does more; the caller rings the bell after it.

    Raises what `create_campaign` does.
    """
    require_way_out(session, account_id, draft.tipo)
    campaign = _insert(session, account_id, draft, key, by)
    # Judged once the key is taken: who comes second with it waits until here, and gets the first one's campaign.
    _require_known(session, account_id, draft.audience)
    if campaign.publico is None:
        storing.store_rows(session, campaign, draft.audience)
    if campaign.programada_para is None:
        limits.require_room(session, account_id, campaign.pendientes, campaign.costo)
    else:
        storing.require_ahead(session, campaign.programada_para)
    _hand_over(campaign, campaign.creado)
    session.flush()
    placed(session.connection(), campaign.id)
    if campaign.estado is not EstadoCampana.POR_APROBAR:
        scheduled = campaign.estado is EstadoCampana.PROGRAMADO
        act = Accion.CAMPAIGN_SCHEDULED if scheduled else Accion.CAMPAIGN_SENT
        thing = Thing("campana_sms", campaign.id, campaign.nombre)
        record(session, by, act, thing, mensajes=campaign.total_clientes, **binding.audited(session, campaign))
    return campaign


def earlier_campaign(account_id: int, key: Key | None) -> CampanaSMS | None:
    """Return the campaign that the same request gave before: to be asked before anything of a request is judged.

    Raises KeyReused where the key came with another request.
    """
    return _earlier(db.session(), account_id, key)


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
    """Return the account's campaign.

    Raises NotFound.
    """
    return get_owned(db.session(), CampanaSMS, account_id, campaign_id)


def _require_known(session: Session, account_id: int, audience: Selection) -> None:
    if not isinstance(audience, Ticked):
        return
    audiences.hold(session, account_id, audience.client_ids)
    if unknown := audiences.unknown_ids(session, account_id, audience.client_ids):
        raise DomainError(gettext("No client has these ids: %(ids)s.", ids=some_of(unknown)))


def _earlier(session: Session, account_id: int, key: Key | None) -> CampanaSMS | None:
    return None if key is None else key.earlier(session, account_id)


def _insert(session: Session, account_id: int, draft: Draft, key: Key | None, by: Actor) -> CampanaSMS:
    now = utc_now()
    law = binding.law_of(session, account_id)
    if draft.exceptuada:
        binding.require_exceptable(law)
    campaign = CampanaSMS(
        nombre=draft.nombre or gettext("Campaign of %(moment)s", moment=moment(now)),
        mensaje=draft.mensaje,
        creado=now,
        plantilla_id=_own_template(session, account_id, draft.plantilla_id),
        continua_id=draft.continua_id,
        programada_para=draft.schedule and draft.schedule.moment,
        tipo=binding.kind_in(law, draft.tipo),
        motivo_servicio=draft.motivo_servicio,
        pie=foot_for(session, account_id, binding.kind_in(law, draft.tipo)),
        exceptuada_por_id=(by.person_id or account_id) if draft.exceptuada else None,
        publico=draft.schedule and draft.schedule.said and [list(pair) for pair in draft.schedule.said],
        enviada_por_id=by.person_id or account_id,  # the command line sends in the admin's name
        usuario_id=account_id,
    )
    if key is not None:
        key.take(session, campaign)
    session.add(campaign)
    session.flush()
    return campaign


def _hand_over(campaign: CampanaSMS, now: datetime) -> None:
    """Give the campaign to the sender; what sends anything may first wait for an admin, or for its hour."""
    sends = campaign.pendientes or campaign.publico is not None
    if sends and waits_for_approval(campaign.usuario_id, campaign.enviada_por_id):
        campaign.estado = EstadoCampana.POR_APROBAR
    elif sends and campaign.programada_para is not None:
        campaign.estado = EstadoCampana.PROGRAMADO
    else:
        campaign.encolada = now


def _own_template(session: Session, account_id: int, template_id: int | None) -> int | None:
    if template_id is None:
        return None
    return get_owned(session, PlantillaSMS, account_id, template_id).id
