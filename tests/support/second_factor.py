"""Second factors of people in tests: an app on a phone, and a passkey on a device."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from clientes_app.auth.second_factor.encryption import encrypt
from clientes_app.extensions import unit_of_work
from clientes_app.models import Totp
from clientes_app.models.types import utc_now

_PRESENT, _UNLOCKED, _NEW = 0x01, 0x04, 0x40


def turn_on_app(app: Flask, person_id: int) -> pyotp.TOTP:
    """Give a person an app that has shown no code yet."""
    phone = pyotp.TOTP(pyotp.random_base32())
    with app.app_context(), unit_of_work() as session:
        session.add(Totp(persona_id=person_id, secreto=encrypt(phone.secret), confirmado=utc_now()))
    return phone


def wrong_code(phone: pyotp.TOTP) -> str:
    """Return six digits that are none of the codes around now."""
    around = {phone.at(int(utc_now().timestamp()), counter_offset=offset) for offset in range(-3, 4)}
    return next(code for code in map("{:06d}".format, range(10)) if code not in around)


@dataclass
class Device:
    """A device with one passkey, which signs what a browser at `origin` asks it to."""

    origin: str = "http://localhost"
    unlocked: bool = True
    counter: int = 0
    credential_id: bytes = b"a passkey of sixteen"
    handle: str = ""
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """Return what `navigator.credentials.create()` would."""
        self.handle = options["user"]["id"]
        data = self._data(options["rp"]["id"], _NEW) + bytes(16) + len(self.credential_id).to_bytes(2, "big")
        data += self.credential_id + self._public_key()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def sign(self, options: dict[str, Any]) -> str:
        """Return what `navigator.credentials.get()` would."""
        data, client = self._data(options["rpId"]), self._client_data("webauthn.get", options["challenge"])
        signature = self._key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        handle = base64url_to_bytes(self.handle)
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=handle)

    def _data(self, party: str, flags: int = 0) -> bytes:
        flags |= _PRESENT | (_UNLOCKED if self.unlocked else 0)
        return sha256(party.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _public_key(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})  # COSE: EC2, ES256, P-256

    def _answer(self, **parts: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        response = {part: bytes_to_base64url(value) for part, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
