"""The list of clients as it is drawn: for its own view, and again after many of its rows have changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask import render_template, url_for
from werkzeug.datastructures import MultiDict

from ..errors import DomainError
from ..web.actor import current_account
from ..web.htmx import came_from
from .search import listing
from .search.chips import chips_of, problems_in_words, unread_chips, without
from .search.criteria import Search
from .search.known import known_to
from .search.pages import Cursor, Order


def list_context(values: Mapping[str, str]) -> dict[str, Any]:
    """Return what the list's template needs for the page that a URL's values mean."""
    account = current_account()
    search, cursor = Search.from_values(values), Cursor.from_values(values)
    order, disorder = _order_of(values)
    known = known_to(account.id)
    listed = listing.find_page(account, search, cursor, order)
    return {
        "listed": listed,
        "order": order,
        "asked": {**search.values(), **order.values()},
        "tags": known.tags,
        "fields": known.fields.values(),
        "chips": [*chips_of(search, known), *unread_chips(search, known)],
        "problems": [*problems_in_words(search, known), *disorder],
        "without": without,
        "any_clients": listing.has_clients(account.id),
        "search": search,
        "count": listed.count,
    }


def _order_of(values: Mapping[str, str]) -> tuple[Order, list[str]]:
    """Return how the list is sorted, and what to say of an order that cannot be read: it hides nobody."""
    try:
        return Order.from_values(values), []
    except DomainError as refusal:
        return Order.NEWEST, [refusal.message]


def list_again() -> str:
    """Draw the list that htmx's page shows, filter and page as they are."""
    return render_template("clients/_list_again.html", **list_context(shown_values()))


def shown_values() -> MultiDict[str, str]:
    """Return the values in the URL of the page that htmx changes a part of."""
    return MultiDict(parse_qsl(came_from().query))


def list_left() -> str:
    """Return the address of the list as the person left it for this page; else that of the whole list."""
    whole, left = url_for("clients.index"), came_from()
    return f"{whole}?{left.query}" if left.path == whole and left.query else whole
