"""The settings of advertising: hours, own days, how strictly, how often."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.extensions import db
from clientes_app.models import Auditoria, DiaPropio, Norma
from clientes_app.sending.law.hours import USUAL, Hours, Opening
from clientes_app.sending.law.rules import Rules, rules_of

from ..support.checking_client import CheckingClient
from ..support.clock import Clock
from ..support.shop import Shop

PAGE = "/ajustes/publicidad/"
SPANISH = {"Accept-Language": "es"}


@pytest.fixture(autouse=True)
def friday(clock: Clock, shop: Shop, account: int) -> None:
    """Noon of a Friday, in a shop that keeps the usual hours."""
    clock.set(2026, 11, 27, 12)
    shop.settle_law(account)


def rules(app: Flask, account: int) -> Rules:
    with app.app_context():
        return rules_of(db.session.connection(), account)


def audited(app: Flask) -> list[Any]:
    with app.app_context():
        acts = select(Auditoria.detalle).where(Auditoria.accion == "ajustes_cambiados").order_by(Auditoria.id)
        return [detail["cambios"] for detail in db.session.scalars(acts)]


def text(browser: CheckingClient) -> str:
    shown = browser.get(PAGE, headers=SPANISH).text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


@pytest.mark.both_databases
def test_hours_caps_and_strictness_are_stored_and_audited(admin: CheckingClient, app: Flask, account: int) -> None:
    hours = {"semana_abre": "09:00", "semana_cierra": "18:30", "sabado_cerrado": "true"}
    assert admin.send(PAGE, {**hours, "exigir": "true", "tope_semana": "2", "tope_mes": "5"}).location == PAGE
    settled = rules(app, account)
    assert settled.hours == Hours(Opening(540, 1110), None, None)
    assert (settled.is_strict, settled.most_a_week, settled.most_a_month) == (True, 2, 5)
    assert audited(app) == [
        {
            "semana": ["08:00–19:00", "09:00–18:30"],
            "sabado": ["08:00–15:00", None],
            "exigir": [False, True],
            "tope_semana": [None, 2],
            "tope_mes": [None, 5],
        }
    ]
    admin.send(PAGE, {})
    assert (rules(app, account), len(audited(app))) == (settled, 1)


def test_a_shop_that_never_settled_anything_has_the_usual_hours(
    admin: CheckingClient, app: Flask, account: int
) -> None:
    with app.app_context():
        db.session.delete(db.session.get_one(Norma, account))
        db.session.commit()
    page = admin.get(PAGE).text
    assert re.search(r'name="semana_abre"[^>]* value="08:00"', page)
    admin.send(PAGE, {"tope_mes": "4"})
    assert (rules(app, account).hours, rules(app, account).most_a_month) == (USUAL, 4)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"semana_abre": ""}, "Elige una hora"),
        ({"semana_cierra": "25:00"}, "Elige una hora"),
        ({"semana_abre": "mañana"}, "Elige una hora"),
        ({"semana_abre": "19:00"}, "Debe ser al menos un cuarto de hora después del comienzo."),
        ({"sabado_abre": "16:00"}, "Debe ser al menos un cuarto de hora después del comienzo."),
        ({"festivo_cerrado": "false"}, "Elige una hora"),
        ({"tope_semana": "0"}, "desde 1"),
        ({"tope_mes": "101"}, "100"),
        ({"tope_mes": "muchas"}, "desde 1"),
        ({"exigir": "true", "sabado_cierra": "16:00"}, "no tiene un horario más amplio"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_it_and_stays_typed(
    admin: CheckingClient, app: Flask, account: int, typed: dict[str, str], said: str
) -> None:
    before = rules(app, account)
    shown = admin.send(PAGE, {**typed, "tope_semana": typed.get("tope_semana", "7")}, Accept_Language="es")
    assert shown.status_code == 200
    assert said in unescape(shown.text)
    assert 'aria-invalid="true"' in shown.text
    assert all(f'value="{value}"' in unescape(shown.text) for value in typed.values() if value)
    assert (rules(app, account), audited(app)) == (before, [])


def test_hours_that_are_wider_than_the_laws_are_warned_about_before_and_after(
    admin: CheckingClient, app: Flask, account: int
) -> None:
    assert "Más amplio" not in text(admin)
    wide = {"semana_abre": "07:00", "sabado_cierra": "16:00", "festivo_cerrado": "false"}
    wide |= {"festivo_abre": "09:00", "festivo_cierra": "00:00"}
    looked = admin.swap(PAGE, {**wide, "mirar": "1"})
    assert re.findall(r'id="(\w+)-warning"', looked.text) == ["sabado", "festivo"]
    assert rules(app, account).hours == USUAL
    admin.send(PAGE, wide)
    assert rules(app, account).hours == Hours(Opening(420, 1140), Opening(480, 960), Opening(540, 1440))
    shown = text(admin)
    assert "Más amplio que la ley: los sábados permite publicidad de 8 a. m. a 3 p. m." in shown
    assert "Más amplio que la ley: los domingos y festivos no permite publicidad." in shown


def test_it_says_by_whose_clock(admin: CheckingClient) -> None:
    admin.send("/ajustes/", {"zona_horaria": "Pacific/Auckland"})
    shown = text(admin)
    assert "por la hora de Bogotá" in shown
    assert "por la hora de tu tienda (Auckland)" in shown


def test_a_shop_without_a_way_out_cannot_be_strict(admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    shop.settle_law(account, con_salida=False)
    shown = admin.send(PAGE, {"exigir": "true"}, Accept_Language="es").text
    assert "Primero haz que la publicidad termine con un enlace" in shown
    assert rules(app, account).is_strict is False


@pytest.mark.both_databases
def test_own_days_are_added_and_taken_out(admin: CheckingClient, app: Flask, account: int, clock: Clock) -> None:
    day = {"dia": "2026-12-24", "nombre": "Inventario"}
    assert admin.send(f"{PAGE}dias/", day).location == f"{PAGE}#own-days"
    assert len(rules(app, account).hours.own_days) == 1
    assert "jueves 24 dic 2026 · Inventario" in text(admin)
    again = admin.send(f"{PAGE}dias/", day, Accept_Language="es")
    assert "Ese día ya está." in again.text
    clock.set(2026, 12, 26, 12)
    admin.log_in("ana")
    assert "ya pasó" in text(admin)
    gone = f"{PAGE}dias/2026-12-24/quitar/"
    assert [admin.send(gone).status_code for _ in range(2)] == [302, 404]
    assert rules(app, account).hours.own_days == frozenset()
    assert audited(app) == [{"2026-12-24": [None, "Inventario"]}, {"2026-12-24": ["Inventario", None]}]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"dia": ""}, "Elige un día."),
        ({"dia": "mañana"}, "Elige un día."),
        ({"dia": "2026-11-26"}, "Ese día ya pasó."),
        ({"dia": "2026-12-24", "nombre": "x" * 61}, "60"),
        ({"dia": "2026-12-25"}, "Ese día ya no sale publicidad"),
        ({"dia": "2026-11-29"}, "Ese día ya no sale publicidad"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused_beside_it(
    admin: CheckingClient, app: Flask, typed: dict[str, str], said: str
) -> None:
    shown = admin.send(f"{PAGE}dias/", typed, Accept_Language="es")
    assert said in shown.text
    assert 'aria-invalid="true"' in shown.text
    with app.app_context():
        assert db.session.scalar(select(DiaPropio.dia)) is None


@pytest.mark.parametrize("day", ["x", "2026-13-01", "9999-99-99", "1800-01-01"])
def test_no_day_is_not_found(admin: CheckingClient, day: str) -> None:
    assert admin.send(f"{PAGE}dias/{day}/quitar/").status_code == 404


def test_the_next_holidays_are_named(admin: CheckingClient) -> None:
    shown = text(admin)
    assert "mar 8 dic 2026 · La Inmaculada Concepción" in shown
    assert "Navidad" in shown


def test_another_shops_days_are_out_of_reach(admin: CheckingClient, app: Flask, shop: Shop) -> None:
    other = shop.add_admin("otra")
    with app.app_context():
        db.session.add(DiaPropio(usuario_id=other, dia=date(2026, 12, 24), nombre="Suyo"))
        db.session.commit()
    assert admin.send(f"{PAGE}dias/2026-12-24/quitar/").status_code == 404
    assert "Suyo" not in text(admin)


def test_a_day_is_added_beside_hours_that_are_typed_and_not_saved(admin: CheckingClient, app: Flask) -> None:
    added = admin.swap(f"{PAGE}dias/", {"dia": "2026-12-24", "nombre": "Inventario"})
    assert "Inventario" in added.text
    assert 'id="advertising-form"' not in added.text
    wrong = admin.swap(f"{PAGE}dias/", {"dia": ""})
    assert (wrong.status_code, 'id="advertising-form"' in wrong.text) == (422, False)
    gone = admin.swap(f"{PAGE}dias/2026-12-24/quitar/")
    assert "Inventario" not in gone.text


def test_what_a_day_of_the_shops_own_means_is_said_as_it_is(admin: CheckingClient, shop: Shop, account: int) -> None:
    admin.send("/cuenta/idioma/", {"idioma": "es"})
    admin.send(f"{PAGE}dias/", {"dia": "2026-12-24"})
    assert "El 24 de diciembre no sale publicidad." in text(admin)
    shop.settle_law(account, festivo_abre=540, festivo_cierra=720)
    admin.send(f"{PAGE}dias/", {"dia": "2026-12-23"})
    assert "El 23 de diciembre la publicidad sale en el horario de domingos y festivos." in text(admin)


def test_days_that_are_closed_offer_the_usual_hours_again_and_all_closed_is_warned_about(
    admin: CheckingClient, app: Flask, account: int
) -> None:
    admin.send("/cuenta/idioma/", {"idioma": "es"})
    looked = admin.swap(PAGE, {"semana_cerrado": "true", "semana_abre": "09:30", "mirar": "1"})
    assert 'value="09:30"' in looked.text
    admin.send(PAGE, {"semana_cerrado": "true", "sabado_cerrado": "true"})
    assert text(admin).count("nunca sale publicidad") == 2
    assert text(admin).count("nunca sale publicidad") == 1
    assert re.search(r'name="semana_abre"[^>]* value="08:00"', admin.get(PAGE).text)
    admin.send(PAGE, {"semana_cerrado": "false"})
    assert rules(app, account).hours == Hours(USUAL.weekdays, None, None)
