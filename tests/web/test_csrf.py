"""CSRF tokens: masked anew in each page, as they are in the cookie; both prove the same."""

from __future__ import annotations

import pytest

from clientes_app.web.csrf import mask, unmask

from ..support.checking_client import CheckingClient, hidden_fields

URL = "/clientes/nuevo/"
CLIENT = {"nombre": "Laura", "telefono": "3001234567"}


def token_in(page: str) -> str:
    return hidden_fields(page)["csrf_token"]


def test_no_two_answers_show_the_same_token_and_each_is_taken(admin: CheckingClient) -> None:
    tokens = [token_in(admin.get(URL).text) for _ in range(3)]
    assert len({*tokens, admin.token()}) == 4
    for place, token in enumerate(tokens):
        client = {**CLIENT, "telefono": f"300123456{place}"}
        assert admin.post(URL, data={**client, "csrf_token": token}).status_code == 302


def test_one_answer_shows_one_token(admin: CheckingClient) -> None:
    """Rows that hold the same text are compressed to nearly nothing."""
    page = admin.get("/cuenta/yo/").text
    tokens = [part.partition('"')[0] for part in page.split('name="csrf_token" value="')[1:]]
    assert len(tokens) > 2
    assert len(set(tokens)) == 1


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("place", ["field", "X-CSRFToken", "X-CSRF-Token"])
def test_the_cookies_value_and_the_pages_are_taken_in_field_and_header(
    admin: CheckingClient, masked: bool, place: str
) -> None:
    token = token_in(admin.get(URL).text) if masked else admin.token()
    data = {**CLIENT, "csrf_token": token} if place == "field" else CLIENT
    headers = {} if place == "field" else {place: token}
    assert admin.post(URL, data=data, headers=headers).status_code == 302


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: ("B" if token[0] == "A" else "A") + token[1:],
        lambda token: token[:-1],
        lambda token: token[:-4],
        lambda token: token + "AAAA",
        lambda token: token[len(token) // 2 :],
        lambda token: mask("another.token.altogether"),
        lambda token: "A" * 100_000,
        lambda token: "AAAA",
        lambda token: "ñ",
        lambda token: "=",
        lambda token: "",
    ],
)
def test_a_token_that_was_tampered_with_is_refused(admin: CheckingClient, spoil: object) -> None:
    assert callable(spoil)
    token = spoil(token_in(admin.get(URL).text))
    assert admin.post(URL, data={**CLIENT, "csrf_token": token}).status_code == 400


def test_a_token_of_another_session_is_refused(admin: CheckingClient, seller: CheckingClient) -> None:
    foreign = token_in(seller.get("/cuenta/yo/").text)
    assert admin.post(URL, data={**CLIENT, "csrf_token": foreign}).status_code == 400


def test_a_mask_hides_every_letter() -> None:
    token = "IjE.aBc.xyz"
    masks = [mask(token).rstrip("=") for _ in range(50)]
    assert unmask(mask(token)) == token
    for letters in zip(*masks, strict=True):
        assert len(set(letters)) > 2
