"""People: inviting, editing, deactivating, and the one-time link."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from clientes_app.audit_log import NOBODY
from clientes_app.errors import Gone
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Auditoria, Enlace, Sesion, Totp, Usuario
from clientes_app.models.types import utc_now
from clientes_app.people import links
from clientes_app.settings import current_settings, replace_settings

from ..support.checking_client import CheckingClient, open_browser
from ..support.second_factor import turn_on_app
from ..support.shop import Shop

LINK = re.compile(r"http://localhost(/cuenta/enlace/[\w-]{43}/)")
NEW = {"usuario": "vera", "nombre": "Vera Ruiz"}


def link_in(text: str) -> str:
    """Return the path of the link that a page shows."""
    found = LINK.search(text)
    assert found, "no link is shown"
    return found.group(1)


def person(app: Flask, name: str) -> Usuario:
    with app.app_context():
        return db.session.execute(select(Usuario).filter_by(usuario=name)).scalar_one()


def id_of(app: Flask, name: str) -> int:
    return int(person(app, name).id)


def invite(admin: CheckingClient, **fields: str) -> str:
    answer = admin.send("/personas/nueva/", {**NEW, **fields})
    assert answer.status_code == 200
    return link_in(answer.text)


def acts(app: Flask) -> list[tuple[str, str]]:
    """List what the audit tells of people: the act and the person it concerns, oldest first."""
    with app.app_context():
        rows = db.session.execute(select(Auditoria.accion, Auditoria.cosa_nombre).order_by(Auditoria.id))
        return [(row.accion.name, row.cosa_nombre) for row in rows]


class TestInviting:
    """An admin invites; the link lets its person in, once."""

    def test_from_the_invitation_to_the_first_page(self, app: Flask, admin: CheckingClient) -> None:
        link = invite(admin)
        visitor = open_browser(app)
        page = visitor.get(link)
        assert page.status_code == 200
        assert "Vera Ruiz" in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        used = visitor.send(link, {"clave": "la clave de vera"})
        assert (used.status_code, used.location) == (302, "/")
        assert visitor.get("/").status_code == 200
        assert open_browser(app).log_in("vera", "la clave de vera").status_code == 302

    def test_nobody_can_log_in_as_somebody_invited(self, app: Flask, admin: CheckingClient) -> None:
        invite(admin)
        for password in ("", "nobody", "a good password"):
            assert open_browser(app).log_in("vera", password).status_code == 200

    def test_the_specification_s_rights_are_the_usual_ones(self, app: Flask, admin: CheckingClient) -> None:
        invite(admin)
        vera = person(app, "vera")
        assert (vera.may_send, vera.may_sell, vera.may_edit_clients, vera.is_admin) == (True, True, False, False)

    def test_other_rights_can_be_given(self, app: Flask, admin: CheckingClient) -> None:
        invite(admin, puede_enviar="false", puede_vender="false", puede_editar_clientes="true")
        vera = person(app, "vera")
        assert (vera.may_send, vera.may_sell, vera.may_edit_clients) == (False, False, True)

    def test_the_link_is_shown_once_and_its_secret_is_stored_nowhere(self, app: Flask, admin: CheckingClient) -> None:
        secret = invite(admin).split("/")[-2]
        assert secret not in admin.get("/personas/").text
        with app.app_context():
            link = db.session.execute(select(Enlace)).scalar_one()
            assert secret not in str(vars(link))
            assert timedelta(hours=71) < link.vence - utc_now() <= timedelta(hours=72)
            assert not [row for row in db.session.scalars(select(Auditoria)) if secret in str(vars(row))]

    @pytest.mark.parametrize("name", ["", "ana", "x" * 151])
    def test_a_name_that_will_not_do_is_said(self, app: Flask, admin: CheckingClient, name: str) -> None:
        answer = admin.send("/personas/nueva/", {**NEW, "usuario": name})
        assert answer.status_code == 200
        assert "is-invalid" in answer.text
        assert admin.swap("/personas/nueva/", {**NEW, "usuario": name}).status_code == 422
        with app.app_context():
            assert [each.usuario for each in db.session.scalars(select(Usuario))] == ["ana"]

    def test_in_the_dialog_the_list_behind_it_changes_too(self, admin: CheckingClient) -> None:
        answer = admin.swap("/personas/nueva/", NEW)
        link_in(answer.text)
        assert '<hx-partial hx-target="#people">' in answer.text

    def test_the_list_shows_everybody(self, admin: CheckingClient, seller: CheckingClient) -> None:
        invite(admin)
        listed = admin.get("/personas/").text
        for name in ("ana", "vero", "Vera Ruiz"):
            assert f"<bdi>{name}</bdi>" in listed

    def test_the_list_shows_who_came_and_who_not_yet(self, admin: CheckingClient) -> None:
        assert admin.get("/personas/").text.count("Todavía no") == 0
        invite(admin)
        assert admin.get("/personas/").text.count("Todavía no") == 1


class TestTheLink:
    """What a link does not do."""

    def test_a_used_link_says_so(self, app: Flask, admin: CheckingClient) -> None:
        link = invite(admin)
        open_browser(app).send(link, {"clave": "la primera clave"})
        late = open_browser(app)
        assert late.get(link).status_code == 410
        refused = late.send(link, {"clave": "la segunda clave"})
        assert refused.status_code == 410
        assert refused.headers["Referrer-Policy"] == "no-referrer"
        assert late.log_in("vera", "la segunda clave").status_code == 200
        assert late.log_in("vera", "la primera clave").status_code == 302

    def test_a_link_ends_after_72_hours(self, app: Flask, admin: CheckingClient) -> None:
        link = invite(admin)
        with app.app_context(), unit_of_work() as session:
            session.execute(update(Enlace).values(vence=utc_now()))
        assert open_browser(app).get(link).status_code == 410
        assert open_browser(app).send(link, {"clave": "una clave buena"}).status_code == 410

    def test_a_new_link_ends_the_one_before(self, app: Flask, admin: CheckingClient) -> None:
        first = invite(admin)
        second = link_in(admin.send(f"/personas/{id_of(app, 'vera')}/enlace/").text)
        assert open_browser(app).get(first).status_code == 410
        assert open_browser(app).get(second).status_code == 200

    def test_a_made_up_link_opens_nothing(self, browser: CheckingClient) -> None:
        assert browser.get("/cuenta/enlace/inventado/").status_code == 410

    def test_a_short_password_does_not_use_it_up(self, app: Flask, admin: CheckingClient) -> None:
        link = invite(admin)
        visitor = open_browser(app)
        refused = visitor.send(link, {"clave": "corta"})
        assert refused.status_code == 200
        assert "is-invalid" in refused.text
        assert visitor.send(link, {"clave": "bien larga"}).status_code == 302

    def test_choosing_a_password_ends_the_sessions_of_before(self, app: Flask, admin: CheckingClient) -> None:
        link = invite(admin)
        vera = id_of(app, "vera")
        with app.app_context(), unit_of_work() as session:
            session.add(Sesion(clave_hash="x", persona_id=vera))
        open_browser(app).send(link, {"clave": "una clave buena"})
        with app.app_context():
            assert "x" not in db.session.scalars(select(Sesion.clave_hash)).all()

    def test_it_does_not_get_around_a_second_factor(self, app: Flask, admin: CheckingClient, shop: Shop) -> None:
        link = invite(admin)
        with app.app_context(), unit_of_work() as session:
            session.add(Totp(persona_id=id_of(app, "vera"), secreto="x", confirmado=utc_now()))
        visitor = open_browser(app)
        assert visitor.send(link, {"clave": "una clave buena"}).location == "/cuenta/segundo-paso/"
        assert visitor.get("/").status_code == 302


@pytest.mark.both_databases
def test_of_two_who_use_one_link_at_the_same_time_one_wins(app: Flask, admin: CheckingClient) -> None:
    secret = invite(admin).split("/")[-2]
    start, won, lost = Barrier(2), [], []

    def use(password: str) -> None:
        with app.test_request_context():
            start.wait(10)
            try:
                links.use_link(secret, password, by=NOBODY)
                won.append(password)
            except Gone:
                lost.append(password)
            finally:
                db.session.remove()

    racing = [Thread(target=use, args=(f"una clave {place}",)) for place in range(2)]
    for each in racing:
        each.start()
    for each in racing:
        each.join(30)
    assert (len(won), len(lost)) == (1, 1)
    assert open_browser(app).log_in("vera", lost[0]).status_code == 200
    assert open_browser(app).log_in("vera", won[0]).status_code == 302


class TestEditing:
    """Names and rights of those who are there."""

    def test_rights_change_at_once(self, app: Flask, admin: CheckingClient, seller: CheckingClient) -> None:
        assert seller.get("/clientes/campanas/nueva/", follow_redirects=True).status_code == 200
        fields = {"usuario": "vero", "nombre": "Verónica", "puede_enviar": "false"}
        saved = admin.send(f"/personas/{id_of(app, 'vero')}/editar/", fields)
        assert (saved.status_code, saved.location) == (302, "/personas/")
        assert seller.get("/clientes/campanas/nueva/").status_code == 403
        assert "Verónica" in admin.get("/personas/").text

    def test_what_a_request_leaves_out_stays(self, app: Flask, admin: CheckingClient, seller: CheckingClient) -> None:
        admin.send(f"/personas/{id_of(app, 'vero')}/editar/", {"puede_vender": "false"})
        vero = person(app, "vero")
        assert (vero.may_send, vero.may_sell, vero.may_edit_clients) == (True, False, False)

    def test_a_name_that_is_taken_is_said(self, app: Flask, admin: CheckingClient, seller: CheckingClient) -> None:
        url = f"/personas/{id_of(app, 'vero')}/editar/"
        assert "is-invalid" in admin.send(url, {"usuario": "ana"}).text
        assert admin.swap(url, {"usuario": "ana"}).status_code == 422
        assert id_of(app, "vero")

    def test_in_the_dialog_the_list_behind_it_changes(
        self, app: Flask, admin: CheckingClient, seller: CheckingClient
    ) -> None:
        answer = admin.swap(f"/personas/{id_of(app, 'vero')}/editar/", {"usuario": "veronica"})
        assert '<hx-partial hx-target="#people">' in answer.text
        assert "veronica" in answer.text


class TestDeactivating:
    """Who is deactivated is out at once."""

    def test_the_present_session_ends(self, app: Flask, admin: CheckingClient, seller: CheckingClient) -> None:
        assert seller.get("/").status_code == 200
        assert admin.send(f"/personas/{id_of(app, 'vero')}/desactivar/").status_code == 302
        assert seller.get("/").location.startswith("/cuenta/entrar/")
        assert open_browser(app).log_in("vero").status_code == 200

    def test_sessions_and_links_are_gone(self, app: Flask, admin: CheckingClient) -> None:
        link = invite(admin)
        vera = id_of(app, "vera")
        with app.app_context(), unit_of_work() as session:
            session.add(Sesion(clave_hash="x", persona_id=vera))
        admin.send(f"/personas/{vera}/desactivar/")
        assert open_browser(app).get(link).status_code == 410
        with app.app_context():
            assert not db.session.scalars(select(Sesion).filter_by(persona_id=vera)).all()

    def test_activated_again_the_password_holds(
        self, app: Flask, admin: CheckingClient, seller: CheckingClient
    ) -> None:
        vero = id_of(app, "vero")
        admin.send(f"/personas/{vero}/desactivar/")
        admin.send(f"/personas/{vero}/activar/")
        assert open_browser(app).log_in("vero").status_code == 302

    def test_who_is_deactivated_gets_no_link(self, app: Flask, admin: CheckingClient, seller: CheckingClient) -> None:
        vero = id_of(app, "vero")
        admin.send(f"/personas/{vero}/desactivar/")
        assert admin.send(f"/personas/{vero}/enlace/").status_code in (302, 409)
        with app.app_context():
            assert not db.session.scalars(select(Enlace)).all()

    @pytest.mark.parametrize("act", ["desactivar", "editar", "enlace", "activar", "segundo-paso"])
    def test_nobody_does_it_to_themself(self, app: Flask, admin: CheckingClient, account: int, act: str) -> None:
        assert admin.send(f"/personas/{account}/{act}/", {"usuario": "otra"}).status_code == 409
        assert person(app, "ana").activo

    def test_nor_to_another_account_s_people(
        self, app: Flask, shop: Shop, admin: CheckingClient, seller: CheckingClient
    ) -> None:
        other = shop.add_admin("otra")
        theirs = shop.add_seller(other, "violeta")
        for act in ("editar", "desactivar", "activar", "enlace", "segundo-paso"):
            for pk in (other, theirs, 10**30):
                assert admin.send(f"/personas/{pk}/{act}/", NEW).status_code == 404
        assert person(app, "violeta").activo
        assert "violeta" not in admin.get("/personas/").text


def test_the_audit_tells_of_people(app: Flask, admin: CheckingClient) -> None:
    link = invite(admin)
    vera = id_of(app, "vera")
    open_browser(app).send(link, {"clave": "una clave buena"})
    admin.send(f"/personas/{vera}/editar/", {"puede_vender": "false"})
    admin.send(f"/personas/{vera}/editar/", {"puede_vender": "false"})
    admin.send(f"/personas/{vera}/enlace/")
    admin.send(f"/personas/{vera}/desactivar/")
    admin.send(f"/personas/{vera}/activar/")
    told = [act for act in acts(app) if act[0] not in ("LOGGED_IN", "LOG_IN_FAILED")]
    assert told == [
        ("PERSON_CREATED", "vera"),
        ("LINK_MADE", "vera"),
        ("PASSWORD_CHANGED", ""),
        ("PERSON_EDITED", "vera"),
        ("LINK_MADE", "vera"),
        ("PERSON_DEACTIVATED", "vera"),
        ("PERSON_ACTIVATED", "vera"),
    ]


class TestTheLostPhone:
    """An admin takes the second step from who lost it; the password alone lets them in again."""

    def test_the_password_is_enough_again(self, app: Flask, admin: CheckingClient, seller: CheckingClient) -> None:
        vero = id_of(app, "vero")
        address = f"/personas/{vero}/segundo-paso/"
        assert address not in admin.get("/personas/").text, "there is nothing to take away"
        turn_on_app(app, vero)
        assert open_browser(app).log_in("vero").location != "/"
        assert address in admin.get("/personas/").text
        assert admin.get(address).status_code == 200
        assert "vero" in admin.swap(address).text
        assert open_browser(app).log_in("vero").location == "/"
        assert ("SECOND_FACTOR_OFF", "vero") in acts(app)


class TestTheCommandLine:
    """`users link`."""

    def run(self, app: Flask, name: str) -> Any:
        return app.test_cli_runner().invoke(args=["users", "link", name])

    def test_it_prints_a_link_that_works(self, app: Flask, account: int) -> None:
        printed = self.run(app, "ana").output.strip()
        assert printed.startswith("http://127.0.0.1:8000/cuenta/enlace/")
        path = printed.removeprefix("http://127.0.0.1:8000")
        visitor = open_browser(app)
        assert visitor.send(path, {"clave": "una clave nueva"}).status_code == 302
        assert visitor.get("/personas/").status_code == 200
        assert acts(app)[0] == ("LINK_MADE", "ana")
        with app.app_context():
            made = db.session.scalars(select(Auditoria).order_by(Auditoria.id)).first()
            assert made is not None
            assert (made.usuario_id, made.persona) == (account, "")

    def test_it_knows_where_the_site_is(self, app: Flask, account: int) -> None:
        with app.app_context():
            replace_settings(app, dataclasses.replace(current_settings(), public_base_url="https://tienda.example"))
        assert self.run(app, "ana").output.startswith("https://tienda.example/cuenta/enlace/")

    def test_it_says_who_is_not_there(self, app: Flask) -> None:
        refused = self.run(app, "nadie")
        assert refused.exit_code == 1
        assert "Error: " in refused.output
