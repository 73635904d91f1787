"""What the tests of the law share."""

from __future__ import annotations

import pytest
from flask import Flask

from ...support.clock import Clock
from ...support.shop import Shop
from .advertising import TUESDAY, Advertiser


@pytest.fixture
def advertiser(app: Flask, shop: Shop, account: int, clock: Clock) -> Advertiser:
    """A shop that advertises, on a Tuesday at noon."""
    clock.set(TUESDAY.year, TUESDAY.month, TUESDAY.day, 12)
    return Advertiser(app, shop, account)
