"""Asks the simulated Twilio what it accepted, through the official SDK: only it knows what truly arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..config import TwilioSettings

if TYPE_CHECKING:
    from twilio.http.http_client import TwilioHttpClient

ANSWER_SECONDS = 5.0
MESSAGES_SHOWN = 50


class NoAnswer(Exception):
    """The simulated Twilio does not answer, or refuses to."""


@dataclass(frozen=True)
class Received:
    """A message as a phone got it."""

    sid: str
    text: str
    moment: datetime


def messages_to(twilio: TwilioSettings, number: str) -> list[Received]:
    """List the newest messages to the E.164 number, whoever sent them, oldest first.

    Raises NoAnswer.
    """
    # Imported here: the start of the app need not wait for the SDK.
    from twilio.base.exceptions import TwilioException
    from twilio.http.http_client import TwilioHttpClient

    if not twilio.api_base_url:
        raise NoAnswer  # without it the SDK would ask the real Twilio
    http = TwilioHttpClient(timeout=ANSWER_SECONDS)
    http.session.trust_env = False  # a proxy of the environment does not lead to this machine
    try:
        with http.session:
            return _list(twilio, http, number)
    except (TwilioException, OSError) as error:  # what the requests library raises are OSErrors
        raise NoAnswer from error


def _list(twilio: TwilioSettings, http: TwilioHttpClient, number: str) -> list[Received]:
    from twilio.rest import Client

    client = Client(twilio.account_sid, twilio.auth_token, http_client=http)
    client.api.base_url = twilio.api_base_url
    newest = client.messages.list(to=number, limit=MESSAGES_SHOWN)
    return [Received(message.sid, message.body, message.date_created) for message in reversed(newest)]
