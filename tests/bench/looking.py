"""People at work, whose pages and changes are measured while something large goes on."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

import requests

from .site import Site

LOOKS_PER_SECOND = 10

SEARCHES = (
    "",
    "q=maria",
    "q=mar%C3%ADa+gonz%C3%A1lez",
    "q=rodriguez+munoz",
    "q=sebastian+quinones+pena",
    "q=3001234",
    "q=313+12",
    "q=ma",
    "q=zzz",
    "q=maria&etiqueta=1",
    "etiqueta=1",
    "estado=inactivos",
    "estado=todos",
    "orden=nombre",
    "orden=compra",
    "q=maria&orden=nombre",
    "q=lucia+duque&orden=compra",
    "numero=no",
    "compro_desde=2026-06-01",
    "compro_por=890000",
    "compro_desde=2026-06-01&compro_por=200000",
    "no_compro_desde=2026-06-01&no_compro_por=200000",
    "etiqueta=1&etiqueta=2",
    "etiqueta_todas=1&no_etiqueta=2",
    "no_etiqueta=1",
    "creado_desde=2025-12-01",
)


@dataclass
class Looks:
    """How long somebody waited for pages, in seconds."""

    seconds: list[float] = field(default_factory=list)


def look(site: Site, browser: requests.Session, path: str) -> float:
    """Look at a page of the list, and return how long it took."""
    began = time.perf_counter()
    answer = browser.get(f"{site.url}{path}", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.status_code == 200, path
    return time.perf_counter() - began


@contextmanager
def looking(site: Site, size: int) -> Iterator[Looks]:
    """Let somebody of an account look at pages of the list all the time."""
    browser = site.log_in(size)
    searches = random.Random(7)
    with _again_and_again(lambda: look(site, browser, f"/clientes/?{searches.choice(SEARCHES)}")) as looks:
        yield looks


@contextmanager
def recording(site: Site, size: int) -> Iterator[Looks]:
    """Let somebody of an account change a client all the time."""
    browser = site.log_in(size)
    page = browser.get(f"{site.url}/clientes/").text
    found = re.search(r"/clientes/editar/(\d+)/", page)
    assert found

    def change() -> float:
        began = time.perf_counter()
        site.post(browser, f"/clientes/editar/{found[1]}/", {"nombre": f"Cliente {began}"})
        return time.perf_counter() - began

    with _again_and_again(change) as writes:
        yield writes


@contextmanager
def _again_and_again(act: Callable[[], float]) -> Iterator[Looks]:
    looks, ended = Looks(), Event()

    def work() -> None:
        while not ended.wait(1 / LOOKS_PER_SECOND):
            looks.seconds.append(act())

    thread = Thread(target=work)
    thread.start()
    try:
        yield looks
    finally:
        ended.set()
        thread.join()
