"""The figures as Prometheus reads them; `docs/several-machines.md` says what each is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from .figures import Figures, read_figures


class _FiguresCollector(Collector):
    """Gives the figures of one moment."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give each metric with its samples."""
        figures = self._figures
        yield _by("clientes_messages", "Messages by state; enviando: in flight", "state", figures.messages)
        yield _by("clientes_campaigns", "Campaigns by state", "state", figures.campaigns)
        yield _one(
            "clientes_pace_parts_per_second",
            "SMS parts a second that all workers together may send, while Twilio's refusals slow them down",
            [] if figures.slowed_to is None else [figures.slowed_to],
        )
        yield _by("clientes_jobs_waiting", "Jobs of workers that wait, by queue", "queue", figures.jobs or {})
        yield _one(
            "clientes_oldest_campaign_seconds",
            "Age of the oldest campaign that has something to send and does not wait for a limit",
            [figures.oldest_seconds],
        )
        yield _by("clientes_senders", "Processes alive that send, by what they do", "queue", figures.workers)
        yield _by("clientes_imports", "Imports of clients by state", "state", figures.imports)
        yield _by("clientes_import_rows_done", "Rows done of imports at work", "state", figures.import_rows)
        yield _one("clientes_answers_unread", "Answers that nobody has read", [figures.unread_answers])


def render(engine: Engine) -> bytes:
    """Return the present figures in the text format of Prometheus."""
    # A registry for each scrape: nothing is counted in this process, which is one of several.
    registry = CollectorRegistry()
    registry.register(_FiguresCollector(read_figures(engine)))
    return generate_latest(registry)


def _one(name: str, said: str, values: Iterable[float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said)
    for value in values:
        family.add_metric([], value)
    return family


def _by(name: str, said: str, label: str, values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family
