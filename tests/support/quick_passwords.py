"""Passwords of tests are hashed at next to no cost: nearly every test logs in, and nobody guesses there.

What the app asks of its own, `tests/auth/test_passwords.py` looks at.
"""

from __future__ import annotations

from argon2 import PasswordHasher

from clientes_app.auth import passwords

IN_EARNEST = passwords._hasher
"""What hashes and compares the app's passwords."""

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
