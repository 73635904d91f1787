"""Reports as JSON for programs: amounts as texts of two decimals, moments with the shop's offset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from ..web.formatting import local_iso
from .behind.lists import What
from .campaign_report import CampaignReport
from .clients_report import FREQUENCY, RECENCY, ClientsReport
from .hours_report import HoursReport
from .month_report import CampaignOfMonth, Figures, MonthReport
from .reasons import Reason


def of_month(report: MonthReport) -> dict[str, Any]:
    """Return a month's report."""
    return {
        "mes": f"{report.first:%Y-%m}",
        "dias": report.days,
        "cifras": _figures(report.figures),
        "mes_anterior": _figures(report.before),
        "mes_anterior_a_esta_altura": report.before_so_far and _figures(report.before_so_far),
        "motivos": [_reason(each) for each in report.reasons],
        "campanas": [
            {
                "id": each.id,
                "nombre": each.name,
                "mensajes": each.messages,
                **_money(each),
            }
            for each in report.campaigns
        ],
    }


def of_campaign(report: CampaignReport, zone: ZoneInfo) -> dict[str, Any]:
    """Return a campaign's report."""
    return {
        "id": report.campaign.id,
        "nombre": report.campaign.nombre,
        "dias": report.days,
        "elegidos": report.chosen,
        "enviados": report.sent,
        "entregados": report.delivered,
        "finales": _ends(report.ends),
        **_money(report),
        "motivos": [_reason(each) for each in report.reasons],
        "curso": [
            {"desde": local_iso(step.begins, zone), "enviados": step.sent, "entregados": step.delivered}
            for step in report.steps
        ],
    }


def of_clients(report: ClientsReport) -> dict[str, Any]:
    """Return the clients' report; who is in a tile is found by its filters."""
    unreached = report.unreached
    return {
        "activos": report.active,
        "sin_compras": report.never_bought,
        "grupos": [
            {
                "dias_desde": RECENCY[row - 1] + 1 if row else 0,
                "dias_hasta": RECENCY[row] if row < len(RECENCY) else None,
                "compras_min": FREQUENCY[column][0],
                "compras_max": FREQUENCY[column][1],
                "clientes": tile.clients,
                "filtros": tile.search.values(),
            }
            for row, tiles in enumerate(report.tiles)
            for column, tile in enumerate(tiles)
        ],
        "sin_mensajes": {
            "inactivos": unreached.inactive,
            "sin_numero": unreached.without_number,
            "baja": unreached.opted_out,
            "ultimos_no_llegaron": unreached.lost,
            "nunca_escritos": unreached.never_written_to,
        },
        "meses": [
            {"mes": f"{month.first:%Y-%m}", "clientes_nuevos": month.new_clients, "bajas": month.opt_outs}
            for month in report.months
        ],
    }


def of_hours(report: HoursReport) -> dict[str, Any]:
    """Return when people buy: sales by weekday, Monday first, and then by hour."""
    best = report.best
    return {
        "desde": report.first.isoformat(),
        "hasta": report.last.isoformat(),
        "ventas": [list(hours) for hours in report.sales],
        "sin_hora": report.without_hour,
        "mejor": None if best is None else {"dia": best.weekday, "hora": best.hour},
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "mensajes": figures.messages,
        "entregados": figures.delivered,
        "no_llegaron": figures.failed,
        "finales": _ends(figures.ends),
        **_money(figures),
        "bajas": figures.opt_outs,
    }


def _ends(ends: Mapping[What, int]) -> dict[str, int]:
    return {end.value: number for end, number in ends.items()}


def _money(report: Figures | CampaignOfMonth | CampaignReport) -> dict[str, Any]:
    purchases, per_peso = report.purchases, report.per_peso
    return {
        "costo": None if report.costed.is_unknown else f"{report.cost:.2f}",
        "mensajes_cobrados": report.costed.messages,
        "mensajes_con_costo": report.costed.known,
        "compras": purchases.sales,
        "compradores": purchases.buyers,
        "pesos": f"{purchases.pesos:.2f}",
        "pesos_por_peso": None if per_peso is None else f"{per_peso:.2f}",
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "tipo": reason.kind.value,
        "codigo": reason.code,
        "motivo": reason.in_words,
        "que_hacer": reason.what_to_do,
        "mensajes": reason.messages,
    }
