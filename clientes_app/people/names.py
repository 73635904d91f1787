"""Names for the people of a shop: one that cannot be used, for whatever reason, is refused with the same sentence.

Another shop may have it, and that is not this one's to know: the sentence offers names that are free, and a shop that
asks again and again is asked to wait.
"""

from __future__ import annotations

from flask_babel import gettext
from limits import RateLimitItemPerHour
from sqlalchemy import select

from ..errors import Conflict
from ..extensions import db
from ..models import Usuario
from ..values.log_in_names import is_usable, key_of, variants
from ..web import throttling

REFUSALS = RateLimitItemPerHour(20, 1, "refused names of account")
_OFFERED = 2


class NameRefused(Conflict):
    """Nobody of this shop can be called so."""


def require_usable(account_id: int, name: str) -> None:
    """Refuse a name that nobody may have, or that somebody has.

    Raises NameRefused, and throttling.TooManyTries, before it looks at anything, where the shop has asked too often.
    """
    if not throttling.left(REFUSALS, str(account_id)):
        raise throttling.TooManyTries(throttling.seconds_left(REFUSALS, str(account_id)))
    if not is_usable(name) or _taken([key_of(name)]):
        raise refused(account_id, name)


def refused(account_id: int, name: str) -> NameRefused:
    """Return the refusal of a name, which counts, with others that are free."""
    throttling.take(REFUSALS, str(account_id))
    offered = variants(name, db.session.get_one(Usuario, account_id).shop)
    taken = _taken(offered)
    free = [each for each in offered if each not in taken][:_OFFERED]
    return NameRefused(
        gettext(
            "This name cannot be used. Take Latin letters, digits and . _ - @ between them: %(names)s are free.",
            names=", ".join(free),
        )
    )


def _taken(keys: list[str]) -> set[str]:
    return set(db.session.scalars(select(Usuario.usuario_clave).where(Usuario.usuario_clave.in_(keys))))
