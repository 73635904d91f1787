"""The frame around every page."""

from __future__ import annotations

import pytest

from .visitors import Visitors

TOO_HIGH = "document.documentElement.scrollHeight - document.documentElement.clientHeight"


@pytest.mark.parametrize("width", [1280, 390, 360])
def test_a_page_that_fits_does_not_scroll(visitors: Visitors, width: int) -> None:
    page = visitors.come_back()
    page.set_viewport_size({"width": width, "height": 1_200})
    for path in (
        "/clientes/?q=xyzxyz",
        "/clientes/segmentos/",
        "/clientes/bajas/?q=xyzxyz",
        "/auditoria/?hasta=2000-01-01",
    ):
        page.goto(path)
        assert page.evaluate(TOO_HIGH) == 0, path
