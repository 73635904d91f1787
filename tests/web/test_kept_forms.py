"""What was typed into any form outlives the session: it is shown again once its person is back, and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from clientes_app.extensions import db, unit_of_work
from clientes_app.models import FormularioGuardado, Sesion
from clientes_app.models.types import utc_now
from clientes_app.web import kept_forms

from ..support.checking_client import CheckingClient, hidden_fields
from ..support.outages import out_of_reach
from ..support.shop import PASSWORD, Shop

NEW = "/clientes/nuevo/"
TYPED = {"nombre": "Rosa Páez", "telefono": "300 123", "documento": "77", "activo": "false"}


def end_sessions(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(delete(Sesion))


def press(client: CheckingClient, page: str, action: str, **fields: str) -> str:
    """Open a page, let the session end, and press the button; answer where that leads."""
    token = hidden_fields(client.get(page).text)["csrf_token"]
    end_sessions(client.application)
    answer = client.post(action, data={**fields, "csrf_token": token}, headers={"Referer": f"http://localhost{page}"})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def come_back(client: CheckingClient, log_in: str, name: str = "ana") -> str:
    """Log in, and answer the page that this leads to."""
    entered = client.send(log_in, {"usuario": name, "clave": PASSWORD})
    assert entered.status_code == 302, entered.text
    return client.get(str(entered.location)).text


def stored(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(FormularioGuardado)) or 0)


@pytest.mark.both_databases
def test_the_form_of_a_new_client_is_filled_again_and_reloads(admin: CheckingClient) -> None:
    log_in = press(admin, NEW, NEW, **TYPED)
    assert "Lo que escribiste vuelve cuando entres." in admin.get(log_in).text
    page = come_back(admin, log_in)
    for _ in range(2):
        for value in ("Rosa Páez", "300 123", "77"):
            assert f'value="{value}"' in page
        assert "Aquí está lo que habías escrito." in page
        assert 'value="true" checked' not in page
        page = admin.get(f"{NEW}?retomar=1").text
    assert "Rosa" not in admin.get(NEW).text, "who begins anew begins anew"
    assert admin.send(NEW, TYPED).status_code == 302


OTHERS = {
    "/clientes/editar/1/": ("/clientes/editar/1/", {"nombre": "Otra", "antes-nombre": "Laura"}, 'value="Otra"'),
    "/clientes/plantillas/crear/": (
        "/clientes/plantillas/crear/",
        {"nombre": "P", "mensaje": "Ven"},
        ">Ven</textarea>",
    ),
    "/clientes/1/": ("/clientes/1/ventas/", {"total": "59.900", "concepto": "Pan"}, 'value="59.900"'),
    "/clientes/bajas/nueva/": ("/clientes/bajas/nueva/", {"telefono": "3009"}, 'value="3009"'),
    "/personas/nueva/": ("/personas/nueva/", {"usuario": "vero"}, 'value="vero"'),
}
"""Pages with forms: where each is sent, with what, and how the page shows that again."""


@pytest.mark.parametrize("page", OTHERS)
def test_so_is_any_other(admin: CheckingClient, shop: Shop, account: int, page: str) -> None:
    shop.add_client(account)
    action, fields, shown = OTHERS[page]
    assert shown in come_back(admin, press(admin, page, action, **fields))


def press_without_cookies(client: CheckingClient) -> str:
    """Open a page, lose the browser's cookies, and press the button; answer where that leads."""
    token = hidden_fields(client.get(NEW).text)["csrf_token"]
    for name in ("sessionid", "csrftoken"):
        client.delete_cookie(name)
    answer = client.post(NEW, data={**TYPED, "csrf_token": token}, headers={"Referer": f"http://localhost{NEW}"})
    return str(answer.location)


def test_also_where_the_browser_has_lost_all_its_cookies(admin: CheckingClient) -> None:
    assert 'value="Rosa Páez"' in come_back(admin, press_without_cookies(admin))


def test_but_not_to_another_person_who_logs_in_then(admin: CheckingClient, shop: Shop) -> None:
    shop.add_admin("otra")
    assert "Rosa" not in come_back(admin, press_without_cookies(admin), "otra")


def test_nor_to_one_who_had_logged_in_before_it_was_sent(admin: CheckingClient, shop: Shop) -> None:
    shop.add_admin("otra")
    token = hidden_fields(admin.get(NEW).text)["csrf_token"]
    admin.send("/cuenta/salir/")
    admin.log_in("otra")
    refused = admin.post(NEW, data={**TYPED, "csrf_token": token}, headers={"Referer": f"http://localhost{NEW}"})
    assert "Lo que escribiste se conserva" not in refused.text
    assert "Rosa" not in admin.get(f"{NEW}?retomar=1").text


def test_what_nobodys_page_has_sent_is_not_kept(app: Flask, browser: CheckingClient, account: int) -> None:
    token = hidden_fields(browser.get("/cuenta/entrar/").text)["csrf_token"]
    browser.post(NEW, data={**TYPED, "csrf_token": token}, headers={"Referer": f"http://localhost{NEW}"})
    assert stored(app) == 0


def test_another_person_at_the_same_browser_does_not_see_it(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_seller(account, "vero", puede_editar_clientes=True)
    page = come_back(admin, press(admin, NEW, NEW, **TYPED), "vero")
    assert "Rosa" not in page
    assert "Aquí está lo que habías escrito." not in page


def test_nor_after_a_log_out_in_another_tab(admin: CheckingClient, shop: Shop) -> None:
    shop.add_admin("otra")
    token = hidden_fields(admin.get(NEW).text)["csrf_token"]
    assert admin.send("/cuenta/salir/").status_code == 302
    sent = admin.post(NEW, data={**TYPED, "csrf_token": token}, headers={"Referer": f"http://localhost{NEW}"})
    assert "Rosa" not in come_back(admin, str(sent.location), "otra")


def test_another_browser_of_the_same_person_does_not_either(app: Flask, admin: CheckingClient) -> None:
    press(admin, NEW, NEW, **TYPED)
    other = app.test_client()
    assert isinstance(other, CheckingClient)
    other.log_in("ana")
    assert "Rosa" not in other.get(f"{NEW}?retomar=1").text


def test_the_database_cannot_read_it(app: Flask, admin: CheckingClient) -> None:
    press(admin, NEW, NEW, **TYPED)
    with app.app_context():
        kept = db.session.scalars(select(FormularioGuardado)).one()
    assert "Rosa" not in kept.contenido
    assert kept.persona_id == 1


def test_passwords_are_not_kept(app: Flask, admin: CheckingClient) -> None:
    press(admin, "/cuenta/yo/", "/cuenta/yo/clave/", clave_actual=PASSWORD, clave_nueva="another good one")
    assert stored(app) == 0


def test_nor_is_what_no_page_of_ours_has_sent(app: Flask, admin: CheckingClient) -> None:
    token = hidden_fields(admin.get(NEW).text)["csrf_token"]
    end_sessions(app)
    here = {"Referer": f"http://localhost{NEW}"}
    admin.post(NEW, data=TYPED, headers=here)
    admin.post(NEW, data={**TYPED, "csrf_token": "made up"}, headers=here)
    admin.post(NEW, data={**TYPED, "csrf_token": token}, headers={"Referer": "http://evil.example/clientes/nuevo/"})
    admin.post(NEW, data={**TYPED, "csrf_token": token})
    admin.post(NEW, data={"nombre": "x" * kept_forms.LARGEST, "csrf_token": token}, headers=here)
    assert stored(app) == 1, "the last is cut as any field is"


def test_few_of_a_person_are_kept_and_not_for_long(app: Flask, admin: CheckingClient) -> None:
    for _ in range(kept_forms.MOST_OF_A_PERSON + 2):
        admin.log_in("ana")
        log_in = press(admin, NEW, NEW, **TYPED)
    assert stored(app) == kept_forms.MOST_OF_A_PERSON
    with app.app_context(), unit_of_work() as session:
        session.execute(update(FormularioGuardado).values(creado=utc_now() - kept_forms.LIFE - timedelta(minutes=1)))
    assert "Rosa" not in come_back(admin, log_in)
    with app.app_context():
        kept_forms.sweep(db.engine)
    assert stored(app) == 0


def test_a_page_from_before_a_log_in_in_another_tab_leads_back_to_what_was_typed(admin: CheckingClient) -> None:
    token = hidden_fields(admin.get(NEW).text)["csrf_token"]
    admin.send("/cuenta/salir/")
    admin.log_in("ana")
    refused = admin.post(NEW, data={**TYPED, "csrf_token": token}, headers={"Referer": f"http://localhost{NEW}"})
    assert refused.status_code == 400
    assert f'href="{NEW}?retomar=1"' in refused.text
    assert 'value="Rosa Páez"' in admin.get(f"{NEW}?retomar=1").text


def test_what_is_refused_for_a_moment_can_be_sent_again_as_it_was(app: Flask, admin: CheckingClient) -> None:
    token = hidden_fields(admin.get(NEW).text)["csrf_token"]
    fields = {**TYPED, "csrf_token": token}
    with out_of_reach(app):
        refused = admin.post(NEW, data=fields)
    assert refused.status_code == 503
    assert f'action="{NEW}" method="post"' in refused.text
    again = hidden_fields(refused.text)
    assert {name: again[name] for name in fields} == fields
    assert admin.post(NEW, data=again).status_code == 302


def test_a_password_is_in_no_page_for_sending_again(app: Flask, browser: CheckingClient, account: int) -> None:
    token = hidden_fields(browser.get("/cuenta/entrar/").text)["csrf_token"]
    with out_of_reach(app):
        refused = browser.post("/cuenta/entrar/", data={"usuario": "ana", "clave": PASSWORD, "csrf_token": token})
    assert refused.status_code == 503
    assert PASSWORD not in refused.text
