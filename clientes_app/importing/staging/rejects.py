"""Rows that are not imported, for the file in which a person gets them back: their cells, and why."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from ...client_files.columns import Layout
from ...client_files.meaning.roles import OF_SALES, Role
from ...client_files.meaning.tag_lists import join_tags
from ...client_files.rows import Row
from ..own_fields.own_texts import UNREADABLE, OwnFields
from ..sales.sale_texts import told_of
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
        Role.EITHER: staged.row.documento,
        Role.TAGS: join_tags(staged.row.tags),
    }
    read |= dict(zip(OF_SALES, staged.row.venta.split("\n"), strict=False))
    own = {column.place: text for column, text in zip(layout.own, staged.row.own_texts, strict=False)}
    return [own.get(place) or read.pop(role, "") for place, role in enumerate(layout.roles)]


def reason_of(staged: Staged, own: OwnFields) -> str:
    """Return why a row is not imported."""
    if staged.verdict is Verdict.DOUBLE:
        return _as_double(staged)
    if staged.verdict is Verdict.LEFT_OUT:
        return str(gettext("Left out."))
    if staged.verdict is not Verdict.ASKED:
        return fault_of(staged.row, own)
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


def _as_double(staged: Staged) -> str:
    if told_of(staged.row.venta).receipt:
        sentence = gettext(
            "The same sale as row %(row)s: of a receipt only the first row is taken, so its total has to be the whole"
            " one.",
            row=staged.other,
        )
    elif staged.row.venta:
        sentence = gettext("The same sale as row %(row)s.", row=staged.other)
    else:
        sentence = gettext("The same client as row %(row)s.", row=staged.other)
    return str(sentence)


def fault_of(row: Row, own: OwnFields) -> str:
    """Return what is wrong with a row, field by field where the account's own are."""
    if row.fault != UNREADABLE:
        return str(gettext(row.fault))
    problems = [(told.column.name, gettext(told.problem)) for told in own.told(row) if told.problem]
    return " ".join(gettext("%(field)s: %(problem)s", field=name, problem=problem) for name, problem in problems)
