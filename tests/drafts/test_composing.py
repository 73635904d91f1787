"""Writing a campaign: whatever happens to the page, the session or the line, what was typed is there."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from clientes_app.drafts.saving import MOST_DRAFTS
from clientes_app.drafts.typed import LARGEST
from clientes_app.extensions import unit_of_work
from clientes_app.models import Borrador

from ..support.checking_client import CheckingClient
from ..support.drafts import DRAFTS, REVIEW, OpenPage, message_in, send_from, send_seen, sent, shown_by, texts
from ..support.shop import Shop


@pytest.fixture
def english(admin: CheckingClient, shop: Shop, account: int) -> CheckingClient:
    """The admin's browser, in English, of a shop with a client."""
    shop.add_client(account, "Ana", "3001110001")
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


@pytest.fixture
def phone(app: Flask, english: CheckingClient) -> CheckingClient:
    """Another browser of the same admin."""
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    client.log_in("ana")
    return client


def test_to_open_the_page_stores_nothing(app: Flask, english: CheckingClient) -> None:
    page = OpenPage.new(english)
    page.autosave()
    page.reload()
    assert texts(app) == []
    assert "No drafts" in english.get(DRAFTS).text


def test_what_is_typed_is_saved_by_itself_and_shown_with_who_and_when(app: Flask, english: CheckingClient) -> None:
    page = OpenPage.new(english).type("Hola")
    assert "Draft saved" in page.autosave().text
    page.type("Hola a todos", nombre="Aniversario").autosave()
    assert texts(app) == ["Hola a todos"]
    listed = english.get(DRAFTS).text
    assert "Aniversario" in listed
    assert "Hola a todos" in listed
    assert "<bdi>ana</bdi>" in listed
    assert message_in(english.get(page.address).text) == "Hola a todos"


def test_it_is_kept_as_it_was_typed_right_or_wrong(english: CheckingClient) -> None:
    page = OpenPage.new(english).type("Hola {apellido}", nombre="x" * 300, destino="busqueda", q="ana")
    page.autosave()
    shown = page.reload().text
    assert (message_in(shown), page.fields["nombre"]) == ("Hola {apellido}", "x" * 300)
    assert page.fields["destino"] == "busqueda"
    assert 'name="q" value="ana"' in shown
    assert 'aria-invalid="true"' not in shown


@pytest.mark.both_databases
@pytest.mark.parametrize("key", ["x", "9" * 37, "'; --", "A" * 36])
def test_under_a_key_that_no_page_was_given_it_is_kept_all_the_same(
    app: Flask, english: CheckingClient, key: str
) -> None:
    page = OpenPage.new(english)
    page.fields["clave"] = key
    assert page.type("Hola").autosave().status_code == 200
    assert OpenPage.at(english, f"{DRAFTS}{page.key}/").fields["mensaje"] == "Hola"
    saved = english.send(f"{DRAFTS}guardar/", {**page.fields, "clave": key, "mensaje": "Hola, ven"})
    assert message_in(english.get(saved.location or "").text) == "Hola, ven"
    assert "Hola, compra" in english.get(page.type("Hola, compra", clave=key).press_review()).text
    assert texts(app) == ["Hola", "Hola, ven", "Hola, compra"]


def test_a_key_is_the_same_in_capitals(app: Flask, english: CheckingClient) -> None:
    page = OpenPage.new(english)
    page.fields["clave"] = page.key.upper()
    page.type("Hola").autosave()
    assert message_in(english.get(page.address).text) == "Hola"


def test_ticked_clients_stay_with_the_draft_and_no_page_carries_them(
    app: Flask, english: CheckingClient, shop: Shop, account: int
) -> None:
    ids = shop.add_clients(account, ["3001110002", "3001110003"])
    begun = english.send("/clientes/campanas/nueva/", {"cliente_ids": [str(each) for each in ids]})
    page = OpenPage.at(english, begun.location or "")
    assert "cliente_ids" not in page.reload().text
    assert "It will be sent to 2 of 2" in english.get(page.type("Hola").press_review()).text


def test_a_draft_into_which_nothing_was_typed_is_in_no_list(english: CheckingClient, shop: Shop, account: int) -> None:
    english.send("/clientes/campanas/nueva/", {"cliente_ids": "1"})
    assert "No drafts" in english.get(DRAFTS).text


class TestTheReview:
    """It has an address of its own."""

    def test_back_and_reload_ask_for_nothing_and_lose_nothing(self, app: Flask, english: CheckingClient) -> None:
        page = OpenPage.new(english).type("Hola {nombre}")
        review = page.press_review()
        for _ in range(2):
            assert "Hola Ana" in english.get(review).text
            assert message_in(page.reload().text) == "Hola {nombre}"
        assert texts(app) == ["Hola {nombre}"]

    def test_what_cannot_be_sent_is_said_there_and_mended(self, english: CheckingClient) -> None:
        page = OpenPage.new(english).type("Hola {apellido}")
        review = page.press_review()
        assert 'aria-invalid="true"' in english.get(review).text
        assert "Hola Ana" in english.get(page.type("Hola {nombre}").press_review()).text

    def test_sending_makes_one_campaign_of_it_and_back_leads_there(self, app: Flask, english: CheckingClient) -> None:
        page = OpenPage.new(english).type("Hola")
        review = page.press_review()
        campaign = send_from(english, review).location
        assert english.get(review).location == campaign
        assert english.get(page.address).location == campaign
        assert (texts(app), sent(app)) == ([], ["Hola"])

    def test_sent_twice_from_two_devices_it_is_one_campaign(
        self, app: Flask, english: CheckingClient, phone: CheckingClient
    ) -> None:
        review = OpenPage.new(english).type("Hola").press_review()
        seen = shown_by(english, review)
        answers = [send_seen(client, review, seen).location for client in (english, phone, english)]
        assert len(set(answers)) == 1
        assert sent(app) == ["Hola"]

    def test_what_was_changed_since_is_shown_again_and_not_sent(
        self, app: Flask, english: CheckingClient, phone: CheckingClient
    ) -> None:
        page = OpenPage.new(english).type("Hola")
        review = page.press_review()
        seen = shown_by(english, review)
        OpenPage.at(phone, page.address).type("Adiós").autosave()
        assert send_seen(english, review, seen).location == review
        shown = english.get(review).text
        assert "The draft was changed meanwhile, so nothing was sent." in shown
        assert "Adiós" in shown
        assert sent(app) == []

    def test_it_goes_to_no_more_than_the_review_said(
        self, app: Flask, english: CheckingClient, shop: Shop, account: int
    ) -> None:
        review = OpenPage.new(english).type("Hola").press_review()
        seen = shown_by(english, review)
        shop.add_client(account, "Eva", "3001110009")
        assert send_seen(english, review, seen).location == review
        assert "More clients would get it by now" in english.get(review).text
        assert (sent(app), texts(app)) == ([], ["Hola"])
        send_from(english, review)
        assert sent(app) == ["Hola"]


class TestTwoPages:
    """Nothing that somebody typed is written over by another page."""

    def test_another_device_goes_on_and_the_first_one_too(
        self, app: Flask, english: CheckingClient, phone: CheckingClient
    ) -> None:
        here = OpenPage.new(english).type("Hola")
        here.autosave()
        there = OpenPage.at(phone, here.address).type("Hola, ven")
        there.autosave()
        answer = here.type("Hola, compra").autosave()
        assert texts(app) == ["Hola, ven", "Hola, compra"]
        assert "is a draft of its own" in answer.text
        assert answer.headers["HX-Replace-Url"] == f"{DRAFTS}{here.key}/"
        here.type("Hola, compra ya").autosave()
        assert texts(app) == ["Hola, ven", "Hola, compra ya"]

    def test_a_page_that_was_left_open_says_nothing_new(
        self, app: Flask, english: CheckingClient, phone: CheckingClient
    ) -> None:
        here = OpenPage.new(english).type("Hola")
        here.autosave()
        there = OpenPage.at(phone, here.address).type("Hola, ven")
        there.autosave()
        here.reload()
        there.type("Hola, ven ya").autosave()
        here.autosave()
        assert "Hola, ven ya" in english.get(here.press_review()).text
        assert texts(app) == ["Hola, ven ya"]

    def test_changed_after_it_was_sent_from_another_tab_it_is_another_campaign(
        self, app: Flask, english: CheckingClient
    ) -> None:
        first = OpenPage.new(english).type("Hola")
        first.autosave()
        second = OpenPage.at(english, first.address)
        campaign = send_from(english, second.press_review()).location
        assert first.press_review() == campaign, "nothing was typed into it since"
        review = first.type("Otra cosa").press_review()
        shown = english.get(review).text
        assert "Otra cosa" in shown
        assert f'<a class="alert-link" href="{campaign}">See what was sent</a>' in shown
        send_from(english, review)
        assert sent(app) == ["Hola", "Otra cosa"]

    def test_the_other_tab_links_to_what_was_sent(self, english: CheckingClient) -> None:
        first = OpenPage.new(english).type("Hola")
        first.autosave()
        campaign = send_from(english, OpenPage.at(english, first.address).press_review()).location
        assert f'href="{campaign}">See what was sent</a>' in first.type("Otra cosa").autosave().text

    def test_what_arrives_after_the_sending_is_no_new_draft(self, app: Flask, english: CheckingClient) -> None:
        page = OpenPage.new(english).type("Hola")
        send_from(english, page.press_review())
        assert "This campaign was sent already" in page.autosave().text
        assert texts(app) == []

    def test_requests_of_one_page_that_overtake_one_another(self, app: Flask, english: CheckingClient) -> None:
        page = OpenPage.new(english).type("Hola a todos", orden="2")
        page.autosave()
        english.swap(f"{DRAFTS}guardar/", page.fields | {"mensaje": "Hola", "orden": "1"})
        assert texts(app) == ["Hola a todos"]

    def test_the_answer_to_one_that_was_lost_is_not_missed(self, app: Flask, english: CheckingClient) -> None:
        page = OpenPage.new(english).type("Hola", orden="1")
        english.swap(f"{DRAFTS}guardar/", page.fields)
        page.type("Hola a todos", orden="2").autosave()
        assert texts(app) == ["Hola a todos"]


def test_without_scripts_a_button_saves_and_so_do_those_of_the_preview(app: Flask, english: CheckingClient) -> None:
    page = OpenPage.new(english).type("Mañana está listo")
    saved = english.send(f"{DRAFTS}guardar/", page.fields)
    assert (saved.location or "").startswith(page.address)
    assert "The draft is saved." in english.get(page.address).text
    cheaper = english.send(REVIEW, page.fields | {"abaratar": "1"})
    assert (cheaper.location or "").startswith(page.address)
    assert texts(app) == ["Mañana esta listo"]


def test_an_own_text_comes_back_after_a_template_that_was_changed(
    app: Flask, english: CheckingClient, shop: Shop, account: int
) -> None:
    feast, sale = (str(shop.add_template(account, name, name)) for name in ("Fiesta", "Rebajas"))
    page = OpenPage.new(english).type("Lo mío")

    def choose(plantilla: str) -> str:
        english.send(f"{DRAFTS}elegir/", page.fields | {"plantilla": plantilla, "usar_plantilla": "1"})
        return page.reload().text

    assert message_in(choose(feast)) == "Fiesta"
    page.type("Fiesta de Ana")
    shown = choose(sale)
    assert message_in(shown) == "Rebajas"
    assert "What you had made of the template is a draft of its own." in shown
    assert message_in(choose("")) == "Lo mío"
    assert texts(app) == ["Lo mío", "Fiesta de Ana"]


def test_what_was_made_of_a_template_is_for_the_same_clients(english: CheckingClient) -> None:
    begun = english.send("/clientes/campanas/nueva/", {"cliente_ids": "1"})
    page = OpenPage.at(english, begun.location or "").type("Fiesta de Ana", propio="Lo mío")
    answer = english.swap(f"{DRAFTS}elegir/", page.fields | {"plantilla": "", "usar_plantilla": "1"})
    assert "What you had made of the template is a draft of its own." in answer.text
    other = re.search(rf'href="({DRAFTS}[^"]+/)"><bdi>Fiesta de Ana', english.get(DRAFTS).text)
    assert other
    assert "The client you ticked" in english.get(other[1]).text


def test_an_own_text_that_came_back_and_was_changed_waits_in_its_place(
    app: Flask, english: CheckingClient, shop: Shop, account: int
) -> None:
    feast = str(shop.add_template(account, "Fiesta", "Fiesta"))
    page = OpenPage.new(english)
    for chosen, typed in ((feast, "Lo mío"), ("", "Fiesta"), (feast, "Lo nuestro"), ("", "Fiesta")):
        page.type(typed)
        english.send(f"{DRAFTS}elegir/", page.fields | {"plantilla": chosen, "usar_plantilla": "1"})
        page.reload()
    assert texts(app) == ["Lo nuestro"]


def test_a_session_that_has_ended_says_so_and_the_page_goes_on_after_it(app: Flask, english: CheckingClient) -> None:
    page = OpenPage.new(english).type("Hola")
    english.send("/cuenta/salir/")
    assert page.autosave().status_code == 401
    english.log_in("ana")
    page.autosave()
    assert texts(app) == ["Hola"]


def test_what_shows_a_part_of_a_page_is_told_beside_it_that_the_session_has_ended(
    app: Flask, english: CheckingClient
) -> None:
    page = OpenPage.new(english).type("Hola {nombre}", destino="busqueda", q="Ana")
    english.delete_cookie("sessionid")
    headers = {"HX-Request": "true", "HX-Request-Type": "full"}  # as htmx asks where it selects a part of the answer
    answer = english.post(f"{DRAFTS}elegir/", data={**page.fields, "csrf_token": page.token}, headers=headers)
    assert answer.status_code == 401
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == ("#flashes", ".flashes")
    seen = english.get("/clientes/", headers=headers)
    assert seen.headers["HX-Redirect"].startswith("/cuenta/entrar/"), "the log-in page is no part of this one"


def test_a_form_that_says_nothing_about_who_is_for_nobody(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account)
    page = OpenPage.new(english).type("Hola {nombre}")
    del page.fields["destino"]
    reviewed = english.follow(REVIEW, page.fields)
    assert "Choose who is meant." in reviewed.text
    assert 'value="todos" checked' not in reviewed.text


def test_review_after_the_session_leads_back_to_what_was_written(app: Flask, english: CheckingClient) -> None:
    page = OpenPage.new(english).type("Hola\n¿Vienes?")
    english.delete_cookie("sessionid")
    typed = page.fields | {"csrf_token": page.token}
    asked = english.post(REVIEW, data=typed, headers={"Referer": f"http://localhost{page.address}"})
    wanted = english.get(asked.location)
    assert "What you typed comes back" in wanted.text or "Lo que escribiste vuelve" in wanted.text
    entered = english.send(asked.location, {"usuario": "ana", "clave": "a good password"})
    back = english.get(entered.location)
    assert back.location == page.address
    assert message_in(page.reload().text) == "Hola\n¿Vienes?"


def test_deleting(app: Flask, english: CheckingClient) -> None:
    page = OpenPage.new(english).type("Hola")
    page.autosave()
    assert "Hola" in english.get(f"{page.address}eliminar/").text
    assert english.send(f"{page.address}eliminar/").location == DRAFTS
    assert texts(app) == []
    assert english.send(f"{page.address}eliminar/").status_code == 404
    page.type("Hola otra vez").autosave()
    assert texts(app) == ["Hola otra vez"], "the page was still open"


class TestWhoSeesThem:
    def test_the_admin_sees_those_of_everybody_and_others_their_own(
        self, app: Flask, english: CheckingClient, seller: CheckingClient
    ) -> None:
        own, sellers = OpenPage.new(english).type("Lo de Ana"), OpenPage.new(seller).type("Lo de Vero")
        own.autosave()
        sellers.autosave()
        listed = english.get(DRAFTS).text
        assert "Lo de Ana" in listed
        assert "Lo de Vero" in listed
        assert "Lo de Ana" not in seller.get(DRAFTS).text
        assert seller.get(own.address).status_code == 404
        assert seller.swap(f"{DRAFTS}guardar/", own.fields | {"mensaje": "Robado"}).status_code == 404
        send_from(english, OpenPage.at(english, sellers.address).press_review())
        assert sent(app) == ["Lo de Vero"]

    def test_another_account_writes_its_own_under_the_same_key(
        self, app: Flask, english: CheckingClient, shop: Shop
    ) -> None:
        page = OpenPage.new(english).type("Lo de Ana")
        page.autosave()
        shop.add_admin("otra")
        other = app.test_client()
        assert isinstance(other, CheckingClient)
        other.log_in("otra")
        assert "Lo de Ana" not in other.get(page.address).text
        assert other.get(f"{page.address}revisar/").status_code == 404


class TestBounds:
    def test_a_draft_that_is_too_large_is_refused_in_words(self, app: Flask, english: CheckingClient) -> None:
        page = OpenPage.new(english).type("Hola")
        ids = [str(number) for number in range(10**17, 10**17 + LARGEST // 20 + 1)]
        refused = english.send(REVIEW, page.fields | {"cliente_ids": ids})
        assert refused.status_code == 413
        assert "This is too much for a campaign" in refused.text
        assert texts(app) == []

    def test_the_one_left_alone_longest_makes_room(self, app: Flask, english: CheckingClient, account: int) -> None:
        first = OpenPage.new(english).type("El primero")
        first.autosave()
        fields = {"mensaje": "", "nombre": "", "plantilla": "", "propio": "", "para": [], "clientes": []}
        with app.app_context(), unit_of_work() as session:
            session.add_all(
                Borrador(clave=str(number), campos=fields, huella="", creado_por_id=account, usuario_id=account)
                for number in range(MOST_DRAFTS - 1)
            )
        OpenPage.new(english).type("El último").autosave()
        assert len(texts(app)) == MOST_DRAFTS
        assert "El primero" not in texts(app)
        assert "El último" in texts(app)
