"""Every sentence that a test makes the app say in Spanish must be in the Spanish catalogue, one built in pieces too."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from babel.support import NullTranslations
from flask import Flask
from flask_babel import get_translations

from clientes_app.web import formatting, i18n


class Untranslated(NullTranslations):
    """What the Spanish catalogue asks for a sentence that it lacks: it notes it, and says it as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []

    def gettext(self, message: str) -> str:
        """Note a sentence; a stored reason may be of a version before, or Twilio's own."""
        if not _is_a_stored_reason():
            self.noted.append(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Note a sentence about a number."""
        return self.gettext(msgid1 if n == 1 else msgid2)

    def upgettext(self, context: str, message: str) -> str:
        """Note a sentence that has a context."""
        return self.gettext(message)


@pytest.fixture(scope="session")
def spanish_gaps() -> Untranslated:
    """What stands behind the one Spanish catalogue that all apps of this process share."""
    app = Flask("clientes_app")
    i18n.init_app(app)
    gaps = Untranslated()
    with app.app_context():
        get_translations().add_fallback(gaps)
    return gaps


@pytest.fixture(autouse=True)
def untranslated(spanish_gaps: Untranslated) -> Iterator[list[str]]:
    """Fail a test in which a sentence was said in Spanish that has none; a test that means it empties the list."""
    spanish_gaps.noted.clear()
    yield spanish_gaps.noted
    assert not spanish_gaps.noted, f"not in the Spanish catalogue: {spanish_gaps.noted}"


def _is_a_stored_reason() -> bool:
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code is formatting.reason.__code__:
            return True
        frame = frame.f_back
    return False
