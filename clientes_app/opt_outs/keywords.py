"""The words by which people ask for no more messages, or for messages again.

A message asks for no more where every word of it belongs to one of three lists, and at least one to the first:

- `_NO_MORE`: what asks for it. Twilio's own words, Spanish ones, and the phrases that people write in their place.
- `_POLITE`: what people write around it out of courtesy.
- `_EMPHATIC`: what they write around it so that it is really done.

Any other word makes it a sentence, which may say the contrary ("no quiero parar", "BAJA el precio", "cancel my
order"): a person reads it among the answers. Case, accents, punctuation, emoji and stretched letters do not count, nor
does the message that a phone quotes beneath the answer.

Messages come again only by `START` or `ALTA`, and only where that is the whole message. Twilio knows more words for
it, among them "Yes": people answer questions with them.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from ..values.text import fold

LONGEST_MESSAGE = 3_000
"""Characters of a message that is looked at: more than an SMS has, with another that it quotes."""


class Wish(StrEnum):
    """What a person asks for."""

    NO_MORE = "no more"
    AGAIN = "again"


def _phrases(listed: str) -> frozenset[tuple[str, ...]]:
    """Return phrases, each as its words; a line or a comma parts them."""
    return frozenset(tuple(_words(phrase)) for phrase in re.split(r"[,\n]", listed) if phrase.strip())


def _words(text: str) -> list[str]:
    """Return the words of a text as they are compared: folded, each run of one letter as one of it."""
    seen = "".join(sign for sign in text.replace("'", "").replace("’", "") if unicodedata.category(sign) != "Cf")
    return [_STRETCHED.sub(r"\1", word) for word in _WORD.findall(fold(seen))]


_WORD = re.compile(r"[^\W_]+")
_STRETCHED = re.compile(r"([^\W\d_])\1+")

# Twilio's words: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
_NO_MORE = _phrases("""
    stop, stop all, stopall, unsubscribe, cancel, end, quit, optout, opt out, revoke
    alto, baja, cancelar, salir, parar

    unsubscribe me, opt me out, remove me, stop messages, stop all messages, stop texts, stop all texts, stop sms
    no more, no more messages, no more texts, no more sms
    cancel subscription, cancel my subscription, cancel the subscription, end subscription, stop subscription

    de baja, la baja, dar baja, dar de baja, darme de baja, darse de baja, dame de baja, deme de baja, denme de baja
    desuscribir, desuscribirme, desuscribirse, desuscripcion
    cancelar suscripcion, cancelar la suscripcion, cancelar mi suscripcion, cancelar esta suscripcion
    cancela suscripcion, cancela la suscripcion, cancela mi suscripcion
    cancelen suscripcion, cancelen la suscripcion, cancelen mi suscripcion
    anular suscripcion, anular la suscripcion, anular mi suscripcion
    eliminar suscripcion, eliminar la suscripcion, eliminar mi suscripcion
    cancelar mensajes, parar mensajes, parar todo, alto mensajes
    no mas, ya no mas, no mas mensajes, no mas sms, no mas mensajes de texto, no mas publicidad, no mas promociones
""")
_POLITE = _phrases("""
    please, pls, plz, kindly, thanks, thank you, thank u, thank you very much, thank you so much, many thanks
    thx, tks, ty, sorry, ok, okay, hi, hello, dear sirs, sir, madam, have a nice day
    good morning, good afternoon, good evening, bye, goodbye, regards

    por favor, porfavor, porfa, porfis, favor, por fa, x favor, xfavor, xfa, pf
    gracias, muchas gracias, mil gracias, muchisimas gracias, de antemano, muy amable, muy amables
    hola, buenas, buenos dias, buen dia, buenas tardes, buenas noches, feliz dia, feliz tarde, feliz noche
    disculpe, disculpen, disculpa, perdon, señor, señora, señores
    adios, chao, saludos, cordial saludo, bendiciones
""")
_EMPHATIC = _phrases("""
    now, right now, immediately, at once, asap, already, all
    ya, ya mismo, ahora, ahora mismo, de inmediato, inmediatamente, urgente, de una vez, de una vez por todas
""")
_AGAIN = frozenset({"start", "alta"})
# Twilio takes the first for START as well; here they answer whatever was asked.
_AGREES = _phrases("yes, yes please, si, si por favor, ok, y, s")

_PARTS = _NO_MORE | _POLITE | _EMPHATIC
_LONGEST_PART = max(map(len, _PARTS))

# What phones and mail programs put beneath an answer, or before each line of what it answers.
_QUOTED_LINE = re.compile(r"\s*[>|]")
_QUOTE_BEGINS = re.compile(
    r"\s*(-{2,}\s*(original|forwarded|mensaje|reply)|_{5,}|(on|el)\b.{4,150}\b(wrote|escribi[oó])\s*:"
    r"|sent from my|get outlook|enviado desde|enviado con|obtener outlook)",
    re.IGNORECASE,
)


def wish(opt_out_type: str, body: str) -> Wish | None:
    """Read what Twilio made of a message (`STOP`, `START`, `HELP`) and the message itself; None: a person reads it."""
    if opt_out_type.upper() == "STOP" or asks_for_no_more(body):
        return Wish.NO_MORE
    if opt_out_type.upper() == "START":
        return None if tuple(_words(_own_text(body))) in _AGREES else Wish.AGAIN
    return Wish.AGAIN if asks_again(body) else None


def asks_for_no_more(body: str) -> bool:
    """Return whether a message asks for no more messages, and says nothing else."""
    return _are_phrases(_words(_own_text(body)))


def asks_again(body: str) -> bool:
    """Return whether a message is nothing but the word by which messages come again."""
    words = _words(_own_text(body))
    return len(words) == 1 and words[0] in _AGAIN


def _are_phrases(words: list[str]) -> bool:
    """Return whether words can be cut into phrases of the lists, one of which asks for no more.

    They are cut in every way: "ya no más" asks, and so does "ya" before "no más mensajes".
    """
    asked_by: list[set[bool]] = [{False}, *(set() for _ in words)]
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - _LONGEST_PART), end):
            phrase = tuple(words[start:end])
            if phrase in _PARTS:
                asked_by[end] |= {asked or phrase in _NO_MORE for asked in asked_by[start]}
    return True in asked_by[-1]


def _own_text(body: str) -> str:
    """Return what a person wrote, without what the phone quotes beneath it; nothing where it is longer than an SMS."""
    if len(body) > LONGEST_MESSAGE:
        return ""
    own: list[str] = []
    for line in body.splitlines():
        if _QUOTE_BEGINS.match(line):
            break
        if not _QUOTED_LINE.match(line):
            own.append(line)
    return "\n".join(own)
