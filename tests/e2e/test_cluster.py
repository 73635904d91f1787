"""`make cluster`: it starts, several machines' worth of it work together, and nothing of it is left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from clientes_app.config import PROJECT_ROOT

from ..support.carrier import wait_until


class Running(NamedTuple):
    """A cluster that was started as people do."""

    process: subprocess.Popen[str]
    url: str
    others: list[str]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where it makes its folders; a short name, for PostgreSQL's socket, and open to PostgreSQL's account."""
    folder = Path(tempfile.mkdtemp(prefix="cl-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cluster"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = ""
    while "Logs:" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    url, *others = re.findall(r"http://127\.0\.0\.1:\d+", said)
    yield Running(process, url, others)
    if process.poll() is None:
        process.terminate()
    process.wait(60)
    process.stdout.close()


def processes_of(folder: Path) -> list[str]:
    """List the processes that were told of the folder, by their commands."""
    return [
        (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        for entry in Path("/proc").glob("[0-9]*")
        if entry.name != str(os.getpid()) and str(folder).encode() in _told(entry)
    ]


def _told(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
    except OSError:
        return b""


def test_a_campaign_goes_through_the_whole_of_it_and_ctrl_c_ends_it(cluster: Running, folder: Path) -> None:
    assert len(processes_of(folder)) > 8
    browser = requests.Session()
    browser.get(f"{cluster.url}/cuenta/entrar/")
    said = {"usuario": "demo", "clave": "demo", "csrf_token": str(browser.cookies["csrftoken"])}
    assert browser.post(f"{cluster.url}/cuenta/entrar/", said).url == f"{cluster.url}/"
    sent = browser.post(
        f"{cluster.url}/clientes/enviar-sms/",
        json={"cliente_ids": [1, 2, 3], "mensaje": "Hola {nombre}", "nombre_campana": "Por todas partes"},
        headers={"X-CSRFToken": str(browser.cookies["csrftoken"]), "Prefer": "respond-async"},
    )
    assert sent.status_code == 202
    where = f"/clientes/campanas/{sent.json()['campana_id']}"
    for other in cluster.others:
        wait_until(lambda other=other: browser.get(f"{other}{where}/estado/").json()["estado"] == "completado")
        assert "Por todas partes" in browser.get(f"{other}{where}/").text

    cluster.process.send_signal(signal.SIGINT)
    assert cluster.process.wait(60) == 0
    assert processes_of(folder) == []
    assert list(folder.iterdir()) == []
