"""The page for when nothing gets through, and the worker that keeps it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from ...support.checking_client import CheckingClient, open_browser

STATIC = re.compile(r'"(/static/[^"#]+)')


@pytest.mark.parametrize("address", ["/offline.js", "/sin-conexion/"])
def test_they_carry_no_cookie(app: Flask, address: str) -> None:
    answer = open_browser(app).get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_worker_keeps_all_that_the_page_needs(browser: CheckingClient) -> None:
    worker = browser.get("/offline.js")
    assert worker.mimetype == "text/javascript"
    needed = STATIC.findall(browser.get("/sin-conexion/").text)
    assert needed
    assert sorted(STATIC.findall(worker.text)) == sorted(needed)
    assert {browser.get(address).status_code for address in needed} == {200}


def test_the_page_is_the_same_for_whoever_asks(admin: CheckingClient, browser: CheckingClient) -> None:
    assert admin.get("/sin-conexion/").text == browser.get("/sin-conexion/").text


def test_each_language_and_theme_has_a_worker_of_its_own(admin: CheckingClient) -> None:
    pages = [admin.get("/").text]
    for address, choice in (("/cuenta/idioma/", {"idioma": "en"}), ("/cuenta/tema/", {"tema": "dark"})):
        admin.send(address, choice)
        pages.append(admin.get("/").text)
    workers = {re.search(r'data-worker="([^"]+)"', page)[1] for page in pages}
    assert len(workers) == 3
