"""Reports as tables for spreadsheets: each with its name, its titles and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale, gettext

from ..clients.search.lost import LAST_ONES
from ..web.csv_export import Rows
from .behind.lists import What
from .campaign_report import CampaignReport
from .clients_report import FREQUENCY, ClientsReport
from .ends import WORDS
from .hours_report import HoursReport
from .month_report import CampaignOfMonth, Figures, MonthReport
from .reasons import Reason
from .report_words import often_in_words, recency_in_words


@dataclass(frozen=True)
class Table:
    """A table of a report."""

    name: str
    titles: Sequence[str]
    rows: Sequence[Sequence[Any]]


def as_rows(tables: Iterable[Table]) -> Iterator[Rows]:
    """Return tables one below the other, a table at a time."""
    for table in tables:
        yield [[table.name], table.titles, *table.rows, []]


def of_month(report: MonthReport) -> list[Table]:
    """Return the tables of a month's report."""
    months = [f"{report.first:%Y-%m}", f"{report.month_before:%Y-%m}"]
    columns = [_figures(report.figures), _figures(report.before)]
    if report.before_so_far:
        months.append(gettext("%(month)s, up to this day", month=months[1]))
        columns.append(_figures(report.before_so_far))
    figures = [[name, *(column[name] for column in columns)] for name in columns[0]]
    campaigns = [[each.name, each.messages, *_purchases(each)] for each in report.campaigns]
    return [
        Table(gettext("The month"), [gettext("Figure"), *months], figures),
        _reasons(report.reasons, report.reasons_before),
        Table(gettext("Campaigns"), [gettext("Campaign"), gettext("Messages"), *_purchase_titles()], campaigns),
    ]


def of_campaign(report: CampaignReport, zone: Any) -> list[Table]:
    """Return the tables of a campaign's report."""
    bought = report.purchases
    steps = [[f"{step.begins.astimezone(zone):%Y-%m-%d %H:%M}", step.sent, step.delivered] for step in report.steps]
    return [
        Table(
            report.campaign.nombre,
            [gettext("Figure"), gettext("Number")],
            [
                [gettext("Chosen"), report.chosen],
                [gettext("Sent out"), report.sent],
                *_ends(report.ends).items(),
                [gettext("Bought"), bought.buyers],
                [gettext("Purchases"), bought.sales],
                [gettext("Pesos bought"), bought.pesos],
                [gettext("Cost"), None if report.costed.is_unknown else report.cost],
                [gettext("Messages that cost something"), report.costed.messages],
                [gettext("Messages whose cost is known"), report.costed.known],
                [gettext("Pesos bought for each peso spent"), report.per_peso],
            ],
        ),
        Table(gettext("Its course"), [gettext("When"), gettext("Sent out"), gettext("Delivered")], steps),
        _reasons(report.reasons),
    ]


def of_clients(report: ClientsReport) -> list[Table]:
    """Return the tables of the clients' report."""
    tiles = [
        [recency_in_words(place), *(tile.clients for tile in row), report.bands[place].clients]
        for place, row in enumerate(report.tiles)
    ]
    unreached = report.unreached
    months = [[f"{month.first:%Y-%m}", month.new_clients, month.opt_outs] for month in report.months]
    return [
        Table(
            gettext("Who buys and who sleeps"),
            [gettext("Last purchase"), *(often_in_words(place) for place in range(len(FREQUENCY))), gettext("In all")],
            tiles,
        ),
        Table(
            gettext("Who gets no messages now, and why"),
            [gettext("Why"), gettext("Clients")],
            [
                [gettext("Without a usable number"), unreached.without_number],
                [gettext("Opted out, whether they got messages before or not"), unreached.opted_out],
                [gettext("Inactive"), unreached.inactive],
                [gettext("Their last %(count)s messages did not arrive", count=LAST_ONES), unreached.lost],
                [gettext("Never written to, though they could be"), unreached.never_written_to],
            ],
        ),
        Table(gettext("Growth"), [gettext("Month"), gettext("New clients"), gettext("Opt-outs")], months),
    ]


def of_hours(report: HoursReport) -> list[Table]:
    """Return the table of when people buy."""
    names = get_day_names("wide", locale=get_locale())
    rows = [[names[day], *hours] for day, hours in enumerate(report.sales)]
    return [Table(gettext("When people buy"), [gettext("Day"), *(f"{hour:02d}:00" for hour in range(24))], rows)]


def _figures(figures: Figures) -> dict[str, Any]:
    bought = figures.purchases
    return {
        gettext("Messages sent"): figures.messages,
        **_ends(figures.ends),
        gettext("Cost"): None if figures.costed.is_unknown else figures.cost,
        gettext("Messages that cost something"): figures.costed.messages,
        gettext("Messages whose cost is known"): figures.costed.known,
        gettext("Purchases after"): bought.sales,
        gettext("Buyers"): bought.buyers,
        gettext("Pesos bought"): bought.pesos,
        gettext("Pesos bought for each peso spent"): figures.per_peso,
        gettext("Opt-outs"): figures.opt_outs,
    }


def _ends(ends: Mapping[What, int]) -> dict[str, Any]:
    return {str(WORDS[end]): number for end, number in ends.items()}


def _reasons(reasons: Sequence[Reason], before: Mapping[Any, int] | None = None) -> Table:
    """Return the table of reasons; `before`: how many messages each had a month earlier, where that is told."""
    numbers, words = [gettext("Reason"), gettext("Code"), gettext("Messages")], [gettext("What to do")]
    earlier = [] if before is None else [gettext("Month before")]
    rows = [
        [
            *(each.in_words, each.code, each.messages),
            *([] if before is None else [before.get((each.kind, each.code, each.sentence), 0)]),
            each.what_to_do,
        ]
        for each in reasons
    ]
    return Table(gettext("Why messages did not arrive"), [*numbers, *earlier, *words], rows)


def _purchases(each: CampaignOfMonth) -> list[Any]:
    bought, costed = each.purchases, each.costed
    cost = None if costed.is_unknown else each.cost
    return [cost, bought.sales, bought.buyers, bought.pesos, costed.messages, costed.known]


def _purchase_titles() -> list[str]:
    costed = gettext("Messages that cost something"), gettext("Messages whose cost is known")
    return [gettext("Cost"), gettext("Purchases"), gettext("Buyers"), gettext("Pesos bought"), *costed]
