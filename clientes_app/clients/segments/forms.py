"""The form of a segment."""

from __future__ import annotations

from flask_babel import lazy_gettext

from ...web.forms import Form, line_field

LONGEST_NAME = 60


class SegmentForm(Form):
    """A segment's name; its search comes beside it."""

    nombre = line_field(lazy_gettext("Name of the segment"), LONGEST_NAME, required=True)
