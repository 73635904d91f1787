"""Rows that are not imported, for the file in which a person gets them back: their cells, and why."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from ...client_files.columns import Layout
from ...client_files.meaning.roles import Role
from ...client_files.meaning.tag_lists import join_tags
from .store import Staged
from .verdicts import Verdict


def cells_of(staged: Staged, layout: Layout) -> Sequence[str]:
    """Return a row's cells as the file has them; where they were not kept, what was read, in the same columns."""
    if staged.cells:
        return staged.cells
    name = next((role for role in (Role.NAME, Role.GIVEN, Role.SURNAME) if role in layout.roles), Role.NAME)
    read = {
        name: staged.row.nombre,
        Role.PHONE: staged.row.telefono,
        Role.DOCUMENT: staged.row.documento,
        Role.TAGS: join_tags(staged.row.tags),
    }
    return [read.pop(role, "") for role in layout.roles]


def reason_of(staged: Staged) -> str:
    """Return why a row is not imported."""
    if staged.verdict is Verdict.DOUBLE:
        return str(gettext("The same client as row %(row)s.", row=staged.other))
    if staged.verdict is Verdict.LEFT_OUT:
        return str(gettext("Left out."))
    if staged.verdict is not Verdict.ASKED:
        return str(gettext(staged.row.fault))
    if staged.client_id:
        return str(
            gettext(
                "A client with another name has its number or its document, and nobody said whether it is the same one."
            )
        )
    return str(
        gettext(
            "Row %(row)s has its number and another name, and nobody said whether it is the same client.",
            row=staged.other,
        )
    )
