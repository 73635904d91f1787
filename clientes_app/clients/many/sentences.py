"""What is said once something is done to many clients."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import ngettext

from ...web.formatting import number
from .services import Deletion


def tags_given(count: int, names: Sequence[str]) -> str:
    """Say how many clients have the tags now."""
    words = {"count": number(count), "tags": ", ".join(names)}
    return str(ngettext("%(count)s client now has: %(tags)s.", "%(count)s clients now have: %(tags)s.", count, **words))


def tags_gone(names: Sequence[str]) -> str:
    """Say that tags were deleted while they were given."""
    said = ngettext(
        "The tag %(tags)s was deleted meanwhile: nobody has it.",
        "The tags %(tags)s were deleted meanwhile: nobody has them.",
        len(names),
        tags=", ".join(names),
    )
    return str(said)


def tags_taken(count: int, names: Sequence[str]) -> str:
    """Say how many clients are without the tags now."""
    words = {"count": number(count), "tags": ", ".join(names)}
    return str(
        ngettext(
            "%(count)s client no longer has: %(tags)s.", "%(count)s clients no longer have: %(tags)s.", count, **words
        )
    )


def activity(count: int, *, active: bool) -> str:
    """Say how many clients are active or inactive now."""
    if active:
        return str(ngettext("%(count)s client is active.", "%(count)s clients are active.", count, count=number(count)))
    return str(
        ngettext(
            "%(count)s client is inactive and gets no more campaigns.",
            "%(count)s clients are inactive and get no more campaigns.",
            count,
            count=number(count),
        )
    )


def deletion(done: Deletion) -> str:
    """Say how many clients are deleted, and who stays."""
    count, kept = number(done.deleted), done.kept
    said = str(ngettext("%(count)s client is deleted.", "%(count)s clients are deleted.", done.deleted, count=count))
    if not kept.count:
        return said
    stay = ngettext(
        "%(count)s has sales and stays: %(names)s",
        "%(count)s have sales and stay: %(names)s",
        kept.count,
        count=number(kept.count),
        names=kept.listed,
    )
    return f"{said} {stay}"
