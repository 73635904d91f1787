"""From a draft to a campaign: what was reviewed is sent, once, and the draft is gone in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit_log import Actor
from ..campaigns import audience as audiences
from ..campaigns import services as campaigns
from ..campaigns.missing import not_reached_since
from ..campaigns.repeats import FormKey
from ..clients.search.selection import Selection, Ticked
from ..errors import Conflict, NotFound
from ..extensions import db, unit_of_work
from ..models import Borrador, CampanaSMS
from ..sending.ordering.notifier import bell
from ..shop.services import lock_account
from .services import Writer, find_draft, sent_as


def still_to_reach(session: Session, account_id: int, audience: Selection, continues_id: int | None) -> Selection:
    """Return the audience of a draft without the ticked clients who are gone, or whom the message has reached since."""
    if not isinstance(audience, Ticked):
        return audience
    unknown = set(audiences.unknown_ids(session, account_id, audience.client_ids))
    there = tuple(client_id for client_id in audience.client_ids if client_id not in unknown)
    if continues_id is None:
        return Ticked(there)
    return Ticked(not_reached_since(session, account_id, continues_id, there))


def left_out(chosen: Selection, audience: Selection) -> int:
    """Count the ticked clients whom `still_to_reach` leaves out."""
    if not (isinstance(chosen, Ticked) and isinstance(audience, Ticked)):
        return 0
    return len(chosen.client_ids) - len(audience.client_ids)


@dataclass(frozen=True)
class Reviewed:
    """What a review showed: the mark of the draft, and how many would get it."""

    mark: str
    messages: int


class MoreThanReviewed(Conflict):
    """More clients would get it by now than the review said."""

    def __init__(self) -> None:
        super().__init__(gettext("More clients would get it by now than the review said, so nothing was sent."))


def send(writer: Writer, key: UUID, seen: Reviewed, draft: campaigns.Draft, *, by: Actor) -> CampanaSMS | None:
    """Store the campaign that the draft was reviewed as; None where it is another by now, or gone.

    `draft` is what the draft of that mark holds. Raises what storing a campaign raises, Conflict where a client is
    deleted at this moment, and MoreThanReviewed; the draft stays then.
    """
    try:
        with unit_of_work() as session:
            if not _take(session, writer, key, seen.mark):
                return sent_as(session, writer.account_id, str(key))
            campaign = _store(session, writer, FormKey(str(key), writer.person_id, seen.mark), draft, by)
            if campaign.pendientes > seen.messages:
                raise MoreThanReviewed
    except IntegrityError as error:
        raise Conflict(gettext("Some of these clients have just changed. Try again.")) from error
    bell.ring()
    return campaign


def has_become(account_id: int, key: UUID) -> CampanaSMS | None:
    """Return the campaign that the draft of a key was sent as; None where it has not been sent."""
    return sent_as(db.session(), account_id, str(key))


def draft_or_campaign(writer: Writer, key: UUID) -> Borrador | CampanaSMS:
    """Return the campaign that the draft of a key was sent as, else the draft.

    Raises NotFound.
    """
    draft = find_draft(writer, key)
    # Looked for after the draft: a draft that is sent at this moment is one of the two, never neither.
    found = has_become(writer.account_id, key) or draft
    if found is None:
        raise NotFound
    return found


def _take(session: Session, writer: Writer, key: UUID, seen: str) -> bool:
    """Take the draft away from everybody else; return whether it is still the one that was seen."""
    seen_one = delete(Borrador).where(
        Borrador.usuario_id == writer.account_id, Borrador.clave == str(key), Borrador.huella == seen
    )
    own = seen_one if writer.sees_all else seen_one.where(Borrador.creado_por_id == writer.person_id)
    return session.connection().execute(own).rowcount == 1


def _store(session: Session, writer: Writer, key: FormKey, draft: campaigns.Draft, by: Actor) -> CampanaSMS:
    if draft.continua_id is not None:
        # Of two that go to the missing ones of one campaign, the second sees whom the first one reaches.
        lock_account(session, writer.account_id)
    audience = still_to_reach(session, writer.account_id, draft.audience, draft.continua_id)
    return campaigns.store_campaign(session, writer.account_id, replace(draft, audience=audience), key, by=by)
