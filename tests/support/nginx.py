"""nginx with the configuration that `docs/` gives, on ports of its own and without HTTPS certificates of anybody's."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clientes_app.config import PROJECT_ROOT

from .carrier import wait_until
from .programs import NotInstalled
from .server import Server, free_port
from .visitor import HttpsFrom, Visitor

HOST = "shop.example"
_GIVEN = (PROJECT_ROOT / "docs" / "nginx.conf").read_text()
_AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;  # as Debian has it
    include {folder}/clientes.conf;
}}
"""


@contextmanager
def running_nginx(folder: Path, first: Server, second: Server | None = None) -> Iterator[str]:
    """Run nginx in front of one server or two; give its address, whose certificate nobody has signed."""
    secure = free_port()
    changes = {"listen 443 ssl": f"listen 127.0.0.1:{secure} ssl", "127.0.0.1:8000": first.place}
    if second:
        changes |= _beside(second.place)
    with _running(folder, changes):
        yield f"https://127.0.0.1:{secure}"


@contextmanager
def running_plain_nginx(folder: Path, port: int, first: str, second: str) -> Iterator[None]:
    """Run nginx in front of two servers, for browsers on this machine: without HTTPS."""
    changes = {
        "listen 443 ssl http2": f"listen 127.0.0.1:{port}",
        "127.0.0.1:8000": first,
        **_beside(second),
        " $host;": " $http_host;",  # with the port, which is not the usual one
    }
    with _running(folder, changes):
        yield


def _beside(place: str) -> dict[str, str]:
    return {"# server 10.0.0.2:8000": f"server {place}"}


def _port_beside(changes: dict[str, str]) -> int:
    """Return a free port that is none of those given already: nobody listens there yet."""
    return next(port for port in iter(free_port, 0) if f":{port}" not in " ".join(changes.values()))


@contextmanager
def _running(folder: Path, changes: dict[str, str]) -> Iterator[None]:
    """Run nginx with the given configuration, changed so."""
    here = {"listen 80;": f"listen 127.0.0.1:{_port_beside(changes)};", f"/etc/letsencrypt/live/{HOST}": str(folder)}
    (folder / "clientes.conf").write_text(_replaced(_GIVEN, changes | here))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user))
    _write_certificate(folder)
    process = subprocess.Popen([program(), "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"])
    try:
        wait_until((folder / "nginx.pid").exists)
        yield
    finally:
        process.terminate()
        process.wait(10)


def program() -> str:
    """Return where nginx is; raises NotInstalled."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        raise NotInstalled("nginx")
    return found


def caller(url: str, address: str = "127.0.0.1", **headers: str) -> Visitor:
    """Return somebody at one of this machine's addresses who calls the shop by its name."""
    return Visitor(url, HttpsFrom(address), Host=HOST, Referer=f"https://{HOST}/", **headers)


def _replaced(text: str, changes: dict[str, str]) -> str:
    for given, here in changes.items():
        assert given in text, f"docs/nginx.conf no longer says {given}"
        text = text.replace(given, here)
    return text


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    kind = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(private)
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
