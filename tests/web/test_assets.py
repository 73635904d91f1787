"""Static files: kept for ever under the address of what they hold, and under no other."""

from __future__ import annotations

import re

from flask import Flask

from clientes_app.web import assets

from ..support.checking_client import CheckingClient

FOR_EVER = "public, max-age=31536000, immutable"


def address(app: Flask) -> str:
    with app.test_request_context():
        return assets.asset("app.css")


def test_a_file_is_kept_under_the_address_of_what_it_holds(app: Flask, browser: CheckingClient) -> None:
    assert browser.get(address(app)).headers["Cache-Control"] == FOR_EVER
    assert re.search(r"\?v=[0-9a-f]{12}$", address(app))


def test_what_another_machine_calls_by_another_version_is_not_kept(app: Flask, browser: CheckingClient) -> None:
    """While a new program is brought to one machine after the other, a page of one asks another for its files."""
    other = re.sub("v=.*", "v=000000000000", address(app))
    for asked in (other, other.partition("?")[0]):
        answer = browser.get(asked)
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["Cache-Control"]
        assert "no-cache" in answer.headers["Cache-Control"]
    assert browser.get("/static/none.css?v=000000000000").status_code == 404
