"""Templates: the list, the forms, the preview, and who may do what."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask

from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, PlantillaSMS

from ..support.checking_client import CheckingClient, hidden_fields
from ..support.shop import Shop

LIST = "/clientes/plantillas/"
CREATE = "/clientes/plantillas/crear/"
PREVIEW = "/clientes/plantillas/vista-previa/"
EMOJI = "\N{PARTY POPPER}"
HEBREW = "שלום {nombre}"
VALID = {"nombre": "Welcome Message", "mensaje": "Hola {nombre}, bienvenido a nuestra tienda!"}


@pytest.fixture(autouse=True)
def _in_english(admin: CheckingClient) -> None:
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"


def edit_url(pk: int) -> str:
    return f"/clientes/plantillas/editar/{pk}/"


def delete_url(pk: int) -> str:
    return f"/clientes/plantillas/eliminar/{pk}/"


def active_url(pk: int) -> str:
    return f"/clientes/plantillas/{pk}/activo/"


def stored(app: Flask) -> list[tuple[str, str, bool]]:
    with app.app_context():
        rows = db.session.query(PlantillaSMS).order_by(PlantillaSMS.id)
        return [(row.nombre, row.mensaje, row.activo) for row in rows]


# The list


def test_an_empty_list_says_what_to_do_next(admin: CheckingClient) -> None:
    text = admin.get(LIST).text
    assert "No templates yet" in text
    assert f'href="{CREATE}"' in text


def test_cards_show_text_size_and_last_use(admin: CheckingClient, shop: Shop, account: int) -> None:
    used = shop.add_template(account, "Usada", "Sí {nombre}")
    shop.add_template(account, "Nueva", "Hola")
    shop.add(CampanaSMS(nombre="C", mensaje="Hola", plantilla_id=used, enviada_por_id=account, usuario_id=account))
    text = admin.get(LIST).text
    assert text.index("Nueva") < text.index("Usada"), "newest first"
    assert "4 characters · 1 SMS" in text
    assert "15 characters · 1 SMS" in text
    assert text.count("Not used yet") == 1
    assert text.count("<time ") == 1
    assert f'href="/clientes/campanas/nueva/?plantilla={used}"' in text


def test_the_list_filters_by_state(admin: CheckingClient, shop: Shop, account: int) -> None:
    on = shop.add_template(account, "Encendida")
    off = shop.add_template(account, "Apagada", activo=False)

    def cards(state: str) -> list[int]:
        text = admin.get(f"{LIST}?estado={state}").text
        return [pk for pk in (on, off) if f'id="template-{pk}"' in text]

    assert cards("activas") == [on]
    assert cards("inactivas") == [off]
    assert cards("todas") == cards("") == [on, off]
    assert f"plantilla={off}" not in admin.get(LIST).text, "an inactive one is not offered"


def test_a_page_holds_thirty_and_leads_to_the_older_ones(admin: CheckingClient, shop: Shop, account: int) -> None:
    ids = [shop.add_template(account, f"P{number}") for number in range(31)]
    first = admin.get(LIST).text
    assert first.count('<li class="col-md-6') == 30
    assert f"{LIST}?antes={ids[1]}" in first
    older = admin.get(f"{LIST}?antes={ids[1]}").text
    assert older.count('<li class="col-md-6') == 1
    assert f'id="template-{ids[0]}"' in older
    assert f'href="{LIST}?antes=' not in older


@pytest.mark.parametrize("antes", ["", "x", "-1", "-9" * 40, "9" * 40, "9" * 5000])
def test_a_senseless_place_in_the_list_is_no_fault(admin: CheckingClient, antes: str) -> None:
    assert admin.get(LIST, query_string={"antes": antes}).status_code == 200


def test_a_seller_sees_the_templates_without_the_admins_buttons(
    seller: CheckingClient, shop: Shop, account: int
) -> None:
    pk = shop.add_template(account, "Promoción")
    text = seller.get(LIST).text
    assert f'id="template-{pk}"' in text
    assert f"plantilla={pk}" in text
    for url in (CREATE, edit_url(pk), delete_url(pk), active_url(pk)):
        assert url not in text


def test_programs_get_the_active_ones(admin: CheckingClient, shop: Shop, account: int) -> None:
    first = shop.add_template(account, "Promoción Mensual", "Hola {nombre}, aprovecha!")
    shop.add_template(account, "Vieja", activo=False)
    second = shop.add_template(account, "Recordatorio", "Hola {nombre}, te esperamos!")
    shop.add_template(shop.add_admin("otro"), "Ajena")
    assert admin.get("/clientes/plantillas-sms/").json == {
        "success": True,
        "plantillas": [
            {"id": second, "nombre": "Recordatorio", "mensaje": "Hola {nombre}, te esperamos!"},
            {"id": first, "nombre": "Promoción Mensual", "mensaje": "Hola {nombre}, aprovecha!"},
        ],
    }


def test_a_program_that_is_not_logged_in_is_told_so(app: Flask) -> None:
    response = app.test_client().get("/clientes/plantillas-sms/")
    assert (response.status_code, response.json["success"]) == (401, False)


# Create and edit


def test_creating_redirects_to_the_list_and_says_so(admin: CheckingClient, app: Flask) -> None:
    response = admin.send(CREATE, {**VALID, "activo": "true"})
    assert (response.status_code, response.location) == (302, LIST)
    assert stored(app) == [(*VALID.values(), True)]
    assert "The template Welcome Message is saved." in admin.get(LIST).text


def test_a_new_template_is_active_unless_said_otherwise(admin: CheckingClient, app: Flask) -> None:
    admin.send(CREATE, VALID)
    admin.send(CREATE, {**VALID, "activo": "false"})
    admin.send(CREATE, {**VALID, "activo": ["false", "true"]})
    assert [active for _nombre, _mensaje, active in stored(app)] == [True, False, True]


def test_htmx_is_sent_to_the_list(admin: CheckingClient, app: Flask) -> None:
    response = admin.swap(CREATE, VALID)
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, LIST)
    assert len(stored(app)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nombre": " "}, "This field is required."),
        ({"nombre": "n" * 101}, "Use at most 100 characters."),
        ({"mensaje": " \n "}, "This field is required."),
        ({"mensaje": "x" * 1601}, "Use at most 1,600 characters: these are 1,601."),
        (
            {"mensaje": "{apellido} {nombre} {ciudad} {apellido}"},
            "Only {primer_nombre}, {nombre}, {tienda}, {ultima_compra} are filled in. "
            "Correct or remove: {apellido}, {ciudad}.",
        ),
        (
            {"mensaje": "{{nombre}} {primer nombre} {nombre}"},
            "{{nombre}} is not filled in: did you mean {nombre}? {primer nombre} is not filled in: "
            "did you mean {primer_nombre}?",
        ),
        ({"activo": "perhaps"}, "Say true or false."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_stored(
    admin: CheckingClient, app: Flask, changes: dict[str, str], said: str
) -> None:
    page, fragment = admin.send(CREATE, {**VALID, **changes}), admin.swap(CREATE, {**VALID, **changes})
    assert (page.status_code, fragment.status_code) == (200, 422)
    for response in (page, fragment):
        assert response.text.count(said) == 1
    assert "<html" not in fragment.text
    assert stored(app) == []


def test_what_was_typed_is_kept(admin: CheckingClient) -> None:
    text = unescape(admin.send(CREATE, {"nombre": "", "mensaje": "Con <b>{otra}</b>", "activo": "false"}).text)
    assert "Con <b>{otra}</b></textarea>" in text
    assert 'value="true" checked' not in text


@pytest.mark.parametrize(
    "mensaje",
    ["x" * 1600, EMOJI * 1600, "{ } {} {nada", "50 % { nombre }", HEBREW, "<script>alert(1)</script>"],
)
def test_any_other_text_is_a_message(admin: CheckingClient, app: Flask, mensaje: str) -> None:
    assert admin.send(CREATE, {**VALID, "mensaje": mensaje}).status_code == 302
    assert stored(app)[0][1] == mensaje


def test_texts_are_stored_clean(admin: CheckingClient, app: Flask) -> None:
    typed = {"nombre": "  A\x00\x1bB\n", "mensaje": "\r\nman\N{COMBINING TILDE}ana\x00\r\nsí\x07 "}
    admin.send(CREATE, typed)
    assert stored(app) == [("A B", "mañana \nsí", True)]


def test_texts_are_shown_as_text(admin: CheckingClient, shop: Shop, account: int) -> None:
    hostile = f"<script>alert(1)</script> \"'&amp; {EMOJI} {HEBREW}"
    pk = shop.add_template(account, hostile[:100], hostile)
    for url in (LIST, edit_url(pk), delete_url(pk)):
        text = admin.get(url).text
        assert "<script>alert" not in text
        assert hostile in unescape(text)


def test_the_form_of_a_template_shows_it(admin: CheckingClient, shop: Shop, account: int) -> None:
    pk = shop.add_template(account, "Promoción", "Hola {nombre}!", activo=False)
    text = admin.get(edit_url(pk)).text
    assert 'value="Promoción"' in text
    assert "Hola {nombre}!</textarea>" in text
    assert "Hola Laura Méndez!" in text, "the preview"
    assert 'value="true" checked' not in text


@pytest.mark.parametrize(
    "changes",
    [
        {"nombre": "B"},
        {"mensaje": "Chao"},
        {"activo": "false"},
        {"nombre": "B", "mensaje": "Chao", "activo": "0"},
        {},
    ],
)
def test_a_field_that_is_left_out_keeps_its_value(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, changes: dict[str, str]
) -> None:
    pk = shop.add_template(account, "A", "Hola")
    response = admin.send(edit_url(pk), changes)
    assert (response.status_code, response.location) == (302, LIST)
    kept = (changes.get("nombre", "A"), changes.get("mensaje", "Hola"), "activo" not in changes)
    assert stored(app) == [kept]


def test_two_who_edit_one_template_keep_what_each_changed(
    admin: CheckingClient, app: Flask, shop: Shop, account: int
) -> None:
    pk = shop.add_template(account, "A", "Hola\n{nombre}")
    seen = hidden_fields(admin.get(edit_url(pk)).text)
    typed = {"nombre": "A", "mensaje": "Hola\r\n{nombre}", "activo": "true"}
    admin.send(edit_url(pk), {**seen, **typed, "nombre": "Nueva"})
    admin.send(edit_url(pk), {**seen, **typed, "activo": "false"})
    assert stored(app) == [("Nueva", "Hola\n{nombre}", False)]


def test_a_wrong_edit_changes_nothing(admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    pk = shop.add_template(account, "A", "Hola")
    assert admin.send(edit_url(pk), {"nombre": "B", "mensaje": "{x}"}).status_code == 200
    assert admin.swap(edit_url(pk), {"nombre": "", "mensaje": "Chao"}).status_code == 422
    assert stored(app) == [("A", "Hola", True)]


@pytest.mark.parametrize("payload", [[1], {"nombre": 5, "mensaje": {}}, "text", None])
def test_json_is_not_read_as_a_form(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, payload: object
) -> None:
    pk = shop.add_template(account, "A", "Hola")
    assert admin.send_json(CREATE, payload).status_code == 200
    assert admin.send_json(edit_url(pk), payload).status_code == 302
    assert admin.send_json(PREVIEW, payload).status_code == 200
    assert stored(app) == [("A", "Hola", True)]


# Activate and delete


def test_activating_answers_the_card(admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    pk = shop.add_template(account, "A", "Hola")
    response = admin.swap(active_url(pk), {"activo": "false"})
    assert response.status_code == 200
    assert f'hx-target="#template-{pk}"' in response.text
    assert "The template A is inactive." in response.text
    assert stored(app) == [("A", "Hola", False)]
    plain = admin.send(active_url(pk), {"activo": "true"})
    assert (plain.status_code, plain.location) == (302, LIST)
    assert stored(app) == [("A", "Hola", True)]


@pytest.mark.parametrize("form", [{}, {"activo": ""}, {"activo": "perhaps"}])
def test_activating_without_saying_so_is_refused(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, form: dict[str, str]
) -> None:
    pk = shop.add_template(account, "A", "Hola")
    assert admin.send(active_url(pk), form).status_code == 400
    assert stored(app) == [("A", "Hola", True)]


def test_the_deletion_is_confirmed_by_name(admin: CheckingClient, shop: Shop, account: int) -> None:
    pk = shop.add_template(account, "Navidad")
    dialog = admin.swap(delete_url(pk), method="GET")
    assert "Delete the template Navidad?" in dialog.text
    assert "<html" not in dialog.text
    assert "Delete the template Navidad?" in admin.get(delete_url(pk)).text


def test_deleting_leaves_the_campaigns_their_text(admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    pk = shop.add_template(account, "Navidad", "Hola")
    campaign = CampanaSMS(nombre="C", mensaje="Hola", plantilla_id=pk, enviada_por_id=account, usuario_id=account)
    campaign_id = shop.add(campaign)
    response = admin.send(delete_url(pk))
    assert (response.status_code, response.location) == (302, LIST)
    assert "The template Navidad is deleted." in admin.get(LIST).text
    assert stored(app) == []
    with app.app_context():
        kept = db.session.get_one(CampanaSMS, campaign_id)
        assert (kept.mensaje, kept.plantilla_id) == ("Hola", None)


def test_htmx_takes_the_deleted_card_away(admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    pk = shop.add_template(account, "Navidad")
    response = admin.swap(delete_url(pk))
    assert f'<hx-partial hx-target="#template-{pk}" hx-swap="delete">' in response.text
    assert "dialog:close" in response.headers["HX-Trigger"]
    assert stored(app) == []


# Who may


def test_a_seller_may_change_nothing(seller: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    pk = shop.add_template(account, "A", "Hola")
    form = {**VALID, "activo": "false"}
    for url in (CREATE, edit_url(pk), delete_url(pk), active_url(pk)):
        assert seller.send(url, form).status_code == 403
        assert seller.swap(url, form).status_code == 403
    for url in (CREATE, edit_url(pk), delete_url(pk)):
        assert seller.get(url).status_code == 403
    assert stored(app) == [("A", "Hola", True)]


@pytest.mark.parametrize("pk", [None, 0, 999, 2**63, 10**30])
def test_other_rows_do_not_exist(admin: CheckingClient, app: Flask, shop: Shop, pk: int | None) -> None:
    foreign = shop.add_template(shop.add_admin("otro"), "Ajena", "Secreto")
    wanted = foreign if pk is None else pk
    form = {**VALID, "activo": "false"}
    for url in (edit_url(wanted), delete_url(wanted), active_url(wanted)):
        assert admin.send(url, form).status_code == 404
    for url in (edit_url(wanted), delete_url(wanted)):
        response = admin.get(url)
        assert response.status_code == 404
        assert "Ajena" not in response.text
    assert "Ajena" not in admin.get(LIST).text
    assert stored(app) == [("Ajena", "Secreto", True)]


# The preview


def test_the_preview_shows_a_real_client_and_the_size(seller: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "{nombre}")
    response = seller.swap(PREVIEW, {"mensaje": "Hola {nombre} <b>\nsí"})
    text = unescape(response.text)
    assert response.status_code == 200
    assert "Hola {nombre} <b>\ns<mark" in text
    assert " · 1 SMS" in text


def test_the_preview_steps_from_client_to_client(admin: CheckingClient, shop: Shop, account: int) -> None:
    ids = {name: shop.add_client(account, name) for name in ("Ana", "María del Mar", "Zoe")}

    def shown(**form: object) -> str:
        text = admin.swap(PREVIEW, {"mensaje": "Hola", **form}).text
        return next(name for name, pk in ids.items() if f'name="cliente" value="{pk}"' in text)

    assert shown() == "Ana"
    assert shown(cliente=ids["Zoe"]) == "Zoe"
    assert shown(cliente=ids["Ana"], paso="siguiente") == "María del Mar"
    assert shown(cliente=ids["Ana"], paso="anterior") == "Zoe"
    assert shown(cliente=ids["Ana"], paso="mas_largo") == "María del Mar"


@pytest.mark.parametrize("cliente", ["", "x", "-1", "²", "9" * 18, "9" * 19, "9" * 5000])
def test_a_senseless_client_is_replaced_by_the_first(
    admin: CheckingClient, shop: Shop, account: int, cliente: str
) -> None:
    shop.add_client(account, "Ana")
    form = {"mensaje": "Hola {nombre}", "cliente": cliente, "paso": "sideways"}
    assert "Hola Ana" in admin.swap(PREVIEW, form).text


def test_the_preview_names_what_is_wrong_as_soon_as_it_is_typed(admin: CheckingClient) -> None:
    assert "Correct or remove: {x}." in admin.swap(PREVIEW, {"mensaje": "{x}"}).text
    assert "these are 1,601." in admin.swap(PREVIEW, {"mensaje": "x" * 1601}).text
    untouched = admin.swap(PREVIEW, {"mensaje": ""}).text
    assert "This field is required." not in untouched
    assert "0 characters · 0 SMS" in untouched


def test_a_saving_is_offered_and_applied_when_asked_for(admin: CheckingClient, app: Flask) -> None:
    mensaje = "á" * 150
    offered = admin.swap(PREVIEW, {"mensaje": mensaje})
    assert "Without accents and special signs: 3 → 1 SMS" in offered.text
    assert "<textarea" not in offered.text, "what is typed is not touched by itself"
    applied = admin.swap(PREVIEW, {"mensaje": mensaje, "abaratar": "1"}).text
    assert f"{'a' * 150}</textarea>" in applied
    assert "150 characters · 1 SMS" in applied
    assert "Without accents" not in applied


@pytest.mark.parametrize("button", [{"vista_previa": "1"}, {"paso": "siguiente"}, {"abaratar": "1"}])
def test_without_scripts_the_preview_keeps_the_form_and_stores_nothing(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, button: dict[str, str]
) -> None:
    pk = shop.add_template(account, "A", "Hola")
    shop.add_client(account, "Ana")
    for url in (CREATE, edit_url(pk)):
        response = admin.send(url, {"nombre": "Typed", "mensaje": "Buenas {nombre} {x}", **button})
        assert response.status_code == 200
        assert 'value="Typed"' in response.text
        assert "Buenas {nombre} {x}</textarea>" in response.text
        assert "Buenas Ana {x}" in response.text
        assert response.text.count("Correct or remove: {x}.") == 1
    assert stored(app) == [("A", "Hola", True)]


# What it takes for the account's clients


def test_a_card_tells_the_range_and_how_to_save_where_the_accent_is_in_a_name(
    admin: CheckingClient, seller: CheckingClient, shop: Shop, account: int
) -> None:
    for place, name in enumerate(("Ana", "Ramón", "Inés")):
        shop.add_client(account, name, f"300111000{place}")
    shop.add_client(account, "Íngrid", "3001110009", activo=False)
    pk = shop.add_template(account, "Promoción", "Hola {nombre}, " + "a" * 60)
    text = admin.get(LIST).text
    assert "1 to 2 SMS because of the accents; 1 of 3 clients: 2" in text
    assert "Without accents, in the names too: 4 → 3 SMS" in text
    assert "Counted with the names of your active clients." in text
    offered = edit_url(pk) + "?abaratar=nombres"
    assert offered in text
    assert "Hola {nombre_sin_tildes}, a" in admin.get(offered).text
    assert "abaratar" not in seller.get(LIST).text


def test_of_names_that_take_the_same_no_saving_is_offered(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "Ramón")
    shop.add_template(account, "Corta", "Hola {nombre}")
    text = admin.get(LIST).text
    assert "1 SMS for your client" in text
    assert "Without accents" not in text
