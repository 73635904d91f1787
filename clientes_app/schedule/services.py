"""Changing the hour of a campaign that has not started."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext

from ..audit_log import Actor, Thing, record
from ..campaigns import storing
from ..campaigns.services import waits_for_approval
from ..errors import Conflict, Forbidden
from ..extensions import unit_of_work
from ..models import Accion, CampanaSMS, EstadoCampana
from ..sending import control
from ..shop.services import rules_of
from ..tenancy import lock_owned
from ..web.formatting import local_iso
from ..web.i18n import zone_of


class Started(Conflict):
    """A campaign waits for its hour no more."""

    def __init__(self) -> None:
        super().__init__(gettext("This campaign does not wait for its hour any more."))


def change_hour(account_id: int, campaign_id: int, moment: datetime, *, by: Actor) -> CampanaSMS:
    """Let a campaign be sent at another hour.

    Raises NotFound, Started where it has started or ended, Forbidden where it waits for an admin and is somebody
    else's, or HourPassed.
    """
    with unit_of_work() as session:
        campaign = lock_owned(session, CampanaSMS, account_id, campaign_id)
        hour_of(campaign)
        _require_own(campaign, by)
        storing.require_ahead(session, moment)
        connection = session.connection()
        if not control.reschedule(connection, campaign_id, moment):
            raise Started
        if by.person_id is not None and waits_for_approval(account_id, by.person_id):
            # What an admin said yes to was another hour.
            control.ask_for_approval(connection, campaign_id)
        zone = zone_of(rules_of(session, account_id))
        thing = Thing("campana_sms", campaign.id, campaign.nombre)
        record(session, by, Accion.CAMPAIGN_RESCHEDULED, thing, programada_para=local_iso(moment, zone))
        session.refresh(campaign)
    return campaign


def hour_of(campaign: CampanaSMS) -> datetime:
    """Return the hour for which a campaign waits, be it after an admin's yes.

    Raises Started where it does not.
    """
    waits = (EstadoCampana.PROGRAMADO, EstadoCampana.POR_APROBAR)
    if campaign.estado not in waits or campaign.programada_para is None:
        raise Started
    return campaign.programada_para


def _require_own(campaign: CampanaSMS, by: Actor) -> None:
    if campaign.estado is EstadoCampana.POR_APROBAR and by.person_id not in (
        campaign.usuario_id,
        campaign.enviada_por_id,
    ):
        raise Forbidden(gettext("Only who asked for this campaign or an administrator may change its hour."))
