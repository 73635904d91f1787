"""The description of the API is true: what it names exists, and real answers are as it says."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from openapi_spec_validator import validate
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request, Response

from clientes_app.api.document import describe
from clientes_app.api.page import operations
from clientes_app.config import MAX_BODY_BYTES, SmsMode, TwilioSettings
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Alcance, Cliente
from clientes_app.models.types import utc_now
from clientes_app.settings import current_settings, replace_settings
from clientes_app.tokens.bearer import FAILURES, SCOPES

from ..support.carrier import Simulator, sending
from ..support.checking_client import CheckingClient
from ..support.shop import Shop
from ..support.tokens import bearer, make_token

DOCUMENT = describe()
DESCRIBED = [
    (path, method, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
CALLS = {operation["operationId"]: (path, method) for path, method, operation in DESCRIBED}
EXAMPLES = {
    operation["operationId"]: operation["requestBody"]["content"]["application/json"]["example"]
    for _path, _method, operation in DESCRIBED
    if "requestBody" in operation
}
STATUSES = [
    (operation["operationId"], int(status)) for _, _, operation in DESCRIBED for status in operation["responses"]
]
OPENAPI = OpenAPI.from_dict(DOCUMENT)
LESS_THAN_ALL = dict.fromkeys(("listTemplates", "campaignState", "campaignDetails", "listAnswers"), Alcance.SEND)
LESS_THAN_ALL |= {"findClients": Alcance.SEND}
REPORTS = ("monthReport", "campaignReport", "clientsReport", "hoursReport")
LESS_THAN_ALL |= dict.fromkeys(REPORTS, Alcance.SEND)


def check(response: Response, path: str, method: str) -> None:
    """Fail where the answer is not one that the description gives for such a request."""
    request = Request.from_values(path, method=method)
    answer = Response(response.get_data(), response.status_code, response.headers)
    OPENAPI.validate_response(WerkzeugOpenAPIRequest(request), WerkzeugOpenAPIResponse(answer))


class Program:
    """Calls endpoints by their `operationId`, with a token and their examples, and checks each answer."""

    def __init__(self, app: Flask, account: int) -> None:
        self.app, self.account, self.campaign, self.month = app, account, 1, "2026-11"
        self.headers = bearer(make_token(app, account, *Alcance))

    def call(self, operation: str, **changes: Any) -> TestResponse:
        path, method = CALLS[operation]
        request = {
            "headers": self.headers,
            **({"json": EXAMPLES[operation]} if operation in EXAMPLES else {}),
            **changes,
        }
        if "data" in request:
            del request["json"]
        path = path.format(pk=self.campaign, mes=self.month)
        response = self.app.test_client().open(path, method=method, **request)
        check(response, path, method)
        return response


@pytest.fixture
def program(app: Flask, account: int, shop: Shop) -> Program:
    """A program with every scope, whose account has two clients and a template."""
    shop.add_clients(account, ["3001110001", "+15005550001"])
    shop.add_template(account)
    return Program(app, account)


def start_campaign(program: Program) -> TestResponse:
    response = program.call("sendSms")
    program.campaign = response.get_json()["campana_id"]
    return response


def succeed(program: Program, operation: str) -> TestResponse:
    start_campaign(program)
    return program.call(operation)


def wait_for_end(program: Program, operation: str) -> TestResponse:
    with program.app.app_context():
        replace_settings(program.app, dataclasses.replace(current_settings(), send_wait_seconds=20))
    with sending(program.app):
        return program.call(operation)


def send_nothing(program: Program, operation: str) -> TestResponse:
    return program.call(operation, json={})


def send_another_with_the_same_key(program: Program, operation: str) -> TestResponse:
    keyed = {**program.headers, "Idempotency-Key": "one"}
    program.call(operation, headers=keyed)
    return program.call(operation, headers=keyed, json={**EXAMPLES[operation], "mensaje": "Otra cosa"})


def sell_another_with_the_same_key(program: Program, operation: str) -> TestResponse:
    keyed = {**program.headers, "Idempotency-Key": "one"}
    program.call(operation, headers=keyed)
    return program.call(operation, headers=keyed, json={**EXAMPLES[operation], "total": 1})


def sell_to_an_erased_client(program: Program, operation: str) -> TestResponse:
    with program.app.app_context(), unit_of_work() as session:
        session.get_one(Cliente, program.campaign).borrado = utc_now()
    return program.call(operation)


def ask_for_an_unreadable_day(program: Program, operation: str) -> TestResponse:
    return program.call(operation, query_string={"creado_desde": "29/11/2026"})


def ask_for_another_format(program: Program, operation: str) -> TestResponse:
    start_campaign(program)
    return program.call(operation, query_string={"formato": "xml"})


def send_a_bad_token(program: Program, operation: str) -> TestResponse:
    return program.call(operation, headers=bearer("cl_nothing"))


def lack_the_scope(program: Program, operation: str) -> TestResponse:
    scope = LESS_THAN_ALL.get(operation, Alcance.READ)
    return program.call(operation, headers=bearer(make_token(program.app, program.account, scope)))


def ask_for_what_is_not_there(program: Program, operation: str) -> TestResponse:
    program.campaign, program.month = 999, "2999-01"
    return program.call(operation)


def lose_a_client_at_that_moment(program: Program, operation: str) -> TestResponse:
    with failing(program.app, "INSERT INTO sms_log", IntegrityError("", {}, Exception())):
        return program.call(operation)


def send_too_much(program: Program, operation: str) -> TestResponse:
    return program.call(operation, data=b" " * (MAX_BODY_BYTES + 1))


def fail_too_often(program: Program, operation: str) -> TestResponse:
    for _ in range(FAILURES.amount):
        send_a_bad_token(program, operation)
    return send_a_bad_token(program, operation)


def break_the_database(program: Program, operation: str) -> TestResponse:
    with failing(program.app, "SELECT", RuntimeError("no database")):
        return program.call(operation)


def miss_the_settings_of_twilio(program: Program, operation: str) -> TestResponse:
    changes = {"sms_mode": SmsMode.TWILIO, "twilio": TwilioSettings()}
    with program.app.app_context():
        replace_settings(program.app, dataclasses.replace(current_settings(), **changes))
    return program.call(operation)


@contextmanager
def failing(app: Flask, statement: str, error: Exception) -> Iterator[None]:
    """Let the database refuse the statements that begin so."""

    def refuse(_connection: Any, _cursor: Any, sent: str, *_rest: Any) -> None:
        if sent.startswith(statement):
            raise error

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


# How to get each status: from the endpoint named, or from any.
WAYS: dict[int | tuple[str, int], Callable[[Program, str], TestResponse]] = {
    200: succeed,
    ("sendSms", 200): wait_for_end,
    202: succeed,
    400: send_nothing,
    ("findClients", 400): ask_for_an_unreadable_day,
    **{(operation, 400): ask_for_another_format for operation in REPORTS},
    401: send_a_bad_token,
    403: lack_the_scope,
    404: ask_for_what_is_not_there,
    409: lose_a_client_at_that_moment,
    ("recordSale", 409): sell_to_an_erased_client,
    413: send_too_much,
    422: send_another_with_the_same_key,
    ("recordSale", 422): sell_another_with_the_same_key,
    429: fail_too_often,
    500: break_the_database,
    503: miss_the_settings_of_twilio,
}


def test_it_is_an_openapi_document(browser: CheckingClient) -> None:
    served = browser.get("/api/openapi.json").get_json()
    validate(served)
    assert served == DOCUMENT
    assert served["openapi"].startswith("3.1")


def test_it_describes_every_endpoint_of_the_api_and_no_other(app: Flask) -> None:
    views = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if getattr(app.view_functions[rule.endpoint], "for_programs", False)
    }
    assert views == set(CALLS.values())


def test_its_scopes_are_those_that_count(app: Flask) -> None:
    for path, method, operation in DESCRIBED:
        endpoint = app.url_map.bind("").match(path.replace("{pk}", "1"), method)[0]
        needed = SCOPES.get(app.view_functions[endpoint].access)  # type: ignore[attr-defined]
        named = [scope for way in operation["security"] for scope in way.get("token", ())]
        assert named == ([needed.value] if needed else []), path


@pytest.mark.parametrize(("operation", "status"), STATUSES)
def test_each_status_is_answered_as_described(
    program: Program, simulator: Simulator, operation: str, status: int
) -> None:
    way = WAYS.get((operation, status)) or WAYS[status]
    assert way(program, operation).status_code == status


@pytest.mark.parametrize("operation", REPORTS)
def test_reports_are_also_tables(program: Program, simulator: Simulator, operation: str) -> None:
    start_campaign(program)
    answer = program.call(operation, query_string={"formato": "csv"})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert len(answer.text.splitlines()) > 3


def test_a_campaign_that_is_stopped_and_one_of_many_pages(
    program: Program, simulator: Simulator, shop: Shop, account: int
) -> None:
    simulator.behave(next=["401"])
    stopped = wait_for_end(program, "sendSms").get_json()
    assert (stopped["success"], stopped["estado"]) == (False, "error")
    ids = shop.add_clients(account, [f"301{number:07d}" for number in range(1_001)])
    order = {"cliente_ids": ids, "mensaje": "Hola"}
    many = program.call("sendSms", json=order, headers=program.headers | {"Prefer": "respond-async"}).get_json()
    program.campaign = many["campana_id"]
    after = int(many["detalles_url"].rpartition("=")[2])
    rest = program.call("campaignDetails", query_string={"despues": after}).get_json()
    assert [detail["cliente_id"] for detail in rest["detalles"]] == ids[1_000:]


def test_a_body_that_is_no_object_and_ids_of_nobody(program: Program) -> None:
    payloads: list[Any] = [[], {"cliente_ids": [999], "mensaje": "Hola"}]
    for payload in payloads:
        answer = program.call("sendSms", json=payload)
        assert answer.get_json().keys() == {"success", "error"}
    assert program.call("createClient", data="{").status_code == 400


def test_callers_without_a_token(browser: CheckingClient, seller: CheckingClient) -> None:
    path, laura = "/clientes/crear/ajax/", {"nombre": "Laura"}
    answers = [browser.send_json(path, laura), seller.send_json(path, laura), seller.post(path, json=laura)]
    assert [answer.status_code for answer in answers] == [401, 403, 400]
    for answer in answers:
        check(answer, path, "post")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"success": True, "plantillas": [], "more": 1}),
        (200, {"success": True, "plantillas": [{"id": 1, "nombre": "Promoción"}]}),
        (200, {"success": False, "plantillas": []}),
        (418, {"success": False, "error": "I am a teapot"}),
    ],
)
def test_an_answer_that_is_not_described_fails(status: int, body: Any) -> None:
    with pytest.raises(OpenAPIError):
        check(Response(json.dumps(body), status, mimetype="application/json"), "/clientes/plantillas-sms/", "get")


@pytest.mark.parametrize(("operation", "status"), STATUSES)
def test_its_examples_are_as_its_schemas(operation: str, status: int) -> None:
    path, method = CALLS[operation]
    response = DOCUMENT["paths"][path][method]["responses"][str(status)]
    response = DOCUMENT["components"]["responses"].get(response.get("$ref", "").rpartition("/")[2], response)
    example = response["content"]["application/json"].get("example", DOCUMENT)
    headers = dict.fromkeys(response.get("headers", ()), "some")
    answer = Response(json.dumps(example), status, headers, mimetype="application/json")
    check(answer, path.format(pk=1, mes="2026-11"), method)


NEEDED_BY = {"motivo_servicio": {"tipo": "servicio"}}
"""What is refused alone, and what must stand beside it."""


@pytest.mark.parametrize("operation", EXAMPLES)
def test_the_limits_of_what_is_sent_are_real(program: Program, operation: str) -> None:
    path, method = CALLS[operation]
    body = DOCUMENT["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    schema = DOCUMENT["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    limits = {name: value["maxLength"] for name, value in schema["properties"].items() if "maxLength" in value}
    assert limits
    for name, longest in limits.items():
        needed = EXAMPLES[operation] | NEEDED_BY.get(name, {})
        written = "a" if name == "motivo_servicio" else "9"
        longer, fits = (needed | {name: written * length} for length in (longest + 1, longest))
        assert program.call(operation, json=longer).get_json()["errors"].keys() == {name}
        assert program.call(operation, json=fits).status_code < 300
    for name in schema["required"]:
        missing = {key: value for key, value in EXAMPLES[operation].items() if key != name}
        assert program.call(operation, json=missing).status_code == 400


def test_a_page_shows_it_with_commands(browser: CheckingClient) -> None:
    page = browser.get("/api/docs/").text
    for operation in operations(DOCUMENT, "http://localhost"):
        assert f'id="{operation.id}"' in page
        assert f"http://localhost{operation.path.format(pk=10, mes='2026-11')}" in page
    assert page.count("Authorization: Bearer $TOKEN") == len(EXAMPLES) + len(LESS_THAN_ALL) + 1
