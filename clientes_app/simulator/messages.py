"""Twilio's Message resource: what the API accepts, and the JSON it answers.

Codes, statuses and keys are those of Twilio's error dictionary (https://www.twilio.com/docs/api/errors), its
test credentials (https://www.twilio.com/docs/iam/test-credentials) and its Messages resource
(https://www.twilio.com/docs/messaging/api/message-resource).
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from clientes_app.messaging.sms_parts import measure

from .ledger import Entry

API_VERSION = "2010-04-01"
BODY_LIMIT = 1600
PAGE_MARK = "PA"
PAGING = {"Page", "PageToken", "PageSize"}
VALIDITY_PERIOD = re.compile(r"[1-9][0-9]{0,3}|[12][0-9]{4}|3[0-5][0-9]{3}|36000")
"""Seconds: https://www.twilio.com/docs/api/errors/21624"""
E164 = re.compile(r"\+[1-9][0-9]{7,14}")

# code -> (HTTP status, message)
ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "The 'To' number is not a valid phone number"),
    21212: (400, "The 'From' number is not a valid phone number"),
    21408: (400, "Permission to send an SMS has not been enabled for the region of the 'To' number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' number cannot send an SMS to the 'To' number"),
    21610: (400, "Attempt to send to an unsubscribed recipient"),
    21612: (400, "The combination of 'To' and 'From' cannot be routed"),
    21614: (400, "The 'To' number is not a mobile number"),
    21617: (400, f"The message body exceeds the {BODY_LIMIT} character limit"),
    21624: (400, "Invalid validity period value"),
    63038: (429, "The account exceeded its daily messages limit"),
}

# Twilio's documented test numbers: those that always fail, as a recipient and as a sender.
RECIPIENT_ERRORS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
SENDER_ERRORS = {
    "+15005550001": 21212,
    "+15005550007": 21606,
}


class Refusal(Exception):
    """The API refuses a request, with one of the codes in `ERRORS`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.status, self._message = ERRORS[code]
        self._code = code

    def as_json(self) -> dict[str, Any]:
        """Give Twilio's error object."""
        return {
            "code": self._code,
            "message": self._message,
            "more_info": f"https://www.twilio.com/docs/errors/{self._code}",
            "status": self.status,
        }


def accept(form: Mapping[str, Any]) -> Entry:
    """Make a new message of the fields of a creation request, or raise Refusal."""
    if code := _error_of(form):
        raise Refusal(code)
    return Entry(
        sid="SM" + secrets.token_hex(16),
        recipient=form["To"],
        body=form["Body"],
        sender=form.get("From"),
        messaging_service_sid=form.get("MessagingServiceSid"),
        status_callback=form.get("StatusCallback"),
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        validity_period=int(form["ValidityPeriod"]) if "ValidityPeriod" in form else None,
    )


def _error_of(form: Mapping[str, Any]) -> int | None:
    recipient, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    if not recipient:
        return 21604
    if not sender and not form.get("MessagingServiceSid"):
        return 21603
    if not body:
        return 21602
    if len(body) > BODY_LIMIT:
        return 21617
    if not E164.fullmatch(recipient):
        return 21211
    return _error_of_period(form) or SENDER_ERRORS.get(sender) or RECIPIENT_ERRORS.get(recipient)


def _error_of_period(form: Mapping[str, Any]) -> int | None:
    is_right = "ValidityPeriod" not in form or VALIDITY_PERIOD.fullmatch(form["ValidityPeriod"])
    return None if is_right else 21624


def message_json(entry: Entry, account_sid: str) -> dict[str, Any]:
    """Give Twilio's Message resource, as it is just after its creation."""
    created = format_datetime(datetime.fromisoformat(entry.created))
    uri = f"{_messages_path(account_sid)}/{entry.sid}"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": entry.body,
        "date_created": created,
        "date_sent": None,
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": entry.sender,
        "messaging_service_sid": entry.messaging_service_sid,
        "num_media": "0",
        "num_segments": _segments(entry),
        "price": None,
        "price_unit": "USD",
        "sid": entry.sid,
        "status": "queued" if entry.sender else "accepted",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": entry.recipient,
        "uri": f"{uri}.json",
    }


def _segments(entry: Entry) -> str:
    # A messaging service picks the sender later, and until then Twilio reports no parts.
    return str(measure(entry.body).parts) if entry.sender else "0"


def page_json(entries: Sequence[Entry], account_sid: str, query: Mapping[str, str], size: int) -> dict[str, Any]:
    """Give one page of Twilio's message list; `entries` holds more than `size` if another page follows."""
    shown = entries[:size]
    number = int(query.get("Page", 0))
    page_uri = partial(_page_uri, account_sid, query, size)
    return {
        "first_page_uri": page_uri({"Page": 0}),
        "next_page_uri": page_uri(_following(number, shown)) if len(entries) > size else None,
        "previous_page_uri": None,
        "uri": page_uri({"Page": number}),
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(shown) - 1, 0),
        "messages": [message_json(entry, account_sid) for entry in shown],
    }


def _following(number: int, shown: Sequence[Entry]) -> dict[str, str | int]:
    return {"Page": number + 1, "PageToken": PAGE_MARK + shown[-1].sid}


def sid_before(query: Mapping[str, str]) -> str | None:
    """Give the SID of the last message of the page before the one that `query` asks for."""
    token = query.get("PageToken")
    return token.removeprefix(PAGE_MARK) if token else None


def _page_uri(account_sid: str, query: Mapping[str, str], size: int, position: Mapping[str, str | int]) -> str:
    filters = {name: value for name, value in query.items() if name not in PAGING}
    return f"{_messages_path(account_sid)}.json?{urlencode({**filters, 'PageSize': size, **position})}"


def _messages_path(account_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}/Messages"
