"""Drafts made of campaigns: the same once more, or for those alone whom it has missed."""

from __future__ import annotations

from flask_babel import gettext

from ..campaigns import missing
from ..campaigns.forms import LONGEST_NAME
from ..campaigns.services import get_campaign
from ..errors import Conflict
from ..extensions import db
from ..models import Borrador, CampanaSMS, TipoDeCampana
from . import saving
from .services import Writer, clients_of
from .typed import MOST_CLIENTS, Content


def duplicate(writer: Writer, campaign_id: int) -> Borrador:
    """Make a draft with a campaign's text, for the clients whom it was for and who are still there.

    Raises NotFound.
    """
    campaign = get_campaign(writer.account_id, campaign_id)
    name = gettext("%(name)s, copy", name=campaign.nombre)
    return saving.begin(writer, _content(campaign, name, clients_of(db.session(), campaign)))


def to_missing(writer: Writer, campaign_id: int) -> Borrador:
    """Make a draft with a campaign's text for those alone whom it has missed and can reach now.

    Raises NotFound, and Conflict where there is nobody.
    """
    campaign = get_campaign(writer.account_id, campaign_id)
    client_ids = missing.missing_of(writer.account_id, campaign_id).client_ids[:MOST_CLIENTS]
    if not client_ids:
        raise Conflict(gettext("Nobody is missing who could be reached now."))
    name = gettext("%(name)s, the missing ones", name=campaign.nombre)
    return saving.begin(writer, _content(campaign, name, client_ids), missing.first_of(campaign))


def _content(campaign: CampanaSMS, name: str, client_ids: tuple[int, ...]) -> Content:
    texts = {
        "mensaje": campaign.mensaje,
        "nombre": name[:LONGEST_NAME],
        "plantilla": str(campaign.plantilla_id or ""),
        "propio": "",
        "tipo": (campaign.tipo or TipoDeCampana.PUBLICIDAD).value,
        "motivo_servicio": campaign.motivo_servicio or "",
    }
    few = 0 < len(client_ids) <= MOST_CLIENTS
    return Content(texts, (("destino", "marcados"),), client_ids if few else ())
