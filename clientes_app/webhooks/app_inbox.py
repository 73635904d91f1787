"""The app's one inbox for receipts."""

from __future__ import annotations

from typing import cast

from flask import Flask

from ..extensions import db
from ..sending.inbox import ReceiptInbox

_KEY = "clientes.receipts"


def inbox_of(app: Flask) -> ReceiptInbox:
    """Return the app's inbox, the same also to the first two requests that ask for it at once."""
    found = app.extensions.get(_KEY)
    if found is None:
        with app.app_context():
            found = app.extensions.setdefault(_KEY, ReceiptInbox(db.engine))
    return cast(ReceiptInbox, found)
