"""The message that a dot stands for."""

from __future__ import annotations

from ...errors import NotFound
from ...extensions import db
from ...models import CampanaSMS, SMSLog
from ...tenancy import get_owned
from .run_lengths import MOST, in_order


def message_at(account_id: int, campaign_id: int, place: int) -> SMSLog:
    """Return the message of the dot at a place, counted from 0.

    Raises NotFound.
    """
    campaign = get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    if not place < campaign.total_clientes <= MOST:
        raise NotFound
    row_id, *_ = in_order(db.session.connection(), campaign_id)[place]
    return db.session.get_one(SMSLog, row_id)
