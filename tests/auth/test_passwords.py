"""Passwords: which will do, and how they are kept."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from flask import Flask
from sqlalchemy import select

from clientes_app.auth import passwords
from clientes_app.errors import DomainError
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Usuario

from ..support.checking_client import CheckingClient
from ..support.quick_passwords import IN_EARNEST
from ..support.shop import PASSWORD


@pytest.mark.parametrize(
    "password",
    [
        "",
        "1234567",
        "x" * 1001,
        "password",
        "PASSWORD123",
        "12345678",
        "qwertyui",
        "marialuisa",
        "MaríaLuisa2026!",
        "maria-luisa",
    ],
)
def test_these_will_not_do(context: None, password: str) -> None:
    with pytest.raises(DomainError):
        passwords.check(password, "maria luisa")


@pytest.mark.parametrize("password", ["a good password", "ñandú veloz", "x" * 7 + "y", "8271 6600", "🐎🔋📎 grapa"])
def test_these_will(context: None, password: str) -> None:
    passwords.check(password, "maria luisa")


def test_an_accent_is_the_same_however_it_is_typed() -> None:
    kept = passwords.hash_password(unicodedata.normalize("NFD", "contraseña larga"))
    assert passwords.fits(kept, unicodedata.normalize("NFC", "contraseña larga"))


def test_guessing_costs_what_owasp_recommends_at_least() -> None:
    kept = extract_parameters(IN_EARNEST.hash(PASSWORD))
    assert (kept.type, kept.time_cost, kept.memory_cost, kept.parallelism) == (Type.ID, 2, 19 * 1024, 1)


def test_nobodys_password_fits_nothing() -> None:
    assert not passwords.fits(None, "nobody")
    assert not passwords.fits("not a hash", "nobody")


def test_a_password_that_is_kept_in_an_older_way_is_kept_anew(
    app: Flask, browser: CheckingClient, account: int
) -> None:
    def kept() -> str:
        with app.app_context():
            return str(db.session.scalars(select(Usuario.clave_hash)).one())

    older = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with app.app_context(), unit_of_work() as session:
        session.get_one(Usuario, account).clave_hash = older
    assert browser.log_in("ana", "wrong").status_code == 200
    assert kept() == older
    assert browser.log_in("ana").status_code == 302
    newer = kept()
    assert passwords.is_outdated(older)
    assert not passwords.is_outdated(newer)
    assert browser.log_in("ana").status_code == 302
    assert kept() == newer
