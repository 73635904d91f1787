"""Secrets that the database holds encrypted, with keys made from the app's own.

The key is replaced by setting SECRET_KEY anew and keeping the old one in SECRET_KEY_FALLBACKS for a while.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

_PURPOSE = b"clientes: secrets of second factors"


def encrypt(text: str) -> str:
    """Encrypt with the newest key."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with whichever key fits.

    Raises cryptography.fernet.InvalidToken where none does.
    """
    return _keys().decrypt(token).decode()


def renew(token: str) -> str:
    """Encrypt the same text anew, with the newest key.

    Raises cryptography.fernet.InvalidToken where no key fits.
    """
    return _keys().rotate(token).decode()


def _keys() -> MultiFernet:
    config = current_app.config
    secrets = [config["SECRET_KEY"], *(config.get("SECRET_KEY_FALLBACKS") or ())]
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return urlsafe_b64encode(key)
