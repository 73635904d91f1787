"""The site as passkeys know it: its name, and the address from which it is used."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext

from ...errors import Conflict
from ...settings import current_settings


@dataclass(frozen=True)
class RelyingParty:
    """What a passkey is bound to. https://www.w3.org/TR/webauthn-3/#relying-party-identifier."""

    id: str
    origin: str


def relying_party() -> RelyingParty:
    """Return the present site: PUBLIC_BASE_URL, else the address of the request.

    Raises Conflict where it has no name: browsers bind passkeys to names only, and 127.0.0.1 is none.
    """
    address = urlsplit(current_settings().public_base_url or request.host_url)
    name = address.hostname or ""
    if not name or _is_number(name):
        raise Conflict(gettext("Passkeys need a name in the address, such as localhost, instead of a number."))
    return RelyingParty(name, f"{address.scheme}://{address.netloc}".lower())


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
