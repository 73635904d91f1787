"""Names for logging in: none looks like another, and a refusal does not say who else has one."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from clientes_app.audit_log import NOBODY
from clientes_app.auth.services import create_user
from clientes_app.errors import DomainError
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Rol, Usuario
from clientes_app.people.links import make_link_for
from clientes_app.people.names import REFUSALS

from ..support.checking_client import CheckingClient, open_browser
from ..support.shop import Shop

ALIKE = ["ana", "Ana", "ANA", "ána", "ａｎａ", "an\u0323a"]
UNUSABLE = [
    "\u0430na",
    "\u0430n\u0430",
    "an\u200ba",
    "ana\u2060",
    "an\u0131ta",
    "an\u0251",
    "a\u202ena",
    "ana.",
    "a  b.",
]
INVITE = "/personas/nueva/"


def refusal(answer: str) -> str:
    """Return the sentence beside the name."""
    found = re.search(r"Este nombre no se puede usar[^<]*", answer)
    assert found, answer
    return found[0]


class TestInviting:
    """What an admin reads who invites somebody."""

    @pytest.mark.parametrize("name", [*ALIKE, *UNUSABLE])
    def test_a_name_that_looks_like_another_is_refused(self, app: Flask, admin: CheckingClient, name: str) -> None:
        refusal(admin.send(INVITE, {"usuario": name}).text)
        with app.app_context():
            assert db.session.scalars(select(Usuario.usuario)).all() == ["ana"]

    def test_a_name_of_another_shop_is_refused_as_one_that_nobody_may_have(
        self, shop: Shop, admin: CheckingClient
    ) -> None:
        shop.add_seller(shop.add_admin("otra"), "violeta")
        taken = refusal(admin.send(INVITE, {"usuario": "violeta"}).text)
        odd = refusal(admin.send(INVITE, {"usuario": "violeta!"}).text)
        assert taken == odd
        assert "violeta.tienda" in taken

    def test_what_is_offered_can_be_taken(self, app: Flask, admin: CheckingClient) -> None:
        refused = refusal(admin.send(INVITE, {"usuario": "Ána"}).text)
        offered = re.findall(r"ana\.tienda\d*", refused)
        assert offered == ["ana.tienda", "ana.tienda2"]
        assert "/cuenta/enlace/" in admin.send(INVITE, {"usuario": offered[0]}).text
        assert "ana.tienda2, ana.tienda3" in refusal(admin.send(INVITE, {"usuario": "Ána"}).text)

    def test_who_asks_again_and_again_waits(self, app: Flask, shop: Shop, admin: CheckingClient) -> None:
        for _ in range(REFUSALS.amount):
            assert admin.send(INVITE, {"usuario": "ana"}).status_code == 200
        assert admin.send(INVITE, {"usuario": "ana"}).status_code == 429
        assert admin.send(INVITE, {"usuario": "libre"}).status_code == 429
        with app.app_context():
            assert db.session.scalars(select(Usuario.usuario)).all() == ["ana"]
        shop.add_admin("otra")
        other = open_browser(app)
        other.log_in("otra")
        assert "/cuenta/enlace/" in other.send(INVITE, {"usuario": "libre"}).text

    @pytest.mark.parametrize("name", ["vera", "Vera Ruiz", "josé.díaz", "ñandú_2", "caja-3", "ana@tienda.com"])
    def test_names_that_people_have(self, app: Flask, admin: CheckingClient, name: str) -> None:
        assert "/cuenta/enlace/" in admin.send(INVITE, {"usuario": name}).text


class TestNamesOfBefore:
    """Who has a name that nobody gets any more keeps it."""

    def test_they_log_in_and_are_edited(self, app: Flask, shop: Shop, admin: CheckingClient, account: int) -> None:
        seller = shop.add_seller(account, "\u0430n\u0430")
        assert open_browser(app).log_in("\u0430n\u0430").status_code == 302
        answer = admin.send(f"/personas/{seller}/editar/", {"usuario": "\u0430n\u0430", "nombre": "Ana 2"})
        assert answer.status_code == 302

    def test_of_two_alike_each_logs_in_as_spelt(self, app: Flask, shop: Shop, account: int) -> None:
        older = shop.add_seller(account, "Vera")
        with app.app_context(), unit_of_work() as session:
            session.get_one(Usuario, older).usuario_clave = "Vera"
        shop.add_seller(account, "vera")
        for name in ("Vera", "vera"):
            browser = open_browser(app)
            assert browser.log_in(name).status_code == 302
            assert re.search(rf"\b{name}\b", browser.get("/cuenta/").text)


def test_a_name_is_the_same_however_it_is_spelt(app: Flask, account: int) -> None:
    for spelt in ALIKE:
        assert open_browser(app).log_in(spelt).status_code == 302
    assert open_browser(app).log_in("\u0430na").status_code == 200


def test_one_may_be_spelt_in_another_way_by_who_has_it(
    app: Flask, shop: Shop, admin: CheckingClient, account: int
) -> None:
    seller = shop.add_seller(account, "vero")
    assert admin.send(f"/personas/{seller}/editar/", {"usuario": "Vero"}).status_code == 302


def test_the_command_line_takes_a_name_however_it_is_spelt(context: None) -> None:
    create_user("ana", "a good password", Rol.ADMIN)
    assert create_user("vero", "a good password", Rol.VENDEDOR, "ANA").creado_por_id is not None
    assert make_link_for("Vero", by=NOBODY)


@pytest.mark.both_databases
def test_the_database_refuses_two_alike(shop: Shop, account: int) -> None:
    with pytest.raises(IntegrityError):
        shop.add_admin("Ána")


def test_the_command_line_says_what_a_name_has(context: None) -> None:
    with pytest.raises(DomainError, match="latinas"):
        create_user("\u0430na", "a good password", Rol.ADMIN)
