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
    plain, secure = free_port(), free_port()
    changes = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "127.0.0.1:8000": first.place,
        f"/etc/letsencrypt/live/{HOST}": str(folder),
    }
    if second:
        changes["# server 10.0.0.2:8000"] = f"server {second.place}"
    (folder / "clientes.conf").write_text(_replaced(_GIVEN, changes))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user))
    _write_certificate(folder)
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert nginx, "tests/install_system_packages.sh installs nginx"
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"])
    try:
        wait_until((folder / "nginx.pid").exists)
        yield f"https://127.0.0.1:{secure}"
    finally:
        process.terminate()
        process.wait(10)


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
