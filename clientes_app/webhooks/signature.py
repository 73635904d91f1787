"""Whether a request is Twilio's own: signed with the account's token over the public address.

https://www.twilio.com/docs/usage/security#validating-requests
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hmac import compare_digest

from twilio.request_validator import RequestValidator

from ..config import Settings

HEADER = "X-Twilio-Signature"


def is_signed(settings: Settings, path: str, fields: Mapping[str, str], signature: str) -> bool:
    """Return whether the signature fits; never where the address or the token that it needs is not set.

    `path` is the request's with its query; the host is ours as configured, because a request may claim any.
    """
    if not (settings.callback_base_url and settings.twilio.auth_token and signature):
        return False
    validator, url = _validator(settings.twilio.auth_token), settings.callback_base_url + path
    # The SDK tries two spellings of the address, with its port and without; nearly always it is signed as it stands.
    as_it_stands = validator.compute_signature(url, fields)
    return compare_digest(as_it_stands.encode(), signature.encode()) or bool(validator.validate(url, fields, signature))


@cache
def _validator(auth_token: str) -> RequestValidator:
    return RequestValidator(auth_token)
