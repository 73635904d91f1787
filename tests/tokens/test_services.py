"""API tokens in the database: found by their hash, revoked once, their use noted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.errors import Conflict
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Accion, Alcance, Auditoria, TokenDeApi, Usuario
from clientes_app.tokens import services

from ..support.shop import Shop

pytestmark = pytest.mark.both_databases


def find(secret: str, *, sample_people: bool = True) -> TokenDeApi | None:
    return services.find_working(secret, sample_people=sample_people)


def test_a_token_is_found_by_its_secret_until_it_is_revoked(context: None, account: int) -> None:
    made, other = (services.create_token(account, name, [Alcance.READ], by=Actor(account)) for name in ("Caja", "Otra"))
    found = find(made.secret)
    assert found is not None
    assert (found.id, found.nombre) == (made.token.id, "Caja")
    assert find(made.token.clave_hash) is None
    services.revoke_token(account, made.token.id, by=NOBODY)
    assert find(made.secret) is None
    assert find(other.secret) is not None


def test_a_sample_persons_token_works_in_simulated_mode_only(context: None, account: int) -> None:
    made = services.create_token(account, "Caja", [Alcance.READ], by=Actor(account))
    with unit_of_work() as session:
        session.get_one(Usuario, account).de_muestra = True
    assert find(made.secret) is not None
    assert find(made.secret, sample_people=False) is None


def test_of_two_who_revoke_at_once_one_does(app: Flask, shop: Shop, account: int) -> None:
    with app.app_context():
        token_id = services.create_token(account, "Caja", [Alcance.READ], by=Actor(account)).token.id

    def revoke(_who: int) -> bool:
        with app.test_request_context():
            try:
                services.revoke_token(account, token_id, by=NOBODY)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(revoke, range(2))) == [False, True]
    with app.app_context():
        written = db.session.scalars(select(Auditoria.accion)).all()
    assert written.count(Accion.TOKEN_REVOKED) == 1


def test_use_is_noted_when_the_last_is_a_minute_old(context: None, account: int) -> None:
    def noted() -> TokenDeApi:
        services.note_use(services.get_token(account, made.id))
        db.session.expire_all()
        return services.get_token(account, made.id)

    made = services.create_token(account, "Caja", [Alcance.READ], by=Actor(account)).token
    first = noted().usado
    assert first is not None
    assert noted().usado == first
    earlier = first - timedelta(minutes=1)
    with unit_of_work() as session:
        session.execute(update(TokenDeApi).values(usado=earlier))
    later = noted().usado
    assert later is not None
    assert later >= first


def test_tokens_that_work_come_first(context: None, account: int) -> None:
    ids = [services.create_token(account, name, [Alcance.READ], by=Actor(account)).token.id for name in ("a", "b", "c")]
    services.revoke_token(account, ids[2], by=NOBODY)
    assert [token.id for token in services.list_tokens(account)] == [ids[1], ids[0], ids[2]]
