"""Who a row is: nobody is joined or renamed because of a placeholder, a shared number or a family's."""

from __future__ import annotations

import pytest

from clientes_app.background.daily import take_turn
from clientes_app.errors import Conflict, NotFound
from clientes_app.extensions import db
from clientes_app.importing.staging import asking
from clientes_app.importing.staging.verdicts import Answer

from ..support.erased_people import Shopkeeper
from ..support.imports import Imports
from ..support.shop import Shop

pytestmark = pytest.mark.both_storages

HEAD = "Nombre,Celular,Identificación\n"
ANA, EVA = "3001241901", "3001241903"


def names(imports: Imports) -> list[str]:
    return [name for name, *_ in imports.clients()]


def answer(imports: Imports, import_id: int, number: int, said: Answer) -> None:
    with imports.app.test_request_context():
        asking.answer(imports.account, import_id, number, said, imports.place.storage)


def answer_all(imports: Imports, import_id: int, said: Answer) -> None:
    with imports.app.test_request_context():
        asking.answer_all(imports.account, import_id, said, imports.place.storage)


@pytest.mark.parametrize(
    "placeholder", ["222222222222", "N/A", "0", "-", "sin documento", "xxx", "111111", "123456789"]
)
def test_placeholders_join_nobody(imports: Imports, shop: Shop, placeholder: str) -> None:
    shop.add_client(imports.account, "Segunda Persona", "3001249999", documento=placeholder)
    rows = f"Ana Ruiz,{ANA},{placeholder}\nLuis Gil,3001241902,{placeholder}\n"
    import_id = imports.run(HEAD + rows)
    assert imports.counts(import_id) == {"nuevas": 2}
    assert names(imports) == ["Segunda Persona", "Ana Ruiz", "Luis Gil"]
    assert [document for *_, document in imports.clients()[1:]] == ["", ""]


@pytest.mark.parametrize("document", ["1,02035E+09", "1.02E9", "Extranjero", "pasaporte"])
def test_what_many_may_have_joins_nobody(imports: Imports, shop: Shop, document: str) -> None:
    shop.add_client(imports.account, "Segunda Persona", "3001249999", documento=document)
    rows = f'Ana Ruiz,{ANA},"{document}"\nLuis Gil,3001241902,"{document}"\n'
    assert imports.counts(imports.run(HEAD + rows)) == {"nuevas": 2}
    assert names(imports) == ["Segunda Persona", "Ana Ruiz", "Luis Gil"]


def test_digits_that_are_lost_are_no_document(imports: Imports) -> None:
    imports.run(f'{HEAD}Ana Ruiz,{ANA},"1,02035E+09"\nLuis Gil,3001241902,12345678.0\n')
    assert [document for *_, document in imports.clients()] == ["", "12345678"]


def test_rows_without_a_key_are_one_client_by_their_words(imports: Imports) -> None:
    import_id = imports.run("nombre,celular\nSola Palabra,\nSola Palabra,\nFija Uno,6017778899\nFija Uno,6017778899\n")
    assert names(imports) == ["Sola Palabra", "Fija Uno"]
    assert imports.counts(import_id) == {"nuevas": 2, "iguales": 2, "sin_celular": 4}


def test_so_they_are_with_a_tag_for_all_and_undoing_takes_them_away(imports: Imports) -> None:
    import_id = imports.run("nombre,celular\nSola Palabra,\nSola Palabra,\nSola Palabra,\n", "Feria")
    assert imports.counts(import_id) == {"nuevas": 1, "iguales": 2, "sin_celular": 3}
    imports.undo(import_id)
    assert names(imports) == []


def test_a_number_without_its_last_digits_takes_none_away(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA, documento="52123456")
    imports.run(f'{HEAD}Ana Ruiz,"5,73155E+11",52123456\nLuis Gil,3001241902,\n')
    assert imports.clients()[0][1:3] == (ANA, f"+57{ANA}")


def test_a_placeholder_takes_no_document_away(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA, documento="52123456")
    import_id = imports.run(f"{HEAD}Ana Ruiz,{ANA},N/A\n")
    assert imports.counts(import_id) == {"iguales": 1}
    assert imports.clients()[0][3] == "52123456"


def test_a_number_that_is_none_joins_nobody(imports: Imports) -> None:
    rows = f"{HEAD}Ana Ruiz,3000000000,\nLuis Gil,3000000000,\n"
    assert imports.counts(imports.run(rows)) == {"nuevas": 2}
    assert imports.counts(imports.run(rows)) == {"iguales": 2}


@pytest.mark.parametrize("row", [f"Otra Cosa,{ANA},", "Ana Ruiz,3109998888,", "Otra Cosa,,"])
def test_a_document_decides_where_the_name_or_the_number_agrees(imports: Imports, shop: Shop, row: str) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA, documento="52123456")
    assert imports.counts(imports.review(f"{HEAD}{row}52.123.456\n"))["actualizadas"] == 1


@pytest.mark.parametrize(
    ("said", "expected"), [(Answer.SAME, ["Otra Cosa"]), (Answer.ANOTHER, ["Ana Ruiz", "Otra Cosa"])]
)
def test_a_document_with_another_name_and_number_is_asked_about(
    imports: Imports, shop: Shop, said: Answer, expected: list[str]
) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA, documento="52123456")
    import_id = imports.review(f"{HEAD}Otra Cosa,3109998888,52.123.456\n")
    assert imports.counts(import_id)["preguntadas"] == 1
    answer(imports, import_id, 2, said)
    imports.apply(import_id)
    assert names(imports) == expected


def test_of_two_with_one_document_the_one_of_that_name_is_meant(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA, documento="5200")
    shop.add_client(imports.account, "Luis Gil", EVA, documento="5200")
    import_id = imports.run(f"{HEAD}Luis Gil,{EVA},5200\nAna Ruiz,{ANA},5200\n")
    assert imports.counts(import_id) == {"iguales": 2}


@pytest.mark.parametrize("name", ["maria perez", "PÉREZ, MARÍA", "María P.", "María del Carmen Pérez"])
def test_a_like_name_with_the_number_is_the_client(imports: Imports, shop: Shop, name: str) -> None:
    shop.add_client(imports.account, "María Pérez", ANA)
    import_id = imports.run(f'{HEAD}"{name}",{ANA},\n')
    assert imports.counts(import_id) == {"actualizadas": 1}


def test_another_name_with_the_number_is_asked_about_and_changes_nobody(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA)
    import_id = imports.run(f"{HEAD}Luis Ruiz,{ANA},\nEva Paz,{EVA},\n")
    assert imports.counts(import_id) == {"nuevas": 1, "preguntadas": 1}
    assert names(imports) == ["Ana Ruiz", "Eva Paz"]
    assert imports.rejected(import_id) == [(2, "pregunta", "")]


def test_answers_for_a_client_that_there_is(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA)
    shop.add_client(imports.account, "Eva Paz", EVA)
    import_id = imports.review(f"{HEAD}Luis Ruiz,{ANA},52123456\nJuan Mar,{EVA},\nLeo Sol,{EVA},\n")
    answer(imports, import_id, 2, Answer.SAME)
    answer(imports, import_id, 3, Answer.ANOTHER)
    answer(imports, import_id, 4, Answer.LEAVE_OUT)
    assert imports.counts(import_id) == {"actualizadas": 1, "nuevas": 1, "descartadas": 1}
    imports.apply(import_id)
    assert imports.counts(import_id) == {"actualizadas": 1, "nuevas": 1, "descartadas": 1}
    assert names(imports) == ["Luis Ruiz", "Eva Paz", "Juan Mar"]


def test_an_answer_can_be_taken_back(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA)
    import_id = imports.review(f"{HEAD}Luis Ruiz,{ANA},\nLeo Sol,{ANA},\n")
    answer_all(imports, import_id, Answer.SAME)
    assert imports.counts(import_id) == {"actualizadas": 1, "dobles": 1}, "one row is the client, the first"
    answer(imports, import_id, 2, Answer.NONE)
    answer(imports, import_id, 3, Answer.SAME)
    answer(imports, import_id, 2, Answer.ANOTHER)
    imports.apply(import_id)
    assert sorted(names(imports)) == ["Leo Sol", "Luis Ruiz"]


@pytest.mark.parametrize(
    ("said", "counts", "there"),
    [
        (Answer.SAME, {"nuevas": 1, "dobles": 2}, ["Ana Ruiz"]),
        (Answer.ANOTHER, {"nuevas": 3}, ["Ana Ruiz", "Luis Ruiz", "Eva Ruiz"]),
        (Answer.LEAVE_OUT, {"nuevas": 1, "descartadas": 2}, ["Ana Ruiz"]),
        (Answer.NONE, {"nuevas": 1, "preguntadas": 2}, ["Ana Ruiz"]),
    ],
)
def test_a_family_with_one_number_in_one_file(
    imports: Imports, said: Answer, counts: dict[str, int], there: list[str]
) -> None:
    family = f"{HEAD}Ana Ruiz,{ANA},\nLuis Ruiz,{ANA},\nEva Ruiz,{ANA},\n"
    import_id = imports.review(family)
    assert imports.counts(import_id) == {"nuevas": 1, "preguntadas": 2}
    if said is not Answer.NONE:
        answer_all(imports, import_id, said)
    imports.apply(import_id)
    assert imports.counts(import_id) == counts
    assert names(imports) == there


def test_a_family_that_is_there_is_known_again(imports: Imports, shop: Shop) -> None:
    for name in ("Ana Ruiz", "Luis Ruiz"):
        shop.add_client(imports.account, name, ANA)
    import_id = imports.run(f"{HEAD}Luis Ruiz,{ANA},\nAna Ruiz,{ANA},\nluis ruiz,{ANA},\n")
    assert imports.counts(import_id) == {"iguales": 2, "dobles": 1}


def test_two_documents_with_one_number_are_two_people(imports: Imports) -> None:
    import_id = imports.run(f"{HEAD}Ana Ruiz,{ANA},52123456\nLuis Ruiz,{ANA},79123456\n")
    assert imports.counts(import_id) == {"nuevas": 2}


def test_many_who_share_the_shops_own_number(imports: Imports) -> None:
    words = [f"{first}{last}" for first in "bcdfgm" for last in ("ora", "ule", "ina", "ota", "eco")]
    rows = "".join(f"{word.title()},{ANA},\n" for word in words)
    import_id = imports.review(HEAD + rows)
    assert imports.counts(import_id) == {"nuevas": 1, "preguntadas": 29}
    answer_all(imports, import_id, Answer.ANOTHER)
    imports.apply(import_id)
    again = imports.run(HEAD + rows)
    assert imports.counts(again) == {"iguales": 30}


def test_who_came_since_the_review_is_not_renamed(imports: Imports, shop: Shop) -> None:
    import_id = imports.review(f"{HEAD}Luis Ruiz,{ANA},\nEva Paz,{EVA},\n")
    shop.add_client(imports.account, "Ana Ruiz", ANA)
    imports.apply(import_id)
    assert imports.counts(import_id) == {"nuevas": 1, "preguntadas": 1}
    assert names(imports) == ["Ana Ruiz", "Eva Paz"]
    assert imports.rejected(import_id) == [(2, "pregunta", "")]
    assert imports.get(import_id).por_aplicar == 1


def test_clients_that_there_are_stay_as_they_are_where_that_is_wanted(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana Ruiz", ANA)
    import_id = imports.review(f"{HEAD}Ana María Ruiz,{ANA},52123456\nEva Paz,{EVA},\n", "Feria")
    assert imports.counts(import_id) == {"actualizadas": 1, "nuevas": 1}
    with imports.app.test_request_context():
        asking.keep_existing(imports.account, import_id, True)
    assert imports.counts(import_id) == {"intactas": 1, "nuevas": 1}
    imports.apply(import_id)
    assert imports.counts(import_id) == {"intactas": 1, "nuevas": 1}
    assert names(imports) == ["Ana Ruiz", "Eva Paz"]
    assert imports.tags() == {"Feria": ["Eva Paz"]}


def test_only_rows_that_are_asked_about_are_answered_for(imports: Imports, shop: Shop) -> None:
    import_id = imports.review(f"{HEAD}Ana Ruiz,{ANA},\n")
    with pytest.raises(Conflict):
        answer(imports, import_id, 2, Answer.ANOTHER)
    with pytest.raises(NotFound):
        answer(imports, import_id, 9, Answer.ANOTHER)
    stranger = shop.add_admin("otra")
    with imports.app.test_request_context():
        for call in (
            lambda: asking.answer(stranger, import_id, 2, Answer.SAME, imports.place.storage),
            lambda: asking.answer_all(stranger, import_id, Answer.SAME, imports.place.storage),
            lambda: asking.keep_existing(stranger, import_id, True),
        ):
            with pytest.raises(NotFound):
                call()
    imports.apply(import_id)
    with pytest.raises(Conflict):
        answer_all(imports, import_id, Answer.ANOTHER)


def test_erasing_somebody_with_a_placeholder_forgets_nobody_else(imports: Imports, shop: Shop) -> None:
    with imports.app.app_context():
        take_turn(db.engine)
    import_id = imports.review(f"{HEAD}Luis Gil,3001241902,222222222222\n")
    Shopkeeper(imports, shop).erase(shop.add_client(imports.account, "Ana", ANA, documento="222222222222"))
    imports.apply(import_id)
    assert names(imports) == ["Luis Gil"]
