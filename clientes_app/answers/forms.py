"""What is said of answers."""

from __future__ import annotations

from ..web.forms import FlagField, Form


class ReadForm(Form):
    """Whether an answer is read."""

    leida = FlagField()
