"""A campaign's hour: it starts once, as the world is then, or is paused with the reason, and its people are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.background.schedules import start_due
from clientes_app.campaigns import control, services
from clientes_app.campaigns.storing import HourPassed, Schedule, Unfillable
from clientes_app.clients.search.criteria import Search
from clientes_app.clients.search.selection import Selection, Ticked
from clientes_app.clients.segments.services import delete_segment, save_segment
from clientes_app.clients.services import delete_client, edit_client, set_active
from clientes_app.errors import Conflict, DomainError, Forbidden
from clientes_app.extensions import db, unit_of_work
from clientes_app.fields.services import NewField, create_field, delete_field, lock_fields
from clientes_app.fields.values import store_values
from clientes_app.models import (
    Accion,
    Auditoria,
    CampanaSMS,
    EstadoCampana,
    MotivoDePausa,
    OrigenBaja,
    TipoDeCampo,
    Usuario,
)
from clientes_app.schedule.services import Started, change_hour
from clientes_app.sending.faults import CLIENT_GONE, INACTIVE
from clientes_app.sending.opt_outs import add_opt_outs
from clientes_app.shop.services import ShopSettings, save_settings
from clientes_app.tenancy import Account

from ..support.campaigns import Campaigns
from ..support.clock import Clock
from ..support.races import race
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

HOUR = datetime(2026, 12, 4, 15, 0, tzinfo=UTC)
EVERYBODY = (("destino", "todos"),)


class Schedules:
    """Makes campaigns that have an hour, and lets it come."""

    def __init__(self, campaigns: Campaigns, clock: Clock) -> None:
        self.app, self.account, self.shop = campaigns.app, campaigns.account, campaigns.shop
        self.get, self.rows, self.has, self.hold = campaigns.get, campaigns.rows, campaigns.has, campaigns.hold
        self.three = tuple(self.shop.add_clients(self.account, ["3001110001", "3001110002", "3001110003"]))
        self._clock = clock
        clock.set(2026, 11, 29, 9, 0)

    def make_for_three(self, by: Actor = NOBODY) -> int:
        """Store one whose three rows are stored with it."""
        return self.make(Ticked(self.three), by=by)

    def make_for_everybody(self, by: Actor = NOBODY) -> int:
        """Store one that asks at its hour who is meant."""
        return self.make(Search(), EVERYBODY, by)

    def make(
        self,
        audience: Selection,
        said: Any = None,
        by: Actor = NOBODY,
        text: str = "Hola {nombre}",
        hour: datetime = HOUR,
    ) -> int:
        """Store a campaign, for 10 o'clock of December 4th where nothing else is said."""
        with self.app.test_request_context():
            schedule = Schedule(hour, said)
            draft = services.Draft(audience, text, "Prueba", schedule=schedule)
            return services.create_campaign(self.account, draft, by=by).id

    def let_it_come(self, **late: float) -> None:
        """Let it be the hour, or so much later, and look."""
        self._clock.set(2026, 12, 4, 10, 0, 1)
        self._clock.pass_by(**late)
        start_due(self.app)


@pytest.fixture
def schedules(campaigns: Campaigns, clock: Clock) -> Schedules:
    return Schedules(campaigns, clock)


@pytest.fixture
def vendedor(app: Flask, shop: Shop, account: int) -> Actor:
    person_id = shop.add_seller(account, puede_enviar=True)
    return Actor(person_id, "vero", account)


def acts(app: Flask) -> list[Accion]:
    with app.app_context():
        return list(db.session.scalars(db.select(Auditoria.accion).order_by(Auditoria.id)))


def settle(app: Flask, account: int, **settings: Any) -> None:
    with app.test_request_context():
        save_settings(account, ShopSettings(**settings), by=NOBODY)


def is_paused(campaign: CampanaSMS, reason: MotivoDePausa) -> bool:
    return (campaign.estado, campaign.motivo_pausa, campaign.encolada) == (EstadoCampana.PAUSADO, reason, None)


def test_nothing_of_it_goes_out_before_and_all_of_it_at_its_hour(app: Flask, schedules: Schedules) -> None:
    campaign_id = schedules.make_for_three()
    start_due(app)
    campaign = schedules.get(campaign_id)
    assert (campaign.estado, campaign.pendientes, campaign.encolada) == (EstadoCampana.PROGRAMADO, 3, None)
    schedules.let_it_come()
    started = schedules.get(campaign_id)
    assert started.estado is EstadoCampana.PENDIENTE
    assert started.encolada is not None
    assert acts(app)[-2:] == [Accion.CAMPAIGN_SCHEDULED, Accion.CAMPAIGN_SENT]
    assert schedules.hold(campaign_id)


def test_whoever_opts_out_meanwhile_is_left_out(app: Flask, schedules: Schedules, account: int) -> None:
    campaign_id = schedules.make_for_three()
    with app.app_context(), unit_of_work() as session:
        add_opt_outs(session.connection(), [account], "+573001110002", OrigenBaja.MANUAL)
    schedules.let_it_come()
    assert schedules.has(campaign_id, pendiente=2, omitido=1)
    assert schedules.hold(campaign_id)


def test_who_was_made_inactive_or_deleted_meanwhile_is_left_out(app: Flask, schedules: Schedules, account: int) -> None:
    campaign_id = schedules.make_for_three()
    with app.test_request_context():
        set_active(account, schedules.three[0], False, by=NOBODY)
        delete_client(account, schedules.three[1], by=NOBODY)
    schedules.let_it_come()
    assert schedules.has(campaign_id, pendiente=1, omitido=2)
    assert {row.error_mensaje for row in schedules.rows(campaign_id)} == {None, INACTIVE, CLIENT_GONE}
    assert schedules.hold(campaign_id)


def test_who_has_another_number_by_now_gets_nothing_at_the_old_one(
    app: Flask, schedules: Schedules, account: int
) -> None:
    campaign_id = schedules.make_for_three()
    with app.test_request_context():
        shop_of = Account(account, ZoneInfo("America/Bogota"), "CO")
        edit_client(shop_of, schedules.three[0], {"telefono": "3005550000"}, by=NOBODY)
    schedules.let_it_come()
    assert schedules.has(campaign_id, pendiente=2, omitido=1)
    assert [row.telefono_e164 for row in schedules.rows(campaign_id)] == [None, "+573001110002", "+573001110003"]


def test_days_are_those_of_the_shop(app: Flask, schedules: Schedules, shop: Shop, account: int) -> None:
    """In Honolulu it is still the day before when it is 1 in the morning in Bogotá."""
    settle(app, account, zona_horaria="Pacific/Honolulu")
    with app.test_request_context():
        field = create_field(account, NewField("Cumpleaños", TipoDeCampo.FECHA), by=NOBODY)
        with unit_of_work() as session:
            born = {schedules.three[0]: {field.id: "--12-03"}, schedules.three[1]: {field.id: "--12-04"}}
            store_values(session, lock_fields(session, account), born)
        said = (("destino", "busqueda"), (f"campo_{field.id}_dias", "0"))
        campaign_id = schedules.make(Search(), said, hour=datetime(2026, 12, 4, 6, 0, tzinfo=UTC))
    schedules.let_it_come(hours=-9)
    assert [row.cliente_id for row in schedules.rows(campaign_id)] == [schedules.three[0]]


def test_a_field_that_is_gone_pauses_what_asks_at_its_hour(app: Flask, schedules: Schedules, account: int) -> None:
    with app.test_request_context():
        field = create_field(account, NewField("Talla", TipoDeCampo.TEXTO), by=NOBODY)
        campaign_id = schedules.make(Search(), EVERYBODY, text="Hay {talla|todas}")
        delete_field(account, field.id, by=NOBODY)
    schedules.let_it_come()
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.TEXTO)
    with app.test_request_context(), pytest.raises(Unfillable, match="talla"):
        control.resume(account, campaign_id, by=NOBODY)


def test_who_is_meant_at_the_hour_is_asked_at_the_hour(
    app: Flask, schedules: Schedules, shop: Shop, account: int
) -> None:
    with app.test_request_context():
        segment = save_segment(account, "VIP", Search("laura"), by=Actor(account, "ana", account))
    campaign_id = schedules.make(Search("laura"), (("destino", "segmento"), ("segmento", str(segment.id))))
    assert schedules.get(campaign_id).total_clientes == 0
    schedules.shop.add_client(schedules.account, "Laura", "3001110009")
    schedules.let_it_come()
    assert [row.nombre for row in schedules.rows(campaign_id)] == ["Laura"]
    assert schedules.get(campaign_id).estado is EstadoCampana.PENDIENTE


def test_a_segment_that_is_gone_pauses_it_and_it_cannot_be_resumed(
    app: Flask, schedules: Schedules, account: int
) -> None:
    with app.test_request_context():
        segment = save_segment(account, "VIP", Search("cliente"), by=Actor(account, "ana", account))
        campaign_id = schedules.make(Search("cliente"), (("destino", "segmento"), ("segmento", str(segment.id))))
        delete_segment(account, segment.id)
    schedules.let_it_come()
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.PUBLICO)
    with app.test_request_context(), pytest.raises(DomainError):
        control.resume(account, campaign_id, by=NOBODY)
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.PUBLICO)


def test_what_nobody_would_get_pauses_it(schedules: Schedules) -> None:
    campaign_id = schedules.make(Search("nadie"), (("destino", "busqueda"), ("q", "nadie")))
    schedules.let_it_come()
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.NADIE)


def test_a_filter_that_is_not_known_any_more_asks_for_nobody(schedules: Schedules) -> None:
    said = (("destino", "busqueda"), ("q", "cliente"), ("filtro_de_antes", "si"))
    campaign_id = schedules.make(Search("cliente"), said)
    schedules.let_it_come()
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.PUBLICO)


@pytest.mark.parametrize(("minutes", "late"), [(60, False), (61, True)])
def test_more_than_an_hour_late_it_waits_for_a_person(
    app: Flask, schedules: Schedules, account: int, minutes: int, late: bool
) -> None:
    campaign_id = schedules.make_for_everybody()
    schedules.let_it_come(minutes=minutes - 0.1)
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.TARDE) is late
    if late:
        with app.test_request_context():
            control.resume(account, campaign_id, by=NOBODY)
        resumed = schedules.get(campaign_id)
        assert (resumed.pendientes, resumed.motivo_pausa) == (3, None)
        assert resumed.encolada is not None


@pytest.mark.parametrize("lost", [{"puede_enviar": False}, {"activo": False}])
def test_an_author_without_the_right_pauses_it(
    app: Flask, schedules: Schedules, vendedor: Actor, lost: dict[str, bool]
) -> None:
    campaign_id = schedules.make_for_three(vendedor)
    with app.app_context(), unit_of_work() as session:
        person = session.get_one(Usuario, vendedor.person_id)
        for right, value in lost.items():
            setattr(person, right, value)
    schedules.let_it_come()
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.AUTOR)


@pytest.mark.parametrize("said", [None, EVERYBODY])
def test_a_limit_that_it_would_pass_pauses_it_whole(app: Flask, schedules: Schedules, account: int, said: Any) -> None:
    campaign_id = schedules.make_for_three() if said is None else schedules.make_for_everybody()
    settle(app, account, mensajes_por_dia=2)
    schedules.let_it_come()
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.LIMITE)
    assert schedules.has(campaign_id, pendiente=3)


class TestUnderApproval:
    """A vendedor's waits for an admin first."""

    @pytest.fixture
    def campaign_id(self, app: Flask, schedules: Schedules, account: int, vendedor: Actor) -> int:
        settle(app, account, exige_aprobacion=True)
        return schedules.make_for_everybody(vendedor)

    def approve(self, app: Flask, account: int, campaign_id: int) -> None:
        with app.test_request_context():
            control.approve(account, campaign_id, by=Actor(account, "ana", account))

    def test_approved_before_its_hour_it_starts_then(
        self, app: Flask, schedules: Schedules, account: int, campaign_id: int
    ) -> None:
        assert schedules.get(campaign_id).estado is EstadoCampana.POR_APROBAR
        self.approve(app, account, campaign_id)
        assert schedules.get(campaign_id).estado is EstadoCampana.PROGRAMADO
        schedules.let_it_come()
        assert schedules.has(campaign_id, pendiente=3)

    def test_approved_after_its_hour_it_is_paused(
        self, app: Flask, schedules: Schedules, account: int, campaign_id: int
    ) -> None:
        schedules.let_it_come()
        assert schedules.get(campaign_id).estado is EstadoCampana.POR_APROBAR
        self.approve(app, account, campaign_id)
        assert is_paused(schedules.get(campaign_id), MotivoDePausa.TARDE)

    def test_another_hour_that_a_vendedor_chooses_is_approved_anew(
        self, app: Flask, schedules: Schedules, campaign_id: int, vendedor: Actor
    ) -> None:
        self.approve(app, schedules.account, campaign_id)
        with app.test_request_context():
            change_hour(schedules.account, campaign_id, HOUR + timedelta(hours=2), by=vendedor)
        changed = schedules.get(campaign_id)
        assert (changed.estado, changed.aprobada_por_id) == (EstadoCampana.POR_APROBAR, None)


def test_the_rule_of_approval_is_looked_at_again_at_the_hour(
    app: Flask, schedules: Schedules, account: int, vendedor: Actor
) -> None:
    campaign_id = schedules.make_for_everybody(vendedor)
    settle(app, account, exige_aprobacion=True)
    schedules.let_it_come()
    assert schedules.get(campaign_id).estado is EstadoCampana.POR_APROBAR


def test_a_vendedor_cannot_resume_what_nobody_approved(
    app: Flask, schedules: Schedules, account: int, vendedor: Actor
) -> None:
    campaign_id = schedules.make_for_everybody(vendedor)
    settle(app, account, exige_aprobacion=True)
    schedules.let_it_come(hours=2)
    assert is_paused(schedules.get(campaign_id), MotivoDePausa.TARDE)
    with app.test_request_context(), pytest.raises(Forbidden):
        control.resume(account, campaign_id, by=vendedor)


def test_until_it_starts_it_can_be_changed_and_cancelled_and_afterwards_not(
    app: Flask, schedules: Schedules, account: int
) -> None:
    first, second = schedules.make_for_three(), schedules.make_for_everybody()
    with app.test_request_context():
        change_hour(account, first, HOUR + timedelta(hours=1), by=NOBODY)
        with pytest.raises(HourPassed):
            change_hour(account, first, HOUR - timedelta(days=30), by=NOBODY)
        control.cancel(account, second, by=NOBODY)
    schedules.let_it_come()
    assert schedules.get(first).estado is EstadoCampana.PROGRAMADO
    assert schedules.get(second).estado is EstadoCampana.CANCELADO
    schedules.let_it_come(hours=1)
    assert schedules.get(first).estado is EstadoCampana.PENDIENTE
    with app.test_request_context():
        for gone in (first, second):
            with pytest.raises(Started):
                change_hour(account, gone, HOUR + timedelta(days=1), by=NOBODY)
        with pytest.raises(Conflict):
            control.cancel(account, second, by=NOBODY)


def test_what_waits_for_its_hour_is_neither_paused_nor_resumed(schedules: Schedules) -> None:
    campaign_id = schedules.make_for_everybody()
    with schedules.app.test_request_context():
        for act in (control.pause, control.resume):
            with pytest.raises(Conflict):
                act(schedules.account, campaign_id, by=NOBODY)
    assert schedules.get(campaign_id).estado is EstadoCampana.PROGRAMADO


def test_one_that_was_paused_behind_its_back_asks_who_is_meant_when_it_is_resumed(schedules: Schedules) -> None:
    campaign_id = schedules.make_for_everybody()
    with schedules.app.test_request_context():
        with unit_of_work() as session:
            session.get_one(CampanaSMS, campaign_id).estado = EstadoCampana.PAUSADO
        control.resume(schedules.account, campaign_id, by=NOBODY)
    assert schedules.has(campaign_id, pendiente=3)


def test_one_that_cannot_be_started_keeps_no_other_from_its_hour(app: Flask, schedules: Schedules) -> None:
    broken, well = schedules.make_for_everybody(), schedules.make_for_three()
    with app.app_context(), unit_of_work() as session:
        session.get_one(CampanaSMS, broken).publico = [["as no service writes it"]]
    schedules.let_it_come()
    assert schedules.get(broken).estado is EstadoCampana.PROGRAMADO
    assert schedules.get(well).estado is EstadoCampana.PENDIENTE


def test_many_who_look_at_once_start_it_once(app: Flask, schedules: Schedules, clock: Clock) -> None:
    campaign_id = schedules.make_for_everybody()
    clock.set(2026, 12, 4, 10, 0)
    race(app, *[lambda: start_due(app)] * 4)
    assert schedules.has(campaign_id, pendiente=3)
    assert acts(app).count(Accion.CAMPAIGN_SENT) == 1
