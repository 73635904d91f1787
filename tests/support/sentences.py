"""Every sentence that a test makes the app say in Spanish must be in the Spanish catalogue."""

from __future__ import annotations

from typing import Any

from babel.support import NullTranslations
from flask import Flask
from flask_babel import force_locale, get_translations


class Unsaid(NullTranslations):
    """What is asked when the catalogue lacks a sentence, such as one that was built in pieces."""

    def gettext(self, message: str) -> str:
        """Fail."""
        raise AssertionError(f"not in the Spanish catalogue: {message}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Fail."""
        return self.gettext(msgid1)

    def upgettext(self, context: str, message: str) -> str:
        """Fail."""
        return self.gettext(f"{context}: {message}")


def hold_to_the_catalogue(app: Flask) -> None:
    """Fail in the app whatever says a sentence that is not in the catalogue."""
    with app.test_request_context(), force_locale("es_CO"):
        spanish: Any = get_translations()
        if not isinstance(spanish._fallback, Unsaid):
            spanish.add_fallback(Unsaid())
