"""Requests as Twilio makes them to the app, signed; the test's settings have `PUBLIC` as the public address."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from clientes_app.simulator import SIMULATED_AUTH_TOKEN

from .carrier import point_at

PUBLIC = "https://shop.example"
TOKEN = "ab" * 16
SID = "SM" + "0" * 31 + "1"
NUMBER = "+573001234567"
INBOUND = "/twilio/entrante/"

_addresses = count(1)
_sids = count(1)


class Twilio:
    """Calls the app as Twilio does: from an address of its own, through a proxy that the host does not tell of."""

    def __init__(self, app: Flask) -> None:
        point_at(app, "http://127.0.0.1:9")
        self.client = app.test_client()
        self.address = f"10.0.{next(_addresses)}.1"

    def call(
        self,
        path: str,
        fields: dict[str, str],
        *,
        signed_for: str = PUBLIC,
        token: str = SIMULATED_AUTH_TOKEN,
        **kwargs: Any,
    ) -> TestResponse:
        """Post fields, signed."""
        signature = RequestValidator(token).compute_signature(signed_for + path, fields)
        return self.send(path, fields, headers={"X-Twilio-Signature": signature}, **kwargs)

    def send(self, path: str, fields: dict[str, str], **kwargs: Any) -> TestResponse:
        """Post fields as they are."""
        return self.client.post(path, data=fields, environ_base={"REMOTE_ADDR": self.address}, **kwargs)

    def tell(self, status: str, **fields: str) -> TestResponse:
        """Say what became of the message `SID` of the attempt `TOKEN`."""
        return self.call(f"/twilio/estado/{TOKEN}", {"MessageSid": SID, "MessageStatus": status, **fields})

    def answer(self, body: str, sender: str = NUMBER, **fields: str) -> TestResponse:
        """Hand on what somebody answered."""
        sid = f"SM{next(_sids):032x}"
        return self.call(INBOUND, {"MessageSid": sid, "From": sender, "Body": body, **fields})


@pytest.fixture
def twilio(app: Flask) -> Twilio:
    """Calls the app."""
    return Twilio(app)
