"""What addresses of reports say: a month, what is behind a figure, and whether as a file."""

from __future__ import annotations

import re
from datetime import date

from flask import request
from flask_babel import gettext

from ..errors import DomainError, NotFound
from ..tenancy import Account
from ..values.days import read_day
from ..values.ids import read_id
from ..values.text import clean_line
from ..web.filters import LONGEST_FILTER, cannot_be_read, chosen_of
from .behind.lists import Asked, What
from .month_report import present_month, span_of

_PAGE, _CSV = "pagina", "csv"
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_MOST_DIGITS = 6


def month_named(text: str, account: Account) -> date:
    """Return the first day of a month.

    Raises NotFound where it is none, or has not begun.
    """
    first = read_day(f"{text}-01") if _MONTH.fullmatch(text) else None
    if first is None or first > present_month(account):
        raise NotFound
    return first


def asked_messages(account: Account) -> Asked:
    """Return which messages the address asks for.

    Raises DomainError where it cannot be read.
    """
    what = What(chosen_of(request.args, "que", set(What), What.SENT))
    asked = _place(account)
    code, sentence = request.args.get("codigo", ""), request.args.get("motivo")
    if code and not (code.isascii() and code.isdecimal() and len(code) <= _MOST_DIGITS):
        raise DomainError(cannot_be_read("codigo", (code,), gettext("It is the number of a reason at Twilio.")))
    said = None if sentence is None else clean_line(sentence[:LONGEST_FILTER])
    return Asked(what, asked.campaign_id, asked.span, int(code) if code else None, said)


def asked_purchases(account: Account) -> Asked:
    """Return which purchases the address asks for.

    Raises DomainError where it cannot be read.
    """
    return _place(account)


def as_file() -> bool:
    """Return whether the address asks for a file for spreadsheets in place of the page.

    Raises DomainError where it cannot be read.
    """
    return chosen_of(request.args, "formato", {_PAGE, _CSV}, _PAGE) == _CSV


def _place(account: Account) -> Asked:
    month, campaign = request.args.get("mes", ""), request.args.get("campana", "")
    campaign_id = read_id(campaign) if campaign else None
    if campaign and campaign_id is None:
        raise DomainError(cannot_be_read("campana", (campaign,), gettext("It is the number of a campaign.")))
    if not month and campaign_id is None:
        raise DomainError(gettext("Say which month, or which campaign."))
    span = span_of(month_named(month, account), account) if month else None
    return Asked(campaign_id=campaign_id, span=span)
