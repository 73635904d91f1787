"""Campaigns in the browser: composing, reviewing, sending, and the page of one."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from clientes_app.live import streams as live_streams

from ..support.carrier import Simulator, sending, wait_until
from ..support.checking_client import CheckingClient, hidden_fields
from ..support.shop import Shop

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    """The admin's browser, in English."""
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


def draft(**fields: str | list[str]) -> dict[str, str | list[str]]:
    return {"destino": "todos", "mensaje": "Hola {nombre}", "nombre": "Aniversario", **fields}


def review_of(client: CheckingClient, **fields: str | list[str]) -> str:
    """Write a campaign, and answer the page of its review; where it is not right, that of the form."""
    return client.follow("/clientes/campanas/revisar/", draft(**fields)).text


def compose_for(client: CheckingClient, **fields: str | list[str]) -> str:
    """Begin a campaign, and answer the page where it is written."""
    return client.follow("/clientes/campanas/nueva/", fields).text


def blank_page(client: CheckingClient, query: str = "") -> str:
    """Answer the page of a campaign that nobody has begun."""
    return client.get(f"/clientes/campanas/nueva/{query}", follow_redirects=True).text


def campaign_of(client: CheckingClient, **fields: str | list[str]) -> str:
    """Send a campaign and answer the address of its page."""
    response = client.send("/clientes/campanas/enviar/", draft(**fields))
    assert response.status_code == 302, response.text
    assert response.location is not None
    return response.location


def test_the_review_tells_who_gets_it_and_who_does_not(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_clients(account, ["3001110001", "3001110002", "300 111 0001", "", "no tiene"])
    shop.add_client(account, "Inactiva", "3001110009", activo=False)
    page = review_of(english)
    assert "It will be sent to 2 of 5 clients." in page
    assert re.search(r"2\s*· No usable number", page)
    assert re.search(r"1\s*· Duplicate number", page)
    assert "Send 2 messages" in page
    assert "2 SMS in all." in page


def test_the_review_shows_the_longest_message(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "Ana", "3001110001")
    shop.add_client(account, "María de los Ángeles " * 6, "3001110002")
    page = review_of(english)
    assert "The longest message, to María de los Ángeles" in page
    assert "3 SMS in all." in page


def test_nobody_to_send_to_offers_no_sending(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "Ana", "")
    page = review_of(english)
    assert "Nobody would get it" in page
    assert not re.search(r"Send \d+ message", page)


def test_ticked_clients_are_carried_to_the_end(english: CheckingClient, shop: Shop, account: int) -> None:
    first, second, _ = shop.add_clients(account, ["3001110001", "3001110002", "3001110003"])
    compose = compose_for(english, cliente_ids=[str(first), str(second)])
    assert "The 2 clients you ticked" in compose
    ticked = {"cliente_ids": [str(first), str(second)], "destino": "marcados"}
    assert "It will be sent to 2 of 2" in review_of(english, **ticked)
    assert "0 of 2" in english.get(campaign_of(english, **ticked)).text


def test_a_search_chooses_who_gets_it(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "María Peña", "3001110001")
    shop.add_client(account, "Carlos", "3001110002")
    page = review_of(english, destino="busqueda", q="maria")
    assert "It will be sent to 1 of 1 client." in page


def test_a_search_for_nothing_is_not_everybody(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account)
    page = review_of(english, destino="busqueda", q=" ")
    assert "Write what to search for, or choose all clients." in page
    assert "hx-post" in page, "the form again"


def test_what_was_written_comes_back_after_looking_at_a_template(
    english: CheckingClient, shop: Shop, account: int
) -> None:
    template = shop.add_template(account, "Fiesta", "Ven a la fiesta")
    url = "/clientes/campanas/borradores/elegir/"

    def message_of(html: str) -> str:
        found = re.search(r'<textarea[^>]* name="mensaje"[^>]*>([^<]*)</textarea>', html)
        assert found
        return found.group(1)

    chosen = english.swap(url, draft(mensaje="Lo mío", plantilla=str(template), usar_plantilla="1")).text
    assert message_of(chosen) == "Ven a la fiesta"
    kept = hidden_fields(chosen)["propio"]
    back = english.swap(url, draft(mensaje="Ven a la fiesta", plantilla="", propio=kept, usar_plantilla="1")).text
    assert message_of(back) == "Lo mío"


def test_a_form_that_is_sent_twice_gives_one_campaign(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account)
    key = hidden_fields(blank_page(english))["clave"]
    assert campaign_of(english, clave=key) == campaign_of(english, clave=key)


@pytest.mark.parametrize("changed", [{"mensaje": "Otra cosa"}, {"nombre": "Otro"}, {"destino": "busqueda", "q": "ana"}])
def test_what_is_changed_after_sending_is_another_campaign(
    english: CheckingClient, shop: Shop, account: int, changed: dict[str, str]
) -> None:
    shop.add_client(account, "Ana")
    key = hidden_fields(blank_page(english))["clave"]
    first = campaign_of(english, clave=key)
    second = campaign_of(english, clave=key, **changed)
    assert first != second
    assert campaign_of(english, clave=key) == first
    assert campaign_of(english, clave=key, **changed) == second


def test_each_new_composing_has_a_key_of_its_own(english: CheckingClient) -> None:
    keys = [hidden_fields(blank_page(english))["clave"] for _ in range(2)]
    assert keys[0] != keys[1]
    kept = english.send("/clientes/campanas/revisar/", draft(clave=keys[0]))
    assert kept.location == f"/clientes/campanas/borradores/{keys[0]}/revisar/", (
        "what is changed before sending stays one"
    )


def test_a_forms_key_is_looked_up_before_anything_else_is_judged(
    english: CheckingClient, shop: Shop, account: int
) -> None:
    client_id = shop.add_client(account)
    first = campaign_of(english, clave="x")
    english.send(f"/clientes/eliminar/{client_id}/")
    assert campaign_of(english, clave="x") == first


def test_a_forms_key_that_no_form_has_is_refused(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account)
    assert english.send("/clientes/campanas/enviar/", draft(clave="x" * 201)).status_code == 400
    assert "No campaigns yet" in english.get("/clientes/campanas/").text


@pytest.mark.parametrize(
    "who",
    [
        {"destino": "todos", "cliente_ids": "abc"},
        {"destino": "marcados", "cliente_ids": "5,6"},
        {"destino": "marcados", "cliente_ids": ["1", "zz"]},
        {"destino": "Marcados"},
        {"destino": ["todos", "todos"]},
        {"destino": ""},
        {"destino": "segmento", "segmento": "abc"},
        {"destino": "todos", "segmento": "1"},
        {"destino": "todos", "q": "ana"},
        {"destino": "todos", "cliente_ids": "1"},
        {"destino": "busqueda"},
        {"destino": "busqueda", "q": "a", "creado_hasta": "2024-02-30"},
        {"destino": "busqueda", "q": "a", "creado_asta": "2024-02-03"},
        {"destino": "busqueda", "estado": ["todos", "activos"]},
    ],
)
def test_what_does_not_say_readably_who_is_meant_sends_nothing_and_keeps_the_text(
    english: CheckingClient, shop: Shop, account: int, who: dict[str, str | list[str]]
) -> None:
    shop.add_client(account, "Ana")
    answer = english.send("/clientes/campanas/enviar/", draft(**who))
    assert answer.status_code == 400
    assert 'id="destino-errors"' in answer.text
    assert 'value="Aniversario"' in answer.text
    assert "Hola {nombre}</textarea>" in answer.text
    assert "No campaigns yet" in english.get("/clientes/campanas/").text


def test_a_filter_in_the_address_of_an_act_counts_as_given(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "Ana")
    assert english.send("/clientes/campanas/enviar/?q=eva", draft()).status_code == 400
    assert english.send("/clientes/campanas/enviar/?destino=marcados", draft()).status_code == 400


@pytest.mark.parametrize("query", ["cliente_ids=abc", "destino=Marcados", "segmento=abc", "creado_desde=ayer"])
def test_composing_from_what_cannot_be_read_chooses_nobody(
    english: CheckingClient, shop: Shop, account: int, query: str
) -> None:
    shop.add_client(account)
    page = blank_page(english, f"?{query}")
    assert "cannot be read" in page
    assert not re.search(r'name="destino"[^>]* checked', page)


def test_everybody_beside_a_search_is_asked_about(english: CheckingClient, shop: Shop, account: int) -> None:
    first = shop.add_client(account, "Ana")
    page = review_of(english, q="ana")
    assert "leave one of them out" in page
    page = review_of(english, cliente_ids=str(first))
    assert "It will be sent to 1 of 1 client." in page
    assert "cliente_ids" not in page, "the act is told the draft alone"


@pytest.mark.parametrize("wrong", [{"mensaje": ""}, {"mensaje": "{apellido}"}, {"nombre": "x" * 201}])
def test_what_is_wrong_is_said_at_the_field_and_kept(
    english: CheckingClient, shop: Shop, account: int, wrong: dict[str, str]
) -> None:
    shop.add_client(account)
    written = draft(**{"nombre": "Mi campaña", **wrong})
    asked = english.send("/clientes/campanas/revisar/", written)
    swapped = english.swap("/clientes/campanas/revisar/", written)
    assert (asked.status_code, swapped.status_code) == (302, 422)
    for response in (english.get(asked.location), english.send("/clientes/campanas/enviar/", written), swapped):
        assert response.status_code in (200, 422)
        assert 'aria-invalid="true"' in response.text
        assert next(iter(wrong.values())) in response.text
    assert "No campaigns yet" in english.get("/clientes/campanas/").text


def test_a_template_gives_its_text(english: CheckingClient, shop: Shop, account: int) -> None:
    template = shop.add_template(account, "Cumpleaños", "Feliz día, {nombre}")
    page = blank_page(english, f"?plantilla={template}")
    assert "Feliz día, {nombre}</textarea>" in page


def test_changing_it_keeps_what_was_written(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account)
    page = compose_for(english, **draft(mensaje="Mi texto\ncon dos líneas"))
    assert "Mi texto\ncon dos líneas</textarea>" in page
    assert 'value="Aniversario"' in page


def test_the_page_of_a_finished_campaign(
    english: CheckingClient, shop: Shop, account: int, simulator: Simulator, app: Flask
) -> None:
    shop.add_clients(account, ["3001110001", "+15005550001", ""])
    with sending(app):
        url = campaign_of(english)
        wait_until(lambda: english.get(f"{url}estado/").get_json()["estado"] == "completado")
    page = english.get(url).text
    assert "Finished: 1 message sent of 3." in page
    assert "The number does not exist (21211)" in page
    assert "sse:connect" not in page
    failed = english.swap(f"{url}mensajes/?estado=fallido", method="GET").text
    assert failed.count("<tr>") == 3
    assert "Sent" not in failed.split("<tbody>")[1]


def test_a_running_campaign_is_streamed(
    english: CheckingClient, shop: Shop, account: int, simulator: Simulator, app: Flask
) -> None:
    shop.add_clients(account, [f"301222{number:04d}" for number in range(300)])
    simulator.behave(latency=500)  # long enough for the page to be told more than twice
    url = campaign_of(english)
    assert "hx-sse:connect" in english.get(url).text
    with sending(app):
        stream = english.get(f"{url}progreso/", buffered=False)
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "no-store, no-transform"
        events = "".join(chunk.decode() for chunk in stream.response).split("\n\n")
        stream.close()
    sent = [int(found.group(1)) for event in events if (found := re.search(r'data-state="enviado">(\d+)<', event))]
    assert sent == sorted(sent)
    assert sent[-1] == 300
    assert len(sent) > 2
    assert "event: end" in events[-2]


def test_the_stream_of_an_ended_campaign_ends_at_once(
    english: CheckingClient, shop: Shop, account: int, simulator: Simulator
) -> None:
    shop.add_client(account, "Ana", "")
    url = campaign_of(english)
    assert english.get(f"{url}progreso/", buffered=True).text.endswith("event: end\ndata: \n\n")


@pytest.mark.usefixtures("simulator")
def test_a_browser_gets_four_streams_and_a_fifth_page_comes_back_until_the_end(
    english: CheckingClient, shop: Shop, account: int, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_streams, "SHARED_SECONDS", 0.0)
    shop.add_client(account)
    url = campaign_of(english)
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}
    streams = [english.get(f"{url}progreso/", headers=htmx, buffered=False) for _ in range(4)]
    fifth = english.get(f"{url}progreso/?fase=pendiente", headers=htmx)
    assert re.match(r"retry: 3000\nid: pendiente\n(data: .*\n)+\n\Z", fifth.text)
    assert 'data-state="enviado">0<' in fifth.text
    with sending(app):
        wait_until(lambda: english.get(f"{url}estado/").get_json()["estado"] == "completado")
    back = english.get(f"{url}progreso/?fase=pendiente", headers=htmx | {"Last-Event-ID": "pendiente"})
    assert 'data-state="enviado">1<' in back.text
    assert back.text.endswith("event: end\ndata: \n\n")
    streams[0].close()
    again = english.get(f"{url}progreso/", headers=htmx, buffered=False)
    assert again.mimetype == "text/event-stream"
    for stream in (*streams, again):
        stream.close()


def test_the_state_as_json(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_clients(account, ["3001110001", "3001110001", ""])
    state = english.get(f"{campaign_of(english)}estado/").get_json()
    assert state == {
        "success": True,
        "estado": "pendiente",
        "total_clientes": 3,
        "enviados_exitosos": 0,
        "enviados_fallidos": 1,
        "pendiente": 1,
        "enviando": 0,
        "omitido": 1,
        "incierto": 0,
        "cancelado": 0,
        "tipo": "publicidad",
    }


def test_a_stopped_campaign_says_why_and_goes_on(
    english: CheckingClient, shop: Shop, account: int, simulator: Simulator, app: Flask
) -> None:
    shop.add_clients(account, ["3001110001", "3001110002"])
    simulator.behave(faults={"401": 1.0})
    with sending(app):
        url = campaign_of(english)
        wait_until(lambda: english.get(f"{url}estado/").get_json()["estado"] == "error")
        page = english.get(url).text
        assert "Stopped: Twilio does not accept the account&#39;s credentials (20003)." in page
        simulator.behave(faults={})
        assert english.send(f"{url}reanudar/").location == url
        wait_until(lambda: english.get(f"{url}estado/").get_json()["enviados_exitosos"] == 2)
    assert english.send(f"{url}reanudar/").status_code == 409


def test_running_campaigns_are_live_in_the_list(english: CheckingClient, shop: Shop, account: int) -> None:
    assert "hx-trigger" not in english.swap("/clientes/campanas/en-curso/", method="GET").text
    shop.add_client(account)
    campaign_of(english)
    fragment = english.swap("/clientes/campanas/en-curso/", method="GET").text
    assert 'hx-trigger="every 2s"' in fragment
    assert "Aniversario" in fragment
