"""Every page, in both languages, both themes and on both sizes of screen: readable by everybody, its console silent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.campaigns import services
from clientes_app.campaigns.storing import Schedule
from clientes_app.client_files.meaning.roles import Contents
from clientes_app.clients.search.criteria import Search
from clientes_app.clients.tags.tagging import tag_client
from clientes_app.drafts.own_numbers import trying
from clientes_app.drafts.typed import Content
from clientes_app.extensions import db, unit_of_work
from clientes_app.fields.services import NewField, create_field
from clientes_app.models import (
    Alcance,
    Borrador,
    CampanaSMS,
    Cliente,
    Cuenta,
    EstadoCampana,
    EstadoSMS,
    Etiqueta,
    MotivoDePausa,
    NumeroPropio,
    PlantillaSMS,
    Respuesta,
    Segmento,
    SMSLog,
    TipoDeCampo,
    Venta,
)
from clientes_app.models.baja import Baja, OrigenBaja
from clientes_app.models.types import utc_now
from clientes_app.people.links import make_link_for
from clientes_app.shop.services import ShopSettings, save_settings
from clientes_app.tenancy import owned
from clientes_app.tokens.services import create_token

from ..support.imports import Imports
from ..support.second_factor import turn_on_app
from ..support.shop import PASSWORD
from .accessibility import doubled_ids, sideways, violations
from .site import Site
from .visitors import SPANISH, Visitors, log_in

WIDE, NARROW = (1280, 800), (360, 740)
# Each theme at one of the sizes: what a theme hides it hides at every size, and the other way round.
LOOKS = (("light", WIDE), ("dark", NARROW))


def nothing_more(page: Page) -> None: ...


def press(selector: str, page: Page) -> None:
    page.locator(selector).first.click()


def open_dialog(selector: str, page: Page) -> None:
    press(selector, page)
    expect(page.get_by_role("dialog")).to_be_visible()


def refuse(field: str, page: Page) -> None:
    page.locator(field).fill(" ")
    page.locator(field).press("Enter")
    expect(page.locator(f"{field}[aria-invalid=true]")).to_be_focused()


def refuse_in_dialog(page: Page) -> None:
    open_dialog("a[href='/clientes/nuevo/']", page)
    refuse("#dialog-nombre", page)


def show_notices(page: Page) -> None:
    page.evaluate("for (const id of ['no-answer', 'connection-lost']) document.getElementById(id).hidden = false")


def show_notices_in_dialog(page: Page) -> None:
    open_dialog("a[href='/clientes/nuevo/']", page)
    show_notices(page)


def refuse_log_in(page: Page) -> None:
    page.locator("#usuario").fill("demo")
    refuse("#clave", page)


def tick_two(page: Page) -> None:
    for tick in page.locator("[name=cliente_ids]").all()[:2]:
        tick.check()
    expect(page.locator("#selection")).to_be_visible()


def delete_ticked(page: Page) -> None:
    tick_two(page)
    open_dialog("#selection [formaction*=eliminar]", page)


def refuse_tag(page: Page) -> None:
    open_dialog(".tag-actions a", page)
    refuse("#dialog-etiqueta", page)


def write_message(page: Page) -> None:
    page.locator("#mensaje").fill(
        "¡Hola {nombre}! Mañana, en el café, todo está a mitad de precio: ven con {mascota} 🎉"
    )
    expect(page.locator("#preview mark").first).to_be_visible()


def try_first(page: Page) -> None:
    page.locator("#mensaje").fill("Hola {nombre}, te esperamos")
    page.click("#try-first")
    page.locator("#own-number").wait_for()


def review(page: Page) -> None:
    page.locator("#mensaje").fill("Hola {nombre}, te esperamos")
    page.locator("#compose button.btn-primary").click()
    expect(page.locator("#review-who")).to_be_visible()
    for left_out in page.locator("details.left-out").all():
        left_out.click()


def refuse_price(page: Page) -> None:
    page.locator("#add-country").click()
    expect(page.locator("select:focus")).to_have_attribute("id", re.compile("^precios-"))
    page.locator("input[name$=-precio]").last.press("Enter")
    expect(page.locator("input[name$=-precio][aria-invalid=true]")).to_be_focused()


def open_filters(page: Page) -> None:
    press(".client-filters > summary", page)
    expect(page.locator(".own-filter[open] fieldset").first).to_be_visible()


def make_token(page: Page) -> None:
    open_dialog("a[href='/ajustes/tokens/nuevo/']", page)
    page.locator("#dialog [name=nombre]").fill("Caja del mostrador")
    page.locator("#dialog [type=submit]").click()
    expect(page.locator("#secret")).to_be_focused()


def show_answers(page: Page) -> None:
    page.locator("details.api-answer").evaluate_all("answers => answers.forEach((answer) => (answer.open = true))")


def log_in_elsewhere(page: Page) -> None:
    """Bring a second session into the list."""
    browser = page.context.browser
    assert browser is not None
    elsewhere = browser.new_page(base_url=page.url)
    log_in(elsewhere, "nueva")
    elsewhere.close()
    page.reload()
    expect(page.locator(".own-session form").first).to_be_visible()


def refuse_password(page: Page) -> None:
    page.locator("#clave_actual").fill("wrong")
    page.locator("#clave_nueva").fill("short")
    page.locator("#clave_nueva").press("Enter")
    expect(page.locator("#clave_actual[aria-invalid=true]")).to_be_focused()


def owe_second_step(who: str, page: Page) -> None:
    log_in(page, who)
    expect(page.locator("#codigo")).to_be_visible()


def owe_recovery_code(page: Page) -> None:
    owe_second_step("con-app", page)
    page.locator("main a[href*=recuperacion]").click()
    expect(page.locator("h1")).to_have_text(re.compile("recuperación|recovery"))


def begin_app(page: Page) -> None:
    if page.locator("form[action*=empezar]").count():
        press("form[action*=empezar] button", page)
    page.locator("#clave").fill("anything")
    refuse("#codigo", page)


def turn_on_second_step(page: Page) -> None:
    """Turn on codes from an app, or find them on from the last time; unfold what can be done."""
    if page.locator("form[action*=empezar]").count():
        press("form[action*=empezar] button", page)
        page.locator("#codigo").fill(pyotp.TOTP(page.locator(".secret-text").inner_text()).now())
        page.locator("#clave").fill(PASSWORD)
        page.locator("#clave").press("Enter")
        press("main a.btn-primary", page)
    for folded in page.locator("details.with-password > summary").all():
        folded.click()


def make_recovery_codes(page: Page) -> None:
    turn_on_second_step(page)
    page.locator("#clave-codes").fill(PASSWORD)
    page.locator("#clave-codes").press("Enter")
    expect(page.locator(".recovery-codes > li")).to_have_count(10)


@dataclass(frozen=True)
class Look:
    """A page, what to do before looking at it, and who does: the sample shop's admin if nobody else."""

    path: str
    prepare: Callable[[Page], None] = nothing_more
    who: str = "demo"


FAR_AHEAD = datetime(2199, 12, 4, 15, 0, tzinfo=UTC)
DRAFT = "/clientes/campanas/borradores/0b0e8a6e-3c0f-4a53-9f0e-4b1f6d1f2a10/"
NO_ROUTE = "+15005550002"
FIRST = {"template": PlantillaSMS, "finished": CampanaSMS}

PAGES = {
    "log in": Look("/cuenta/entrar/", who=""),
    "log in refused": Look("/cuenta/entrar/", refuse_log_in, who=""),
    "home": Look("/"),
    "first steps": Look("/", who="nueva"),
    "clients": Look("/clientes/?estado=todos&q=mar", tick_two),
    "what went wrong": Look("/clientes/?q=lon", show_notices),
    "what went wrong in a dialog": Look("/clientes/?q=lon", show_notices_in_dialog),
    "clients of a vendedor": Look("/clientes/?q=lon", who="vendedora"),
    "no clients": Look("/clientes/", who="nueva"),
    "nothing found": Look("/clientes/?q=xyzxyz"),
    "new client": Look("/clientes/nuevo/"),
    "new client refused": Look("/clientes/nuevo/", partial(refuse, "#nombre")),
    "new client in a dialog": Look("/clientes/?q=mar", refuse_in_dialog),
    "edit client": Look("/clientes/editar/{client}/"),
    "edit client in a dialog": Look("/clientes/?q=mar", partial(open_dialog, "[id^=edit-]")),
    "delete client": Look("/clientes/eliminar/{client}/"),
    "delete client in a dialog": Look("/clientes/{client}/", partial(open_dialog, "main a[href*=eliminar]")),
    "delete client with sales": Look("/clientes/{buyer}/", partial(open_dialog, "main a[href*='clientes/eliminar']")),
    "client": Look("/clientes/{buyer}/", partial(refuse, "#total")),
    "edit sale": Look("/clientes/{buyer}/ventas/{sale}/editar/", partial(refuse, "#total")),
    "edit sale in a dialog": Look("/clientes/{buyer}/", partial(open_dialog, "[href$='/editar/']")),
    "delete sale": Look("/clientes/{buyer}/ventas/{sale}/eliminar/"),
    "delete sale in a dialog": Look("/clientes/{buyer}/", partial(open_dialog, "[href$='/eliminar/']")),
    "templates": Look("/clientes/plantillas/"),
    "no templates": Look("/clientes/plantillas/", who="nueva"),
    "new template": Look("/clientes/plantillas/crear/", write_message),
    "edit template": Look("/clientes/plantillas/editar/{template}/"),
    "delete template": Look("/clientes/plantillas/eliminar/{template}/"),
    "compose": Look("/clientes/campanas/nueva/", write_message),
    "compose from a template": Look("/clientes/campanas/nueva/?plantilla={template}"),
    "review": Look("/clientes/campanas/nueva/", review),
    "send it anyway": Look(f"{DRAFT}exceptuar/"),
    "campaigns": Look("/clientes/campanas/"),
    "calendar": Look("/clientes/campanas/calendario/?mes=2199-12"),
    "empty calendar": Look("/clientes/campanas/calendario/", who="nueva"),
    "report of a month": Look("/informes/mes/2026-11/"),
    "report of a month without anything": Look("/informes/", who="nueva"),
    "report of a campaign": Look("/informes/campana/{finished}/"),
    "report of the clients": Look("/informes/clientes/", who="vendedora"),
    "report of no clients": Look("/informes/clientes/", who="nueva"),
    "when people buy": Look("/informes/cuando/"),
    "messages behind a figure": Look("/informes/mensajes/?campana={finished}&que=fallidos"),
    "purchases behind a figure": Look("/informes/compras/?campana={finished}"),
    "opt-outs behind a figure": Look("/informes/bajas/2026-11/"),
    "no campaigns": Look("/clientes/campanas/", who="nueva"),
    "finished campaign": Look("/clientes/campanas/{finished}/mensajes/?estado=fallido"),
    "missing ones": Look("/clientes/campanas/{refused}/faltan/", who="ocupada"),
    "missing ones in a dialog": Look(
        "/clientes/campanas/{refused}/", partial(open_dialog, "main a[href*=faltan]"), who="ocupada"
    ),
    "nobody missing": Look("/clientes/campanas/{finished}/faltan/"),
    "draft": Look(DRAFT),
    "review of a draft": Look(f"{DRAFT}revisar/"),
    "trying it first": Look(DRAFT, try_first, who="nueva"),
    "test message": Look("/clientes/campanas/pruebas/{trial}/"),
    "own number": Look("/cuenta/yo/numero/"),
    "no own number": Look("/cuenta/yo/numero/", partial(refuse, "#telefono_propio"), who="nueva"),
    "drafts": Look("/clientes/campanas/borradores/"),
    "no drafts": Look("/clientes/campanas/borradores/", who="nueva"),
    "delete a draft": Look(f"{DRAFT}eliminar/"),
    "delete a draft in a dialog": Look(
        "/clientes/campanas/borradores/", partial(open_dialog, "main a[href*=eliminar]")
    ),
    "certificate": Look("/clientes/campanas/{finished}/certificado/imprimir/"),
    "cancel campaign": Look("/clientes/campanas/{stopped}/cancelar/"),
    "scheduled campaign": Look("/clientes/campanas/{scheduled}/"),
    "change the hour": Look("/clientes/campanas/{scheduled}/hora/"),
    "change the hour in a dialog": Look(
        "/clientes/campanas/{scheduled}/", partial(open_dialog, "main a[href$='/hora/']")
    ),
    "campaign that could not be kept": Look("/clientes/campanas/{held}/"),
    "compose for an hour": Look("/clientes/campanas/nueva/?cuando=programar&dia=2199-12-04&hora=10:00"),
    "stopped campaign": Look("/clientes/campanas/{stopped}/"),
    "uncertain message": Look("/clientes/campanas/{uncertain}/mensajes/{message}/otra-vez/", who="duda"),
    "campaign with an uncertain message": Look("/clientes/campanas/{uncertain}/", who="duda"),
    "opt-outs": Look("/clientes/bajas/"),
    "answers": Look("/clientes/respuestas/"),
    "answers that cannot be read": Look("/clientes/respuestas/?estado=x"),
    "no answers": Look("/clientes/respuestas/", who="nueva"),
    "opt out who answered": Look("/clientes/respuestas/{answer}/baja/"),
    "opt out in a dialog": Look("/clientes/respuestas/", partial(open_dialog, "[id^=opt-out-]")),
    "new opt-out": Look("/clientes/bajas/nueva/"),
    "take out an opt-out": Look("/clientes/bajas/{opt_out}/quitar/"),
    "filtered clients": Look("/clientes/?numero=si&compro_desde=2026-01-01&orden=compra&compro_por=1000"),
    "segments": Look("/clientes/segmentos/"),
    "no segments": Look("/clientes/segmentos/", who="nueva"),
    "new segment": Look("/clientes/segmentos/nuevo/?q=mar&baja=no", partial(refuse, "#nombre")),
    "new segment in a dialog": Look("/clientes/?q=mar", partial(open_dialog, "a[href*='segmentos/nuevo']")),
    "delete segment": Look("/clientes/segmentos/{segment}/eliminar/"),
    "compose for a segment": Look("/clientes/campanas/nueva/?segmento={segment}"),
    "simulated phone": Look("/telefono/"),
    "no message, and the own menu": Look("/telefono/", partial(press, "details.own-menu > summary"), who="nueva"),
    "tags": Look("/clientes/etiquetas/"),
    "no tags": Look("/clientes/etiquetas/", who="nueva"),
    "edit tag": Look("/clientes/etiquetas/editar/{tag}/"),
    "edit tag refused": Look("/clientes/etiquetas/", refuse_tag),
    "delete tag": Look("/clientes/etiquetas/eliminar/{tag}/"),
    "tag many": Look("/clientes/seleccion/etiquetas/?cliente_ids={client}", partial(refuse, "#etiqueta_nueva")),
    "activate many": Look("/clientes/seleccion/activo/?cliente_ids={client}"),
    "delete many": Look("/clientes/seleccion/eliminar/?cliente_ids={client}&cliente_ids={buyer}"),
    "delete many in a dialog": Look("/clientes/?q=mar", delete_ticked),
    "export many": Look("/clientes/seleccion/exportar/?destino=todos"),
    "no numbers that do not work": Look("/clientes/numeros-que-no-responden/"),
    "numbers that do not work": Look("/clientes/numeros-que-no-responden/", who="muertos"),
    "doubles": Look("/clientes/dobles/?por=nombre"),
    "no doubles": Look("/clientes/dobles/?por=documento", who="nueva"),
    "merge": Look("/clientes/unir/?a={client}&b={buyer}"),
    "import": Look("/clientes/importar/", who="importa"),
    "columns of an import": Look("/clientes/importar/{uploaded}/columnas/", who="importa"),
    "import that was checked": Look("/clientes/importar/{reviewed}/", who="importa"),
    "rows of an import": Look("/clientes/importar/{reviewed}/filas/?veredicto=doble", who="importa"),
    "rows of an import that are asked about": Look("/clientes/importar/{asking}/", who="importa"),
    "rows of an import that change clients": Look(
        "/clientes/importar/{asking}/filas/?veredicto=actualiza", who="importa"
    ),
    "cancel an import": Look("/clientes/importar/{reviewed}/cancelar/", who="importa"),
    "import that has ended": Look("/clientes/importar/{imported}/", who="importa"),
    "import of sales": Look("/clientes/importar/?clase=ventas", who="importa"),
    "columns of sales": Look("/clientes/importar/{till}/columnas/", who="importa"),
    "sales that were checked": Look("/clientes/importar/{till_checked}/", who="importa"),
    "new sales of an import": Look("/clientes/importar/{till_checked}/filas/?veredicto=nueva", who="importa"),
    "import of sales that has ended": Look("/clientes/importar/{till_stored}/", who="importa"),
    "undo an import of sales": Look("/clientes/importar/{till_stored}/deshacer/", who="importa"),
    "undo an import": Look("/clientes/importar/{imported}/deshacer/", who="importa"),
    "personal data": Look("/clientes/{buyer}/datos/"),
    "erase a client": Look("/clientes/{buyer}/borrar/"),
    "erase a client in a dialog": Look("/clientes/{client}/datos/", partial(open_dialog, "main a[href*=borrar]")),
    "erased client": Look("/clientes/{erased}/"),
    "people": Look("/personas/", who="invita"),
    "nobody else": Look("/personas/", who="nueva"),
    "invite refused": Look("/personas/nueva/", partial(refuse, "#usuario")),
    "invite in a dialog": Look("/personas/", partial(open_dialog, "a[href='/personas/nueva/']"), who="invita"),
    "a link in a dialog": Look("/personas/", partial(open_dialog, "[id^=link-]")),
    "edit a person": Look("/personas/{person}/editar/", who="invita"),
    "deactivate a person": Look("/personas/{person}/desactivar/", who="invita"),
    "remove a second step": Look("/personas/{person}/segundo-paso/", who="invita"),
    "choose a password": Look("/cuenta/enlace/{secret}/", partial(refuse, "#clave"), who=""),
    "audit": Look("/auditoria/", who="invita"),
    "audit without a find": Look("/auditoria/?hasta=2000-01-01", who="invita"),
    "settings": Look("/ajustes/", refuse_price, who="cuida"),
    "home with a waiting campaign": Look("/", who="cuida"),
    "campaigns with a waiting one": Look("/clientes/campanas/", who="cuida"),
    "waiting campaign": Look("/clientes/campanas/{waiting}/", who="cuida"),
    "waiting campaign of a vendedor": Look("/clientes/campanas/{waiting}/", who="pregunta"),
    "approve": Look("/clientes/campanas/{waiting}/aprobar/", who="cuida"),
    "approve in a dialog": Look("/", partial(open_dialog, "#waiting a[href*=aprobar]"), who="cuida"),
    "reject": Look("/clientes/campanas/{waiting}/rechazar/", who="cuida"),
    "review that passes a limit": Look("/clientes/campanas/nueva/", review, who="cuida"),
    "advertising": Look("/ajustes/publicidad/"),
    "end of advertisements": Look("/ajustes/salida/"),
    "fields": Look("/ajustes/campos/"),
    "no fields": Look("/ajustes/campos/", who="nueva"),
    "new field": Look("/ajustes/campos/nuevo/", partial(refuse, "#nombre")),
    "change a field": Look("/ajustes/campos/{field}/"),
    "delete a field": Look("/ajustes/campos/{field}/eliminar/"),
    "clients by a field": Look("/clientes/?campo_{field}_opcion=Chica", open_filters),
    "tokens": Look("/ajustes/tokens/"),
    "no tokens": Look("/ajustes/tokens/", who="nueva"),
    "new token": Look("/ajustes/tokens/nuevo/", partial(refuse, "#nombre")),
    "token that is made": Look("/ajustes/tokens/", make_token),
    "revoke a token": Look("/ajustes/tokens/{token}/revocar/"),
    "no connection": Look("/sin-conexion/", who=""),
    "the API": Look("/api/docs/", show_answers, who=""),
    "own account": Look("/cuenta/yo/", log_in_elsewhere, who="nueva"),
    "own account refused": Look("/cuenta/yo/", refuse_password),
    "second step of a log-in": Look("/cuenta/segundo-paso/", partial(owe_second_step, "con-app"), who=""),
    "recovery code": Look("/cuenta/segundo-paso/recuperacion/", owe_recovery_code, who=""),
    "first second step": Look("/cuenta/segundo-paso/activar/", partial(owe_second_step, "estricta"), who=""),
    "no second step": Look("/cuenta/segundo-paso/ajustes/", who="nueva"),
    "second step": Look("/cuenta/segundo-paso/ajustes/", turn_on_second_step, who="segura"),
    "recovery codes": Look("/cuenta/segundo-paso/ajustes/", make_recovery_codes, who="segura"),
    "codes from an app": Look("/cuenta/segundo-paso/ajustes/app/", begin_app, who="nueva"),
}


@pytest.fixture(scope="module")
def places(shared_site: Site) -> dict[str, Any]:
    """The ids that the addresses name; the account of `nueva` is empty, what `duda` sent is uncertain."""
    shared_site.behave_well()
    shared_site.shop.add_admin("nueva")
    add_second_factors(shared_site)
    shared_site.simulator.behave(next=["cut_before"])
    uncertain, message = send_one(shared_site, "duda", "3001234567", EstadoSMS.INCIERTO)
    refused, _ = send_one(shared_site, "ocupada", NO_ROUTE, EstadoSMS.FALLIDO)
    with shared_site.app.app_context():
        buyer, account, sale = db.session.execute(select(Venta.cliente_id, Venta.usuario_id, Venta.id).limit(1)).one()
        first = {name: db.session.scalars(owned(model, account)).first().id for name, model in FIRST.items()}
        without_sales = owned(Cliente, account).where(Cliente.id.not_in(select(Venta.cliente_id)))
        client = db.session.scalars(without_sales).first().id
    shared_site.simulator.behave(next=["401"])
    stopped = shared_site.start_campaign(account, "Sin permiso")
    assert shared_site.wait_for_end(stopped) is EstadoCampana.ERROR
    opt_out = shared_site.shop.add(Baja(telefono_e164="+573009999999", origen=OrigenBaja.MANUAL, usuario_id=account))
    answer = shared_site.shop.add(
        Respuesta(telefono_e164="+573009999998", mensaje="¿A qué hora abren?", adjuntos=1, usuario_id=account)
    )
    segment = shared_site.shop.add(
        Segmento(nombre="Los de siempre", busqueda={"q": "mar"}, creado_por_id=account, usuario_id=account)
    )
    shared_site.shop.add(draft_of(account))
    tag = shared_site.shop.add(Etiqueta(nombre="Feria", clave="feria", usuario_id=account))
    with shared_site.app.app_context():
        tag_client(account, buyer, ["Feria"], by=NOBODY)
    add_dead_number(shared_site)
    trial = try_message(shared_site, account)
    erased = shared_site.shop.add_client(account, "Cliente borrado", "", activo=False, borrado=utc_now())
    shared_site.shop.add_sale(account, erased, 59_900)
    with shared_site.app.app_context():
        token = create_token(account, "Caja", list(Alcance), by=Actor(account)).token.id
    with shared_site.app.test_request_context():
        field = create_field(account, NewField("Barrio", TipoDeCampo.OPCION, ["Centro", "Norte"]), by=NOBODY).id
    shared_site.shop.add_template(account, "Barrios", "Vamos al {barrio}")
    ids = {
        "trial": trial,
        "field": field,
        "erased": erased,
        "token": token,
        "segment": segment,
        "tag": tag,
        "buyer": buyer,
        "sale": sale,
        "client": client,
        "stopped": stopped,
        **schedule_two(shared_site, account),
        "uncertain": uncertain,
        "message": message,
    }
    return {
        **first,
        **ids,
        "refused": refused,
        "opt_out": opt_out,
        "answer": answer,
        "waiting": ask(shared_site),
        **add_imports(shared_site),
        **invite(shared_site),
    }


def schedule_two(site: Site, account: int) -> dict[str, int]:
    """Return a campaign that waits for its hour, and one that could not be kept at it."""
    with site.app.app_context():
        draft = services.Draft(Search(), "Hola {nombre}", "Para diciembre", schedule=Schedule(FAR_AHEAD))
        scheduled, held = (services.create_campaign(account, draft, by=Actor(account)).id for _ in range(2))
        with unit_of_work() as session:
            campaign = session.get_one(CampanaSMS, held)
            campaign.estado, campaign.motivo_pausa = EstadoCampana.PAUSADO, MotivoDePausa.TARDE
    return {"scheduled": scheduled, "held": held}


def try_message(site: Site, account: int) -> int:
    """Send a test to the person's own number, and return its id."""
    site.shop.add(NumeroPropio(persona_id=account, telefono_e164="+573007654321", probado=utc_now()))
    with site.app.test_request_context():
        return trying.send(account, "Hola, mañana abrimos", "x", by=Actor(account, "demo", account)).sent.id


def add_dead_number(site: Site) -> None:
    """Let `muertos` have a client to whose number three messages failed for good."""
    account = site.shop.add_admin("muertos")
    site.shop.add_client(account, "Rosa Gil", "3001112233")
    for _ in range(3):
        sent = site.start_campaign(account, "Feria")
        site.wait_for_end(sent)
        with site.app.app_context(), unit_of_work() as session:
            rows = session.scalars(select(SMSLog).where(SMSLog.campana_id == sent))
            for row in rows:
                row.recibo_codigo = 30005


def draft_of(account: int) -> Borrador:
    """Return the draft whose address is `DRAFT`."""
    texts = {"mensaje": "Hola {nombre}, mañana abrimos", "nombre": "Apertura", "plantilla": "", "propio": ""}
    content = Content(texts, (("destino", "todos"),))
    return Borrador(
        clave=DRAFT.split("/")[-2],
        campos=content.stored(),
        resumen=content.summary,
        huella=content.mark,
        creado_por_id=account,
        usuario_id=account,
    )


def invite(site: Site) -> dict[str, Any]:
    """Invite a vendedor; answer their id and the secret of their link."""
    person = site.shop.add_seller(site.shop.add_admin("invita"), "invitada")
    with site.app.test_request_context():
        return {"person": person, "secret": make_link_for("invitada", by=NOBODY)}


def ask(site: Site) -> int:
    """Let `pregunta` ask for a campaign that `cuida` is to approve; nothing more may be sent today."""
    account = site.shop.add_admin("cuida")
    site.shop.add_client(account, "Cuidada", "+12015550123")
    with site.app.test_request_context():
        save_settings(account, ShopSettings(exige_aprobacion=True, precios={"CO": Decimal("25.50")}), by=NOBODY)
    waiting = site.start_campaign(account, "Por aprobar", sender_id=site.shop.add_seller(account, "pregunta"))
    with site.app.test_request_context():
        save_settings(account, ShopSettings(mensajes_por_dia=0, precios={"CO": Decimal("25.50")}), by=NOBODY)
    return waiting


def add_second_factors(site: Site) -> None:
    """Store who has a second factor, who must set one up, and who will turn one on."""
    turn_on_app(site.app, site.shop.add_admin("con-app"))
    site.shop.add_admin("segura")
    strict = site.shop.add_admin("estricta")
    with site.app.app_context(), unit_of_work() as session:
        session.add(Cuenta(usuario_id=strict, exige_segundo_factor=True))


def add_imports(site: Site) -> dict[str, int]:
    """Bring an import to each of the states that a person looks at; answer their ids."""
    imports = Imports(site.app, site.shop.add_admin("importa"))
    rows = "nombre,celular,grupo\nImportada Paz,3009871234,VIP\n,3009871235,\nImportada P.,3009871234,\n"
    uploaded, reviewed = imports.upload(rows), imports.upload(rows)
    imports.start_review(reviewed)
    imports.work()
    imported = imports.run(rows)
    asking = imports.review("nombre,celular\nImportada Paz Mar,3009871234\nRosa Ida,3009871234\nLuis Sol,3009871234\n")
    clients = {"uploaded": uploaded, "reviewed": reviewed, "imported": imported, "asking": asking}
    return clients | add_imports_of_sales(imports)


def add_imports_of_sales(imports: Imports) -> dict[str, int]:
    sold = "fecha,hora,celular,total,concepto,recibo\n05/03/2026,10:30,3009871234,59.900,Zapatos,F-1\n"
    more = sold + "06/03/2026,,3009871234,1.000,,\n06/03/2026,,3000000009,1.000,,\n"
    uploaded, stored = imports.upload(more, "caja.csv", Contents.SALES), imports.review_sales(sold)
    imports.apply(stored)
    return {"till": uploaded, "till_checked": imports.review_sales(more), "till_stored": stored}


def send_one(site: Site, who: str, number: str, end: EstadoSMS) -> tuple[int, int]:
    """Send a campaign of one message that ends so, from an account of its own; answer both ids."""
    account = site.shop.add_admin(who)
    site.shop.add_client(account, telefono=number)
    campaign_id = site.start_campaign(account, f"De {who}")
    site.wait_for_end(campaign_id)
    with site.app.app_context():
        row = db.session.execute(select(SMSLog).filter_by(campana_id=campaign_id)).scalar_one()
    assert row.estado is end
    return campaign_id, row.id


@pytest.mark.parametrize("name", PAGES)
def test_it_is_readable_by_everybody(site: Site, visitors: Visitors, places: dict[str, Any], name: str) -> None:
    look = PAGES[name]
    # Spanish, whose words are the longer ones; most other tests read the pages in English.
    page = visitors.come_back(look.who, locale=SPANISH) if look.who else visitors.arrive(locale=SPANISH)
    answer = page.goto(look.path.format(**places))
    assert answer is not None
    assert answer.ok
    look.prepare(page)
    assert page.locator("html").get_attribute("lang") == "es"
    check_looks(page)


def test_the_page_that_says_not_found_is_too(site: Site, visitors: Visitors) -> None:
    visitors.expected.append("the server responded with a status of 404 ")
    page = visitors.come_back()
    page.goto("/nothing/here/")
    check_looks(page)


def test_a_running_campaign_is_too(site: Site, visitors: Visitors) -> None:
    account = site.shop.add_admin("corre")
    site.shop.add_clients(account, ["3001234567", "3001234568"])
    page = visitors.come_back("corre")
    site.simulator.behave(latency=20_000)
    campaign_id = site.start_campaign(account, "En camino")
    for path in ("/", "/clientes/campanas/", f"/clientes/campanas/{campaign_id}/"):
        page.goto(path)
        expect(page.locator("#running article, #live[hx-sse\\:connect]")).to_be_visible()
        check_looks(page)


def check_looks(page: Page) -> None:
    for theme, (width, height) in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        found = violations(page)
        assert not found, f"{theme}, {width} px: " + "\n".join(found)
        assert sideways(page) <= 0, f"wider than {width} px"
        expect(page.locator("#content button[data-leave-dialog]:visible")).to_have_count(0)
    assert doubled_ids(page) == []


# A fragment of a page, the list of a client's sales as JSON or HTML, files to download, the stream.
NOT_PAGES = {
    "campaigns.actions",
    "campaigns.decided",
    "campaigns.dot",
    "campaigns.download_certificate",
    "campaigns.progress",
    "campaigns.running",
    "campaigns.waiting",
    "clients.list_sales",
    "home.figures",
    "opt_outs.export",
    "schedule.countdown",
    "static",
    "importing.progress",
    "importing.rejected",
    "privacy.download",
    "audit.export",
    "auth.first_run_form",
    "health.alive",
    "health.show_metrics",
    "health.ready",
    "offline.worker",
    "way_out.show",
}


def test_no_page_is_forgotten(shared_site: Site) -> None:
    app = shared_site.app
    routes = app.url_map.bind("")
    paths = [re.sub(r"{\w+}", "1", look.path.partition("?")[0]) for look in PAGES.values()]
    seen = {routes.match(path)[0] for path in paths}
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    pages -= {name for name in pages if getattr(app.view_functions[name], "speaks_json", False)}
    assert pages - seen == NOT_PAGES
