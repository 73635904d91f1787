"""The words by which people ask for no more messages: with courtesy and stress around them, not within sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientes_app.opt_outs.keywords import LONGEST_MESSAGE, Wish, wish

KEYWORDS = ["stop", "unsubscribe", "cancel", "end", "quit", "opt out", "opt-out", "stop all", "stopall", "revoke"]
KEYWORDS += ["baja", "alto", "cancelar", "salir", "parar", "dar de baja", "darme de baja", "denme de baja", "de baja"]
KEYWORDS += ["cancelar suscripción", "cancelar la suscripción", "anular mi suscripción", "no más", "no mas mensajes"]
KEYWORDS += ["cancel my subscription", "no more messages", "unsubscribe me", "stop messages", "desuscribirme"]
COURTESIES = ["por favor", "gracias", "muchas gracias", "porfa", "hola", "buenos días", "muy amable", "señores"]
COURTESIES += ["please", "thank you", "thanks", "pls", "ya", "ahora mismo", "de inmediato", "now", "right now"]
MARKS = [" ", "  ", "\n", ", ", ". ", "! ", "… ", " - ", " 🙏 ", "\u00a0", " \u200b"]

ASKED = ["Stop. Thank you", "STOP please", "opt out", "STOP ALL", "BAJA por favor", "Dar de baja", "No más"]
ASKED += [
    "Cancelar suscripción",
    "¡¡STOOOOP!!",
    "bajaaaa yaaa",
    "Please, stop now.",
    "“STOP”",
    "Baja 🛑",
    "*BAJA*",
    "S\u200bTOP",
]
ASKED += [
    "Hola, buenos días. Dar de baja, por favor. Muchas gracias 🙏",
    "NO MÁS MENSAJES!!!",
    "STOP STOP STOP",
    "ＢＡＪＡ",
]
ASKED += ["BAJA\n> Hola Laura, hoy 20% en toda la tienda", "Stop\n\nEl lun, 3 nov 2026, Tienda escribió:\nHola Laura"]
ASKED += ["STOP\nOn Mon, Nov 3, 2026 at 10:00, Shop wrote:\n> Hi", "Baja, gracias\n\nEnviado desde mi iPhone"]
ASKED += ["stop " * 60, "cancelar\n-----Mensaje original-----\nHola Laura", "stop\r\n" + "> oferta " * 200]

SENTENCES = [
    "Por favor no me escriban más a este número",
    "no quiero parar",
    "BAJA el precio",
    "stop it",
    "cancel my order",
]
SENTENCES += [
    "¿Cómo me doy de baja?",
    "Quiero cancelar mi compra",
    "Don't stop",
    "no stop",
    "muy alto",
    "¿A qué hora cierran?",
]
SENTENCES += [
    "Gracias",
    "por favor",
    "ya",
    "Sí",
    "Yes",
    "No",
    "No, gracias",
    "ayuda",
    "B A J A",
    "stop 5",
    "baja a 20.000",
]
SENTENCES += ["", " ", "🛑", "\x00", "> STOP", "El lun Tienda escribió:\nResponde STOP", "alta", "START", "x" * 2_000]
SENTENCES += [
    "Liked “Responde BAJA para no recibir más”",
    "stop\n" * 2_000,
    "stop" + " " * LONGEST_MESSAGE,
]


@pytest.mark.parametrize("body", ASKED)
def test_a_keyword_with_courtesy_and_stress_around_it_is_one(body: str) -> None:
    assert wish("", body) is Wish.NO_MORE


@pytest.mark.parametrize("body", SENTENCES)
def test_a_sentence_is_for_a_person_to_read(body: str) -> None:
    assert wish("", body) is not Wish.NO_MORE


@given(
    before=st.lists(st.sampled_from(COURTESIES), max_size=2),
    keyword=st.sampled_from(KEYWORDS),
    after=st.lists(st.sampled_from(COURTESIES), max_size=3),
    marks=st.lists(st.sampled_from(MARKS), min_size=7, max_size=7),
    capitals=st.booleans(),
)
def test_no_courtesy_hides_a_keyword(
    before: list[str], keyword: str, after: list[str], marks: list[str], capitals: bool
) -> None:
    words = [*before, keyword, *after]
    body = "".join(f"{word}{mark}" for word, mark in zip(words, marks, strict=False))
    assert wish("", body.upper() if capitals else body) is Wish.NO_MORE


@given(keyword=st.sampled_from(KEYWORDS), times=st.integers(3, 9), place=st.integers(0, 30))
def test_a_stretched_letter_changes_no_keyword(keyword: str, times: int, place: int) -> None:
    letter = place % len(keyword)
    stretched = keyword[:letter] + keyword[letter] * times + keyword[letter + 1 :]
    assert wish("", stretched) is Wish.NO_MORE


@given(courtesies=st.lists(st.sampled_from(COURTESIES), max_size=4))
def test_courtesy_alone_asks_for_nothing(courtesies: list[str]) -> None:
    assert wish("", " ".join(courtesies)) is None


@given(
    keyword=st.sampled_from(KEYWORDS),
    other=st.sampled_from(["pedido", "precio", "mañana", "order", "tienda", "nunca", "laura", "123"]),
    first=st.booleans(),
)
def test_one_other_word_makes_it_a_sentence(keyword: str, other: str, first: bool) -> None:
    assert wish("", f"{other} {keyword}" if first else f"{keyword} {other}") is None


@given(body=st.text(max_size=LONGEST_MESSAGE + 10), made_of_it=st.sampled_from(["", "STOP", "START", "HELP", "x"]))
def test_every_message_is_read(body: str, made_of_it: str) -> None:
    assert wish(made_of_it, body) in (None, *Wish)


@pytest.mark.parametrize("body", ["START", "start", " Start! ", "ALTA", "alta.", "Álta", "ALTA 🙂"])
def test_start_and_alta_ask_for_messages_again(body: str) -> None:
    assert wish("", body) is Wish.AGAIN


@pytest.mark.parametrize("body", ["Yes", "sí", "Unstop", "ALTA por favor", "alta costura", "start now", "restart"])
def test_nothing_else_does(body: str) -> None:
    assert wish("", body) is None


@pytest.mark.parametrize(
    ("made_of_it", "body", "wanted"),
    [
        ("STOP", "déjenme en paz", Wish.NO_MORE),
        ("START", "vuelvan a escribirme", Wish.AGAIN),
        ("START", "unstop", Wish.AGAIN),
        ("START", "Yes", None),
        ("START", "¡Sí!", None),
        ("START", "BAJA", Wish.NO_MORE),
        ("HELP", "STOP", Wish.NO_MORE),
        ("HELP", "ayuda", None),
        ("stop", "x", Wish.NO_MORE),
    ],
)
def test_what_twilio_made_of_it_counts_too(made_of_it: str, body: str, wanted: Wish | None) -> None:
    assert wish(made_of_it, body) is wanted
