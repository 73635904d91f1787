"""Random secrets that are kept as their hashes: 256 random bits need no slow hash."""

from __future__ import annotations

import hashlib


def hash_of(secret: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
