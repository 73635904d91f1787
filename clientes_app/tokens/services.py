"""API tokens: making, listing and revoking them, and finding the one that a program sends."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext
from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from ..audit_log import Actor, Thing, record
from ..errors import Conflict
from ..extensions import db, unit_of_work
from ..models import Accion, Alcance, TokenDeApi
from ..models.types import utc_now
from ..tenancy import get_owned, owned
from ..values.hashing import hash_of

PREFIX = "cl_"
LONGEST_NAME = 60
_RANDOM_BYTES = 32
_SHOWN = 8
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class NewToken:
    """A token that was just made; its secret is in no other place and cannot be had again."""

    token: TokenDeApi
    secret: str


def list_tokens(account_id: int) -> Sequence[TokenDeApi]:
    """List the account's tokens: those that work first, then the newest first."""
    tokens = owned(TokenDeApi, account_id).options(joinedload(TokenDeApi.creado_por))
    return db.session.scalars(tokens.order_by(TokenDeApi.revocado.is_not(None), TokenDeApi.id.desc())).all()


def get_token(account_id: int, token_id: int) -> TokenDeApi:
    """Return a token.

    Raises NotFound.
    """
    return get_owned(db.session(), TokenDeApi, account_id, token_id)


def create_token(account_id: int, name: str, scopes: Sequence[Alcance], *, by: Actor) -> NewToken:
    """Make a token of 256 random bits; only its hash is stored."""
    secret = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    with unit_of_work() as session:
        token = TokenDeApi(
            nombre=name,
            clave_hash=hash_of(secret),
            inicio=secret[:_SHOWN],
            alcances=" ".join(scopes),
            creado_por_id=by.person_id,
            usuario_id=account_id,
        )
        session.add(token)
        session.flush()
        record(session, by, Accion.TOKEN_CREATED, _thing(token), alcances=token.alcances)
    return NewToken(token, secret)


def revoke_token(account_id: int, token_id: int, *, by: Actor) -> TokenDeApi:
    """Let a token work no longer.

    Raises NotFound, and Conflict where it was revoked before.
    """
    with unit_of_work() as session:
        token = get_owned(session, TokenDeApi, account_id, token_id)
        working = update(TokenDeApi).where(TokenDeApi.id == token_id, TokenDeApi.revocado.is_(None))
        revoked = session.scalar(working.values(revocado=utc_now()).returning(TokenDeApi.id))
        if revoked is None:
            raise Conflict(gettext("The token %(name)s was revoked before.", name=token.nombre))
        record(session, by, Accion.TOKEN_REVOKED, _thing(token))
    return token


def find_working(secret: str, *, sample_people: bool) -> TokenDeApi | None:
    """Return the token that has this secret, unless it is revoked or its maker may not log in."""
    # Found by its hash: how long that takes tells nothing about the secret.
    found = select(TokenDeApi).where(TokenDeApi.clave_hash == hash_of(secret), TokenDeApi.revocado.is_(None))
    token = db.session.scalar(found.options(joinedload(TokenDeApi.creado_por)))
    if token is None or not token.creado_por.activo:
        return None
    return token if sample_people or not token.creado_por.de_muestra else None


def note_use(token: TokenDeApi) -> None:
    """Remember when a token was last used, to the minute: most requests write nothing."""
    now = utc_now()
    before = now - _USE_IS_NOTED_EVERY
    if token.usado is not None and token.usado > before:
        return
    not_yet = or_(TokenDeApi.usado.is_(None), TokenDeApi.usado <= before)
    with unit_of_work() as session:
        session.execute(update(TokenDeApi).where(TokenDeApi.id == token.id, not_yet).values(usado=now))


def _thing(token: TokenDeApi) -> Thing:
    return Thing(TokenDeApi.__tablename__, token.id, token.nombre)
