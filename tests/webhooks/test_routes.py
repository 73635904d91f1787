"""What Twilio calls: only what it signed counts, whatever it says is answered, and no cookie is set."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, request, request_started
from twilio.request_validator import RequestValidator
from twilio.rest.api.v2010.account.message import MessageInstance
from werkzeug.datastructures import MultiDict

from clientes_app.extensions import db
from clientes_app.models import Baja, CampanaSMS, EstadoCampana, EstadoSMS, MensajeEntrante, OrigenBaja, Recibo, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.sending.opt_outs import OF_THE_SHOP
from clientes_app.settings import replace_settings
from clientes_app.simulator import SIMULATED_AUTH_TOKEN

from ..support.checking_client import CheckingClient
from ..support.shop import Shop
from ..support.twilio_requests import INBOUND, NUMBER, PUBLIC, SID, TOKEN, Twilio

STATUS = f"/twilio/estado/{TOKEN}"


@pytest.fixture
def settings(settings: Any) -> Any:
    return dataclasses.replace(settings, public_base_url=PUBLIC)


def add_campaign(shop: Shop, account: int, number: str = NUMBER, **fields: Any) -> int:
    """Store a campaign with one message, as sent; answer the message's id."""
    campaign = CampanaSMS(nombre="Promo", mensaje="Hola", enviada_por_id=account, usuario_id=account)
    campaign.estado, campaign.completado = EstadoCampana.COMPLETADO, utc_now()
    campaign.total_clientes = campaign.enviados_exitosos = 1
    given = {"estado": EstadoSMS.ENVIADO, "intento": TOKEN, "twilio_sid": SID, **fields}
    return shop.add(SMSLog(campana_id=shop.add(campaign), nombre="Laura", telefono_e164=number, **given))


@pytest.fixture
def message(shop: Shop, account: int) -> Callable[[], SMSLog]:
    """Return a message that Twilio accepted, as it is stored now."""
    row_id = add_campaign(shop, account)

    def read() -> SMSLog:
        with shop.app.app_context():
            return db.session.get_one(SMSLog, row_id)

    return read


def opted_out(app: Flask) -> list[tuple[int, str, OrigenBaja]]:
    with app.app_context():
        rows = db.session.scalars(db.select(Baja).order_by(Baja.usuario_id, Baja.telefono_e164))
        return [(row.usuario_id, row.telefono_e164, row.origen) for row in rows]


# The status of messages


def test_a_receipt_is_stored_beside_the_state(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    response = twilio.tell("delivered", To=NUMBER, RawDlrDoneDate="2611221030", Something="new")
    assert (response.status_code, response.data) == (204, b"")
    assert (message().estado, message().recibo, message().recibo_codigo) == (EstadoSMS.ENVIADO, Recibo.DELIVERED, None)


def test_an_undelivered_message_keeps_twilios_code(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    assert twilio.tell("undelivered", ErrorCode="30003").status_code == 204
    assert (message().recibo, message().recibo_codigo) == (Recibo.UNDELIVERED, 30003)


def test_the_older_names_of_the_fields_count_as_well(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    assert twilio.call(STATUS, {"SmsSid": SID, "SmsStatus": "sent"}).status_code == 204
    assert message().recibo is Recibo.SENT


STATUSES = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}
OF_WHAT_COMES_IN = {"receiving", "received"}


@pytest.mark.both_databases
@pytest.mark.parametrize("status", sorted(STATUSES - OF_WHAT_COMES_IN))
def test_every_status_that_twilio_has_is_kept(twilio: Twilio, message: Callable[[], SMSLog], status: str) -> None:
    assert twilio.tell(status).status_code == 204
    assert message().recibo == status


@pytest.mark.parametrize(
    ("status", "words"), [("canceled", "Cancelled at Twilio"), ("partially_delivered", "Delivered in part")]
)
def test_what_came_of_a_message_is_said(
    twilio: Twilio, admin: CheckingClient, message: Callable[[], SMSLog], status: str, words: str
) -> None:
    twilio.tell(status)
    page = admin.get(f"/clientes/campanas/{message().campana_id}/", headers={"Accept-Language": "en"})
    assert words in page.text


def test_receipts_only_move_forward(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    for status in ("sent", "delivered", "queued", "sent", "delivered", "undelivered"):
        assert twilio.tell(status).status_code == 204
    assert message().recibo is Recibo.DELIVERED


def test_nobody_gets_a_cookie(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    answers = [twilio.tell("sent"), twilio.answer("Hola"), twilio.send(STATUS, {}), twilio.send(INBOUND, {})]
    assert [response.headers.getlist("Set-Cookie") for response in answers] == [[], [], [], []]


def test_a_query_belongs_to_the_signature(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    assert twilio.call(f"{STATUS}?tienda=ana&n=1", {"MessageSid": SID, "MessageStatus": "sent"}).status_code == 204
    assert message().recibo is Recibo.SENT


def test_flask_has_no_work_with_an_ordinary_receipt(twilio: Twilio, app: Flask, message: Callable[[], SMSLog]) -> None:
    passed: list[str] = []
    with request_started.connected_to(lambda *_args, **_kwargs: passed.append(request.path), app):
        twilio.tell("sent")
        assert passed == []
        twilio.call(STATUS, {"MessageSid": SID, "MessageStatus": "delivered"}, token="somebody else's")
    assert passed == [STATUS]
    assert message().recibo is Recibo.SENT


@pytest.mark.parametrize(
    "unusual",
    [{"content_type": "multipart/form-data"}, {"content_length": None, "environ_overrides": {"CONTENT_LENGTH": ""}}],
    ids=["another encoding", "no length"],
)
def test_an_unusual_request_is_read_whole_or_refused(
    twilio: Twilio, message: Callable[[], SMSLog], unusual: dict[str, Any]
) -> None:
    answer = twilio.call(STATUS, {"MessageSid": SID, "MessageStatus": "sent"}, **unusual)
    assert (answer.status_code, message().recibo) in {(204, Recibo.SENT), (403, None)}


def test_of_a_field_that_comes_twice_all_is_signed(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    fields: Any = MultiDict({"MessageSid": SID, "MessageStatus": ["delivered", "sent"]})
    assert twilio.call(STATUS, fields).status_code == 204
    assert message().recibo is Recibo.DELIVERED


NOTHING_HAPPENS = [
    {"MessageSid": SID, "MessageStatus": "teleported"},
    {"MessageSid": SID, "MessageStatus": "x" * 5_000},
    {"MessageSid": SID, "MessageStatus": "\x00\x1b[2J"},
    {"MessageSid": SID},
    {"MessageSid": "SM" + "f" * 32, "MessageStatus": "delivered"},
]
REFUSED = [
    {},
    {"MessageStatus": "delivered"},
    {"MessageSid": "", "MessageStatus": "delivered"},
    {"MessageSid": "SM1' OR 1=1", "MessageStatus": "delivered"},
    {"MessageSid": "\x00" * 34, "MessageStatus": "delivered"},
    {"MessageSid": "S" * 20_000, "MessageStatus": "delivered"},
]


@pytest.mark.parametrize(
    ("fields", "status"), [*((fields, 204) for fields in NOTHING_HAPPENS), *((fields, 400) for fields in REFUSED)]
)
def test_nonsense_is_answered_and_changes_nothing(
    twilio: Twilio, message: Callable[[], SMSLog], fields: dict[str, str], status: int
) -> None:
    assert twilio.call(STATUS, fields).status_code == status
    assert message().recibo is None


@pytest.mark.parametrize("code", ["", "x", "-1", "9" * 30, "1e3", "٣", "\x00"])
def test_a_code_that_is_none_is_left_out(twilio: Twilio, message: Callable[[], SMSLog], code: str) -> None:
    assert twilio.tell("failed", ErrorCode=code).status_code == 204
    assert (message().recibo, message().recibo_codigo) == (Recibo.FAILED, None)


@pytest.mark.parametrize(("attempt", "status"), [("cd" * 16, 204), ("x", 400), ("%00" * 3, 400), ("A" * 3_000, 400)])
def test_an_attempt_that_nobody_made(twilio: Twilio, message: Callable[[], SMSLog], attempt: str, status: int) -> None:
    path = f"/twilio/estado/{attempt}"
    signed = path.replace("%00", "\x00")
    fields = {"MessageSid": SID, "MessageStatus": "sent"}
    signature = RequestValidator(SIMULATED_AUTH_TOKEN).compute_signature(PUBLIC + signed, fields)
    assert twilio.send(path, fields, headers={"X-Twilio-Signature": signature}).status_code == status
    assert message().recibo is None


def test_a_body_beyond_all_reason_is_not_read(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    assert twilio.tell("delivered", Body="x" * 100_000).status_code == 413
    assert message().recibo is None


# Signatures


def test_without_a_right_signature_nothing_is_done(twilio: Twilio, app: Flask, message: Callable[[], SMSLog]) -> None:
    fields = {"MessageSid": SID, "MessageStatus": "delivered"}
    wrong = {"X-Twilio-Signature": "A" * 28}
    answers = [
        twilio.send(STATUS, fields),
        twilio.send(STATUS, fields, headers=wrong),
        twilio.send(STATUS, fields, headers={"X-Twilio-Signature": "ñ"}),
        twilio.call(STATUS, fields, token="another account's"),
        twilio.call(STATUS, fields, signed_for="http://localhost"),
        twilio.send(INBOUND, {"From": NUMBER, "Body": "BAJA"}),
        twilio.send(INBOUND, {"From": NUMBER, "Body": "BAJA"}, headers=wrong),
    ]
    assert [response.status_code for response in answers] == [403] * len(answers)
    assert message().recibo is None
    assert opted_out(app) == []


def test_what_was_signed_may_not_be_changed(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    signed = {"MessageSid": SID, "MessageStatus": "sent"}
    signature = RequestValidator(SIMULATED_AUTH_TOKEN).compute_signature(PUBLIC + STATUS, signed)
    headers = {"X-Twilio-Signature": signature}
    assert twilio.send(STATUS, {**signed, "MessageStatus": "delivered"}, headers=headers).status_code == 403
    assert twilio.send(f"/twilio/estado/{'cd' * 16}", signed, headers=headers).status_code == 403
    assert twilio.send(STATUS, signed, headers=headers).status_code == 204


@pytest.mark.parametrize("changes", [{"public_base_url": ""}, {"auth_token": ""}])
def test_where_the_address_or_the_token_is_not_set_everything_is_refused(
    twilio: Twilio, app: Flask, settings: Any, changes: dict[str, str], message: Callable[[], SMSLog]
) -> None:
    token = changes.get("auth_token", SIMULATED_AUTH_TOKEN)
    public = changes.get("public_base_url", PUBLIC)
    account = dataclasses.replace(settings.twilio, auth_token=token)
    replace_settings(app, dataclasses.replace(settings, public_base_url=public, twilio=account))
    for signed_for in (PUBLIC, "", "http://localhost"):
        fields = {"MessageSid": SID, "MessageStatus": "sent"}
        assert twilio.call(STATUS, fields, token=token, signed_for=signed_for).status_code == 403
    assert message().recibo is None


def test_who_keeps_coming_without_a_signature_is_told_to_stop(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    answers = [twilio.send(STATUS, {}).status_code for _ in range(70)]
    assert answers[0] == 403
    assert answers[-1] == 429
    assert twilio.tell("delivered").status_code == 204, "what is signed gets through"
    assert message().recibo is Recibo.DELIVERED


# What people answer

OUT_WORDS = ["STOP", "stop", " Stop. ", "stopall", "unsubscribe", "cancel", "end", "QUIT", "optout", "revoke"]
OUT_WORDS += ["BAJA", "¡Baja!", "bája", "ＢＡＪＡ", "𝗕𝗔𝗝𝗔", "ALTO", "Cancelar...", "salir\n", "PARAR"]


@pytest.mark.parametrize("body", OUT_WORDS)
def test_a_keyword_enters_the_number(twilio: Twilio, app: Flask, shop: Shop, account: int, body: str) -> None:
    shop.add_client(account, telefono=NUMBER)
    response = twilio.answer(body)
    assert response.status_code == 200
    assert (response.mimetype, response.text.endswith("<Response/>")) == ("text/xml", True)
    assert opted_out(app) == [(account, NUMBER, OrigenBaja.MENSAJE)]


@pytest.mark.parametrize(
    "body", ["", "gracias", "no quiero parar", "BAJA el precio", "stop it", "B A J A", "ayuda", "x" * 2_000, "\x00"]
)
def test_anything_else_changes_nothing(twilio: Twilio, app: Flask, shop: Shop, account: int, body: str) -> None:
    shop.add_client(account, telefono=NUMBER)
    assert twilio.answer(body).status_code == 200
    assert opted_out(app) == []


@pytest.mark.parametrize("body", ["START", "start.", "ALTA", " ¡alta! ", "ÁLTA", "Start 🙂"])
def test_a_keyword_takes_the_number_out(twilio: Twilio, app: Flask, shop: Shop, account: int, body: str) -> None:
    shop.add_client(account, telefono=NUMBER)
    twilio.answer("BAJA")
    assert twilio.answer(body).status_code == 200
    assert opted_out(app) == []


@pytest.mark.parametrize("body", ["yes", "Yes!", "Sí", "OK", "Unstop", "ALTA por favor", "Start again", "alta gama"])
def test_nothing_else_takes_a_number_out(twilio: Twilio, app: Flask, shop: Shop, account: int, body: str) -> None:
    shop.add_client(account, telefono=NUMBER)
    shop.add(Baja(telefono_e164=NUMBER, origen=OrigenBaja.MANUAL, usuario_id=account))
    assert twilio.answer(body).status_code == 200
    assert len(opted_out(app)) == 1


def test_a_yes_to_a_question_takes_nobody_out_although_twilio_reads_a_start(
    twilio: Twilio, app: Flask, shop: Shop, account: int
) -> None:
    shop.add_client(account, telefono=NUMBER)
    twilio.answer("BAJA")
    twilio.answer("Yes", OptOutType="START")
    assert len(opted_out(app)) == 1


@pytest.mark.parametrize("origin", OrigenBaja)
def test_a_start_takes_back_what_came_from_the_phone_and_not_what_the_shop_entered(
    twilio: Twilio, app: Flask, shop: Shop, account: int, origin: OrigenBaja
) -> None:
    shop.add_client(account, telefono=NUMBER)
    shop.add(Baja(telefono_e164=NUMBER, origen=origin, usuario_id=account))
    twilio.answer("START")
    assert bool(opted_out(app)) is (origin in OF_THE_SHOP)


def test_what_twilio_made_of_the_message_counts_before_its_text(
    twilio: Twilio, app: Flask, shop: Shop, account: int
) -> None:
    shop.add_client(account, telefono=NUMBER)
    twilio.answer("déjenme en paz", OptOutType="STOP")
    assert len(opted_out(app)) == 1
    twilio.answer("ayuda", OptOutType="HELP")
    assert len(opted_out(app)) == 1
    twilio.answer("vuelvan a escribirme", OptOutType="START")
    assert opted_out(app) == []


def test_every_account_that_has_the_number_or_wrote_to_it_is_concerned(
    twilio: Twilio, app: Flask, shop: Shop, account: int
) -> None:
    sender, stranger = shop.add_admin("beto"), shop.add_admin("caro")
    shop.add_client(account, telefono=NUMBER)
    shop.add_client(stranger, telefono="3009999999")
    add_campaign(shop, sender)
    for _ in range(2):
        assert twilio.answer("BAJA").status_code == 200
    assert [row[0] for row in opted_out(app)] == [account, sender]
    for _ in range(2):
        assert twilio.answer("ALTA").status_code == 200
    assert opted_out(app) == []


@pytest.mark.parametrize(
    "spellings",
    [
        ("+52 55 1234 5678", "+5215512345678", "+525512345678"),
        ("+52 1 55 1234 5678", "+525512345678", "+525512345678"),
        ("+54 9 11 2345 6789", "+541123456789", "+5491123456789"),
        ("+54 11 15 2345 6789", "+5491123456789", "+5491123456789"),
        ("+55 11 98765 4321", "+551187654321", "+5511987654321"),
        ("+55 11 8765 4321", "+5511987654321", "+5511987654321"),
        ("+225 07 12 34 56", "+2250707123456", "+2250707123456"),
    ],
)
def test_a_person_is_heard_from_a_number_in_any_of_its_spellings(
    twilio: Twilio, app: Flask, shop: Shop, account: int, spellings: tuple[str, str, str]
) -> None:
    typed, sender, today = spellings
    wrote = shop.add_admin("beto")
    shop.add_client(account, telefono=typed)
    add_campaign(shop, wrote, today)
    twilio.answer("BAJA", sender)
    assert opted_out(app) == [(number, today, OrigenBaja.MENSAJE) for number in (account, wrote)]
    twilio.answer("ALTA", sender)
    assert opted_out(app) == []


@pytest.mark.both_databases
def test_a_message_that_is_posted_again_undoes_nothing(twilio: Twilio, app: Flask, shop: Shop, account: int) -> None:
    shop.add_client(account, telefono=NUMBER)
    yes, no = {"MessageSid": "SM" + "a" * 32}, {"MessageSid": "MM" + "b" * 32}
    twilio.answer("BAJA")
    assert twilio.answer("ALTA", **yes).status_code == 200
    assert opted_out(app) == []
    assert twilio.answer("BAJA", **no).status_code == 200
    for _ in range(2):
        assert twilio.answer("ALTA", **yes).status_code == 200
    assert len(opted_out(app)) == 1, "the later BAJA stands"
    twilio.answer("ALTA")
    assert twilio.answer("BAJA", **no).status_code == 200
    assert opted_out(app) == [], "and so does the later ALTA"


@pytest.mark.parametrize("sid", ["", "SM1", "x" * 5_000, "\x00"])
def test_what_cannot_be_known_again_takes_nobody_out(
    twilio: Twilio, app: Flask, shop: Shop, account: int, sid: str
) -> None:
    shop.add_client(account, telefono=NUMBER)
    assert twilio.answer("BAJA", MessageSid=sid).status_code == 200
    assert twilio.answer("ALTA", MessageSid=sid).status_code == 200
    assert len(opted_out(app)) == 1


@pytest.mark.both_databases
def test_of_many_posts_of_one_message_at_once_one_is_heard(
    twilio: Twilio, app: Flask, shop: Shop, account: int
) -> None:
    shop.add_client(account, telefono=NUMBER)
    together = Barrier(6)

    def post(number: int) -> int:
        together.wait()
        return twilio.answer("BAJA", MessageSid=f"SM{number:032x}").status_code

    with ThreadPoolExecutor(together.parties) as pool:
        for number in range(5):
            assert list(pool.map(post, [number] * together.parties)) == [200] * together.parties
    with app.app_context():
        assert len(db.session.scalars(db.select(MensajeEntrante)).all()) == 5
    assert len(opted_out(app)) == 1


@pytest.mark.both_databases
def test_a_receipt_that_is_posted_again_changes_nothing(twilio: Twilio, message: Callable[[], SMSLog]) -> None:
    for status in ("sent", "delivered", "sent"):
        twilio.tell(status)
    before = message().recibido
    assert twilio.tell("delivered").status_code == 204
    assert (message().recibo, message().recibido) == (Recibo.DELIVERED, before)


@pytest.mark.parametrize("sender", ["", "85432", "Tienda", "whatsapp:+573001234567", "+57300123456789012", "+\x00"])
def test_a_sender_that_is_no_number_changes_nothing(twilio: Twilio, app: Flask, sender: str) -> None:
    assert twilio.answer("BAJA", sender).status_code == 200
    assert opted_out(app) == []


def test_a_browser_finds_nothing_there(browser: CheckingClient) -> None:
    assert browser.get(INBOUND).status_code == 405
    assert browser.get(STATUS).status_code == 405
