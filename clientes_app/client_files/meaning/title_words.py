"""What the titles of columns say, in Spanish and English, and as the programs write them that people export from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from ...values.text import fold
from .roles import Role


class Meaning(NamedTuple):
    """What a title says."""

    role: Role
    rank: int = 0
    """Of several columns for one thing, the one with the lowest is it."""
    part: str = ""
    """Which part of a name."""
    exact: bool = False
    """Whether the title says this and nothing else."""


_NOTHING = Meaning(Role.NOTHING)
_EXACT = {
    # What this app calls the columns of its own files.
    Role.PHONE: "numero como se escribio|number as typed|numero con indicativo|number with its country|numero|number",
    Role.NOTHING: (
        "cliente desde|client since|ultima compra|last purchase|total de compras|total of purchases|total comprado cop"
        "|total bought cop|fila|row"
        "|por que no se importo|why it was not imported|tipo de documento|tipo documento|numero de cliente|cod"
        "|file as|contacto de emergencia"
    ),
    Role.REFUSAL: (
        "no quiere mensajes|wants no messages|no contactar|no llamar|no escribir|no molestar|no enviar|baja"
        "|de baja|dado de baja|bajas|opt out|optout|opted out|do not contact|do not call|do not sms|do not text"
        "|dnd|unsubscribed|desuscrito|no desea mensajes|no acepta mensajes|no autoriza|sms opt out|lista negra"
        "|blacklist|blacklisted"
    ),
    Role.CONSENT: (
        "autoriza|autorizacion|autorizado|acepta|consentimiento|consent|habeas data|suscrito|subscribed|opt in"
        "|optin|permiso|tratamiento de datos|autoriza tratamiento de datos|autorizacion datos|accepts marketing"
        "|sms marketing|marketing sms"
    ),
    Role.ACTIVE: "activo|active|activa|habilitado|enabled|vigente|estado|status|estado cliente|estado del cliente",
    Role.INACTIVE: "inactivo|inactive|bloqueado|blocked|deshabilitado|disabled|archivado|archived",
    Role.DOCUMENT: (
        "numero de documento|numero de identificacion|tax id|cc|c c|cc nit|nit cc|nit|rut|dni|documento|cedula"
        "|identificacion|doc|government id number|id fiscal|vat id"
    ),
    Role.TAGS: (
        "etiquetas|etiqueta|tags|tag|labels|group membership|groups|grupos|grupo|group|categories|categorias"
        "|category|categoria|segmento|segment"
    ),
}
_NAMES = (
    (
        Role.NAME,
        "nombre completo|full name|display name|nombre y apellido|nombre y apellidos|nombres y apellidos"
        "|apellidos y nombres|apellidos y nombre|nombre para mostrar|complete name",
        "",
    ),
    (Role.NAME, "nombre|name|nombre cliente|nombre del cliente|customer name|client name|nombre de cliente", ""),
    (
        Role.NAME,
        "cliente|clientes|customer|client|contact name|persona|titular|person|usuario final|afiliado|paciente",
        "",
    ),
    (
        Role.GIVEN,
        "nombres|first name|given name|primer nombre|nombre de pila|firstname|first|forename|nombre s",
        "first",
    ),
    (Role.GIVEN, "billing first name", "first"),
    (Role.GIVEN, "shipping first name", "first"),
    (
        Role.GIVEN,
        "segundo nombre|middle name|additional name|otros nombres|second name|middlename|nombres adicionales",
        "middle",
    ),
    (
        Role.SURNAME,
        "apellidos|apellido|last name|family name|surname|primer apellido|lastname|apellido s|apellido paterno",
        "last",
    ),
    (Role.SURNAME, "billing last name", "last"),
    (Role.SURNAME, "shipping last name", "last"),
    (Role.SURNAME, "segundo apellido|second last name|apellido materno", "second"),
)

# Of a title that is none of those, the first that is found in it counts.
_PATTERNS: tuple[tuple[str, Meaning], ...] = (
    (r"\b(e ?mail|correos?|mails?|boletin|newsletter)\b", _NOTHING),
    # Asked before what is left out, for "no" and "type" stand in such titles as well.
    (
        r"\b(no|not) (quiere|desea|acepta|recib\w*|contact\w*|llamar|escribir|molestar|wants?)\b|\b(wants no"
        r"|opt(ed)? ?outs?|unsubscribed?|do not|desuscri\w*|dado de baja)\b",
        Meaning(Role.REFUSAL),
    ),
    (
        r"\b(acepta|accepts?|autoriza\w*|quiere|desea|wants|recibe|consent\w*|opt(ed)? ?in|suscri\w+|subscri\w+"
        r"|permite)\b.*\b(sms|mensajes?|publicidad|marketing|promociones|mensajeria|messages?|texts?|whatsapp"
        r"|datos)\b",
        Meaning(Role.CONSENT),
    ),
    (
        r"\b(sms|mensajes?|marketing) (marketing )?(consent\w*|state|estado|opt ?in|subscri\w+|status|permission"
        r"|autoriza\w*)\b",
        Meaning(Role.CONSENT),
    ),
    (
        r"\b(tipos?|type|clase|label|codigo|code|id|fecha|date|since|desde|hora|direccion|address\w*|ciudad|city"
        r"|pais|country|postal|zip|barrio|municipio|departamento|department|cumpleanos|birthday|nacimiento|birth"
        r"|aniversario|edad|age|genero|sexo|gender|notas?|notes?|memo|observacion\w*|comentarios?|comments?"
        r"|prefix\w*|suffix|sufijo|prefijo|yomi|phonetic|fonetic\w*|nickname|apodo|alias|initials|iniciales|maiden"
        r"|photo|foto|manager|assistant|asistente|spouse|conyuge|referred|referido|vendedor\w*|seller|owner"
        r"|asesor\w*|cajero|empleado|fax|pager|buscapersonas|telex|user\w*|usuario|login|digito|dv|verificacion"
        r"|sucursal|saldo|balance|puntos?|points|total\w*|spen[dt]\w*|visits?|visitas?|orders?|pedidos?|compras?"
        r"|purchases?|cargo|job|title|occupation|profesion|website|web|url|link|moneda|currency|precio|price|cupo"
        r"|plazo|credito|custom field|valor|monto|amount|cantidad|quantity|factura\w*|invoice|producto|products?"
        r"|emergencia|emergency|acudiente|archivo|file|estado civil|marital|regimen|company|empresa"
        r"|organi[sz]ation|compania|region|state|provincia|province|lifetime|transaction|reference|exempt|source"
        r"|creation|language|idioma|radio|isdn|callback|location|schedule|sensitivity|priority|mileage"
        r"|billing information|directory|hobby|subject|profile)\b",
        _NOTHING,
    ),
    (r"\brazon social\b|\bdenominacion\b", Meaning(Role.NAME, 3)),
    (r"\bnombre comercial\b", Meaning(Role.NAME, 4)),
    (r"\b(nombres? (de |del )?contacto|nombres contacto|contacto nombres?)\b", Meaning(Role.NAME, 5)),
    (r"\b(apellidos? (de |del )?contacto)\b", _NOTHING),
    (r"\b(first|given) name\b", Meaning(Role.GIVEN, 3, "first")),
    (r"\b(last name|surname|family name|apellidos?)\b", Meaning(Role.SURNAME, 3, "last")),
    (
        r"\b(celular\w*|cel|telefon\w*|tel|tels|movil\w*|whats ?app|wpp|wsp|wa|phones?|telephone|mobiles?|cell"
        r"|cellphone|fono|fijo|msisdn|linea)\b",
        Meaning(Role.PHONE),
    ),
    (
        r"\b(doc|documento\w*|document|cedula\w*|nit|cc|identificacion\w*|identidad|dni|rut|nuip|pasaporte"
        r"|passport)\b",
        Meaning(Role.DOCUMENT, 1),
    ),
    (r"\b(etiquetas?|grupos?|tags?|groups?|segmentos?|categorias?|labels?)\b", Meaning(Role.TAGS, 1)),
    (r"\b(nombres?|name|cliente|client|customer|titular|persona)\b", Meaning(Role.NAME, 6)),
)
_SIGNS = re.compile(r"[^\w]+|_+")
_LONGEST = 100


def _exact_meanings() -> Mapping[str, Meaning]:
    meant = {word: Meaning(role, exact=True) for role, words in _EXACT.items() for word in words.split("|")}
    for rank, (role, words, part) in enumerate(_NAMES):
        meant |= dict.fromkeys(words.split("|"), Meaning(role, rank if part else min(rank, 2), part, exact=True))
    return meant


_MEANINGS = _exact_meanings()
_COMPILED = tuple((re.compile(pattern), meaning) for pattern, meaning in _PATTERNS)


@lru_cache(4_000)
def meaning_of(title: str) -> Meaning | None:
    """Return what a title says of its column, or None where it says nothing that is known."""
    words = _SIGNS.sub(" ", _spaced(fold(title[:_LONGEST]) if title.isupper() else fold(_uncamelled(title)))).strip()
    if not words:
        return None
    if found := _MEANINGS.get(words):
        return found
    return next((meaning for pattern, meaning in _COMPILED if pattern.search(words)), None)


def role_of_title(title: str) -> Role | None:
    """Return the role that a title gives its column, or None where it says nothing that is known."""
    meaning = meaning_of(title)
    return meaning.role if meaning else None


def _uncamelled(title: str) -> str:
    """Part the words of a title such as FirstName."""
    return re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", title[:_LONGEST])


def _spaced(title: str) -> str:
    """Part digits from words: Celular2."""
    return re.sub(r"(?<=[a-z])(?=\d)", " ", title)
