"""Forms that were refused for want of a log-in: kept until their person is back, and shown again filled as they were.

The database keeps them encrypted, and the browser's cookie the key: nobody else can read or use them. Whose a form is
says the token of the page that sent it, whoever is logged in at that browser by now, and if all its cookies are lost.
The page that shows one again says so in its address (`retomar`), so that it can be reloaded, and left like any other.
"""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken
from flask import g, has_request_context, request, session
from flask_login import current_user
from limits import RateLimitItemPerHour
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ..database.transactions import write_transaction
from ..extensions import db, unit_of_work
from ..models import FormularioGuardado
from ..models.types import utc_now
from ..values.ids import read_id
from . import throttling
from .csrf import whose
from .htmx import is_partial, way_back

LIFE = timedelta(hours=12)
LARGEST = 200_000
"""Characters of one form."""
MOST_OF_A_PERSON = 10
FROM_ADDRESS = RateLimitItemPerHour(60, 1, "kept forms from address")

_MARK = "retomar"
_KEYS = "guardados"
_MOST_KEYS = 3
"""The cookie has room for few."""
_SECRETS = frozenset({"clave", "clave_actual", "clave_nueva", "codigo", "credencial"})
"""Passwords and codes; files are no fields."""
_NEVER_KEPT = _SECRETS | {"csrf_token", "huella", "mensajes"}
"""Beside them what no person types, and what a review has shown."""


def keep() -> str | None:
    """Keep the form that the present request sends; return the address of its page, which shows it again.

    None where it is not the form of a page that a person had open, which can be opened again, or is too large.
    """
    page, pairs = way_back(), _pairs()
    person_id = read_id(whose(request.form.get("csrf_token", "")))
    if is_partial() or not (page and pairs and person_id) or _is_anothers(person_id):
        return None
    text = json.dumps(pairs, ensure_ascii=False)
    if len(text) > LARGEST or not throttling.take(FROM_ADDRESS, request.remote_addr or ""):
        return None
    key = Fernet.generate_key()
    number = _store(Fernet(key).encrypt(text.encode()).decode(), person_id)
    hold({**dict(list(held().items())[1 - _MOST_KEYS :]), str(number): key.decode()})
    path, _, asked = page.partition("?")
    others = "&".join(part for part in asked.split("&") if part and not part.startswith(f"{_MARK}="))
    return f"{path}?{others + '&' if others else ''}{urlencode({_MARK: number})}"


def fields() -> MultiDict[str, str] | None:
    """Return the fields that the present page is to show again; None where it is asked for as usual."""
    if not has_request_context() or request.method != "GET" or _MARK not in request.args:
        return None
    if "kept_form" not in g:
        g.kept_form = _read(request.args[_MARK]) if current_user.is_authenticated else None
    found: MultiDict[str, str] | None = g.kept_form
    return found


def fields_for(names: set[str]) -> MultiDict[str, str] | None:
    """Return the same for a form with fields of these names, where it is the one that was sent."""
    found = fields()
    if found is None:
        return None
    sent = {name for name in found if not name.startswith("antes-")}
    return found if len(sent & names) * 2 > len(sent) else None


def held() -> dict[str, str]:
    """Return the keys that the browser holds, by the numbers of their forms."""
    kept: dict[str, str] = session.get(_KEYS, {})
    return kept


def hold(keys: dict[str, str]) -> None:
    """Give the browser keys to hold; a log-in carries them from the session before it into the new one."""
    if keys:
        session[_KEYS] = keys


def resendable() -> list[tuple[str, str]] | None:
    """Return the fields of the present request for a form that sends them once more; None where they hold secrets."""
    if request.method != "POST" or is_partial() or "csrf_token" not in request.form:
        return None
    pairs = list(request.form.items(multi=True))
    return None if request.files or any(name in _SECRETS for name, _ in pairs) else pairs


def sweep(engine: Engine) -> None:
    """Delete the forms that nobody came back for."""
    with write_transaction(engine) as connection:
        connection.execute(delete(FormularioGuardado).where(FormularioGuardado.creado < utc_now() - LIFE))


def _pairs() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_KEPT]


def _is_anothers(person_id: int) -> bool:
    return bool(current_user.is_authenticated and current_user.id != person_id)


def _store(content: str, person_id: int) -> int:
    with unit_of_work() as unit:
        row = FormularioGuardado(contenido=content, persona_id=person_id)
        unit.add(row)
        unit.flush()
        _make_room(unit, person_id)
        return int(row.id)


def _make_room(unit: Session, person_id: int) -> None:
    """Delete the person's oldest."""
    theirs = FormularioGuardado.persona_id == person_id
    newest = select(FormularioGuardado.id).where(theirs).order_by(FormularioGuardado.id.desc()).limit(MOST_OF_A_PERSON)
    unit.execute(delete(FormularioGuardado).where(theirs, FormularioGuardado.id.not_in(newest)))


def _read(number: str) -> MultiDict[str, str] | None:
    key, row_id = held().get(number), read_id(number)
    row = db.session.get(FormularioGuardado, row_id) if key and row_id else None
    if key is None or row is None or row.creado < utc_now() - LIFE:
        return None
    if row.persona_id != current_user.id:
        return None
    try:
        pairs = json.loads(Fernet(key).decrypt(row.contenido))
    except (InvalidToken, ValueError):
        return None
    return MultiDict([(str(name), str(value)) for name, value in pairs])
