"""How the value of a single setting is read and checked."""

from __future__ import annotations

from ipaddress import ip_address
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from environs import Env

_LONGEST_URL = 150
"""Messages end with one."""
THIS_MACHINE = "127.0.0.1"


class SettingsError(Exception):
    """A setting has a value that it does not take; the message is one line for the operator."""


def words(env: Env, name: str) -> tuple[str, ...]:
    """Read words with commas between them."""
    return tuple(word.strip() for word in env.str(name, "").split(",") if word.strip())


def url(env: Env, name: str) -> str:
    """Read a web address, or nothing."""
    url = env.str(name, "").strip().rstrip("/")
    if url and not url.startswith(("http://", "https://")):
        raise SettingsError(f"{name} takes an address that starts with http:// or https://")
    if len(url) > _LONGEST_URL:
        raise SettingsError(f"{name} takes an address of at most {_LONGEST_URL} characters")
    return url


def region(env: Env) -> str:
    """Read the country of numbers without a code."""
    region = env.str("DEFAULT_REGION", "CO").strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise SettingsError("DEFAULT_REGION takes a country's two letters, such as CO")
    return region


def timezone(env: Env) -> ZoneInfo:
    """Read the time zone."""
    name = env.str("TIMEZONE", "America/Bogota").strip()
    if name not in available_timezones():
        raise SettingsError("TIMEZONE takes a name of the time zone database, such as America/Bogota")
    return ZoneInfo(name)


def bind(env: Env) -> str:
    """Read where the server listens: an address of this machine, or the path of a socket."""
    bind = env.str("BIND", THIS_MACHINE).strip()
    try:
        return bind if bind.startswith("/") else str(ip_address(bind))
    except ValueError as error:
        raise SettingsError("BIND takes an address such as 0.0.0.0, or the path of a socket, such as /run/s") from error


def own_base_url(bind: str, port: int) -> str:
    """Return where programs of this machine reach a server that listens there; empty where it is a socket."""
    if bind.startswith("/"):
        return ""
    return f"http://{with_port(THIS_MACHINE if ip_address(bind).is_unspecified else bind, port)}"


def with_port(address: str, port: int) -> str:
    """Write an IP address and a port together."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
