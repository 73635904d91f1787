"""Passkeys (WebAuthn, https://www.w3.org/TR/webauthn-3/): registering one, and checking what one signed.

Each proves by itself both that a device is there and that its owner unlocked it, so one may stand for the password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ...extensions import db
from ...models import LlaveDeAcceso, Usuario
from ...models.types import utc_now
from .challenges import LIFE, Challenge
from .relying_party import RelyingParty

# The library is imported where it is used: it takes a fifth of a second, which the start of the app need not wait for.
if TYPE_CHECKING:
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.helpers.structs import AuthenticationCredential, PublicKeyCredentialDescriptor
    from webauthn.registration.verify_registration_response import VerifiedRegistration

MOST = 20
_NAME = "Clientes"
_MILLISECONDS = int(LIFE.total_seconds() * 1000)
_MALFORMED = (ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True)
class Answer:
    """What a browser answers for a passkey, who asked it, and what it had to sign."""

    party: RelyingParty
    text: str
    challenge: Challenge


def creation_options(party: RelyingParty, person: Usuario, challenge: Challenge) -> str:
    """Answer, as JSON, what the browser needs to make a passkey for the person."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return options_to_json(
        generate_registration_options(
            rp_id=party.id,
            rp_name=_NAME,
            user_name=person.usuario,
            user_display_name=person.display_name,
            user_id=_handle(person.id),
            challenge=challenge.value,
            timeout=_MILLISECONDS,
            exclude_credentials=_descriptors(person.id),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
    )


def request_options(party: RelyingParty, challenge: Challenge, person_id: int | None = None) -> str:
    """Answer, as JSON, what the browser needs to ask for a passkey: one of the person's, or whichever it has."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json(
        generate_authentication_options(
            rp_id=party.id,
            challenge=challenge.value,
            timeout=_MILLISECONDS,
            allow_credentials=[] if person_id is None else _descriptors(person_id),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def verified_registration(answer: Answer) -> VerifiedRegistration | None:
    """Read what a browser answers that made a passkey; None where it is not what was asked for."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify_registration_response(
            credential=answer.text,
            expected_challenge=answer.challenge.value,
            expected_rp_id=answer.party.id,
            expected_origin=answer.party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, *_MALFORMED):
        return None


def add(session: Session, person_id: int, name: str, made: VerifiedRegistration) -> None:
    """Add a passkey to the transaction, which fails with IntegrityError where it is registered already."""
    session.add(
        LlaveDeAcceso(
            persona_id=person_id,
            nombre=name,
            credencial_id=made.credential_id,
            clave_publica=made.credential_public_key,
            contador=made.sign_count,
        )
    )


def of(session: Session, person_id: int) -> list[LlaveDeAcceso]:
    """List a person's passkeys, the oldest first."""
    mine = select(LlaveDeAcceso).where(LlaveDeAcceso.persona_id == person_id).order_by(LlaveDeAcceso.id)
    return list(session.scalars(mine))


def owner_who_signed(session: Session, answer: Answer) -> int | None:
    """Return the id of the person whose passkey signed the challenge; None where none did.

    The passkey is marked as used in the same statement that checks that it has not been since the challenge.
    """
    credential = _read(answer.text)
    key = credential and session.scalar(select(LlaveDeAcceso).filter_by(credencial_id=credential.raw_id))
    if not (credential and key) or credential.response.user_handle not in (None, _handle(key.persona_id)):
        return None
    signed = _verified(answer, credential, key)
    return int(key.persona_id) if signed and _mark_used(session, key, signed, answer.challenge) else None


def _read(answer: str) -> AuthenticationCredential | None:
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return parse_authentication_credential_json(answer)
    except (WebAuthnException, *_MALFORMED):
        return None


def _verified(
    answer: Answer, credential: AuthenticationCredential, key: LlaveDeAcceso
) -> VerifiedAuthentication | None:
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify_authentication_response(
            credential=credential,
            expected_challenge=answer.challenge.value,
            expected_rp_id=answer.party.id,
            expected_origin=answer.party.origin,
            credential_public_key=key.clave_publica,
            credential_current_sign_count=key.contador,
            require_user_verification=True,
        )
    except (WebAuthnException, *_MALFORMED):
        return None


def _mark_used(session: Session, key: LlaveDeAcceso, signed: VerifiedAuthentication, challenge: Challenge) -> bool:
    unused_since = or_(LlaveDeAcceso.usada.is_(None), LlaveDeAcceso.usada < challenge.issued)
    marked = (
        update(LlaveDeAcceso)
        .where(LlaveDeAcceso.id == key.id, LlaveDeAcceso.contador == key.contador, unused_since)
        .values(usada=utc_now(), contador=signed.new_sign_count)
    )
    return session.connection().execute(marked).rowcount == 1


def _handle(person_id: int) -> bytes:
    return str(person_id).encode()


def _descriptors(person_id: int) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=key.credencial_id) for key in of(db.session(), person_id)]
