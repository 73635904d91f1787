"""How a file is read: as people say it, or as its titles do; who a client is, is told by titles alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..values import phone
from ..values.text import fold
from .cells import tidy, tidy_number
from .meaning.own_columns import OwnColumn, own_columns
from .meaning.roles import Contents, Role
from .meaning.sale_titles import roles_of_sales
from .meaning.tag_lists import AUTOMATIC, DELIMITERS_OF_TAGS
from .meaning.title_words import Meaning, meaning_of
from .meaning.titles import LOWEST, place_of_titles
from .meaning.yes_or_no import are_answers
from .reading import Record, Source, examine
from .written.delimiters import DELIMITERS
from .written.encodings import KNOWN

LONGEST_TITLE = 60

_ENOUGH = 0.5
"""The share of a column's cells that must be mobile numbers, or names, where no title says which column has them."""


@dataclass(frozen=True)
class Layout:
    """How a file is read: how it is written, where its titles stand, and each column's role."""

    roles: tuple[Role, ...] = ()
    has_titles: bool = True
    titles: tuple[str, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    hidden_rows: int = 0
    title_row: int = 1
    """The titles are the first row that has this number or a higher one, and is not blank."""
    encoding: str = ""
    """Empty where it is to be found out, as the delimiter is."""
    delimiter: str = ""
    tag_delimiter: str = AUTOMATIC
    width: int = 0
    """How many columns the file says it has: as many as titles; 0 where that was not found out."""
    own: tuple[OwnColumn, ...] = ()
    """Those that hold fields of the account's own, in the file's order."""
    contents: Contents = Contents.CLIENTS

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Layout:
        """Read what `to_json` wrote."""
        known = {field.name for field in fields(cls)}
        given: dict[str, Any] = {name: value for name, value in stored.items() if name in known}
        for name in ("titles", "sheets"):
            given[name] = tuple(given.get(name, ()))
        own = own_columns(given.get("own", ()))
        roles, contents = tuple(map(Role, given.get("roles", ()))), Contents(given.get("contents", Contents.CLIENTS))
        return cls(**{**given, "roles": roles, "own": own, "contents": contents})

    def to_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    def columns(self, role: Role) -> tuple[int, ...]:
        """Return the columns that have a role, in the file's order."""
        return tuple(place for place, each in enumerate(self.roles) if each is role)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the titles of the columns that are not imported."""
        named = zip(self.titles, self.roles, strict=False)
        return tuple(title for title, role in named if title and role is Role.NOTHING)

    @property
    def end(self) -> int | None:
        """After how many cells the columns end, those included that a person uses; None where no cell is too many."""
        # In a spreadsheet each cell stands in its own column, also where that has no title.
        if not self.width or self.sheet:
            return None
        return max([self.width, *(place + 1 for place, role in enumerate(self.roles) if role)])

    @property
    def written(self) -> tuple[str, str, int]:
        """How the file is written and where its titles stand, which all else depends on."""
        return self.encoding, self.delimiter, self.title_row if self.has_titles else 0


def source_of(path: Path, layout: Layout) -> Source:
    """Return a file as its layout reads it.

    Raises Refused where it is no text, or is empty.
    """
    return examine(path, layout.encoding, layout.delimiter)


def guess(sample: Sequence[Record], region: str, past: Iterable[Layout] = (), title_row: int | None = None) -> Layout:
    """Guess the layout of a file by its first rows; `past` are those of earlier files, the latest first.

    `title_row` is the number of the row with the titles, 0 where there are none, None where it is to be found.
    """
    rows = [cells for _, cells in sample]
    width = max(map(len, rows), default=0)
    place = place_of_titles(rows) if title_row is None else _place(sample, title_row)
    if place is None:
        blank = ("",) * width
        return Layout(_completed([None] * width, rows, region), has_titles=False, titles=blank, width=width)
    first = [tidy(cell) for cell in rows[place]]
    titles = tuple(title[:LONGEST_TITLE] for title in (*first, *[""] * (width - len(first))))
    roles = remembered_roles(titles, past) or _roles(titles, rows[place + 1 :], region, len(first))
    return Layout(roles, titles=titles, title_row=sample[place][0], width=len(first))


def guess_sales(sample: Sequence[Record], past: Iterable[Layout] = (), title_row: int | None = None) -> Layout:
    """Guess the layout of a file of sales by its titles; without them, people say what its columns hold."""
    rows = [cells for _, cells in sample]
    width = max(map(len, rows), default=0)
    place = place_of_titles(rows) if title_row is None else _place(sample, title_row)
    blank = ("",) * width
    if place is None:
        nothing = (Role.NOTHING,) * width
        return Layout(nothing, has_titles=False, titles=blank, width=width, contents=Contents.SALES)
    first = [tidy(cell)[:LONGEST_TITLE] for cell in rows[place]]
    titles = (*first, *blank[len(first) :])
    roles = remembered_roles(titles, past) or roles_of_sales(titles, rows[place + 1 :])
    return Layout(roles, titles=titles, title_row=sample[place][0], width=len(first), contents=Contents.SALES)


def remembered_roles(titles: Sequence[str], past: Iterable[Layout]) -> tuple[Role, ...] | None:
    """Return the roles that the same titles had the last time; None where they never were there together.

    Where a column is missing that had a role then, the others may have been left out for its sake.
    """
    columns = _named(titles)
    titled = {column for column in columns if column[0]}
    for layout in past:
        known = dict(zip(_named(layout.titles), layout.roles, strict=False))
        used = {column for column, role in known.items() if role}
        if titled and titled <= known.keys() and used <= {*columns}:
            return tuple(known.get(column, Role.NOTHING) for column in columns)
    return None


def _named(titles: Sequence[str]) -> list[tuple[str, int]]:
    """Return what tells the columns apart: the title of each, and how many before it have the same."""
    seen: Counter[str] = Counter()
    named = []
    for title in map(fold, titles):
        named.append((title, seen[title]))
        seen[title] += 1
    return named


def with_roles(layout: Layout, roles: Sequence[str], tag_delimiter: str) -> Layout:
    """Return the layout with other roles; what is no role counts as nothing."""
    known = {role.value: role for role in Role}
    wanted = [known.get(role, Role.NOTHING) for role in roles[: len(layout.roles)]]
    wanted += [Role.NOTHING] * (len(layout.roles) - len(wanted))
    delimiter = tag_delimiter if tag_delimiter in DELIMITERS_OF_TAGS else layout.tag_delimiter
    return replace(layout, roles=tuple(wanted), tag_delimiter=delimiter)


def as_written(layout: Layout, encoding: str, delimiter: str, title_row: str) -> Layout:
    """Return the layout read in another way; what is not known stays. Its roles and titles are to be guessed anew."""
    read = replace(
        layout,
        encoding=encoding if encoding in KNOWN else layout.encoding,
        delimiter=DELIMITERS.get(delimiter, layout.delimiter),
    )
    if not (title_row.isascii() and title_row.isdecimal() and len(title_row) < 8):
        return read
    return replace(read, has_titles=title_row != "0", title_row=int(title_row) or 1)


def _place(sample: Sequence[Record], title_row: int) -> int | None:
    """Return which of the rows has the titles."""
    if not title_row:
        return None
    found = (place for place, (number, _) in enumerate(sample[:LOWEST]) if number >= title_row)
    return next(found, None)


def _roles(titles: Sequence[str], rows: Sequence[Sequence[str]], region: str, width: int) -> tuple[Role, ...]:
    meanings = [meaning_of(title) if title else None for title in titles]
    found = [meaning.role if meaning else None for meaning in meanings]
    _settle_name(found, meanings, rows)
    for place, role in enumerate(found):
        # Whether one wants messages is told by the title alone: a cell that cannot be read makes its row wrong.
        if role in (Role.ACTIVE, Role.INACTIVE) and not are_answers(role, _filled(rows, place)):
            found[place] = Role.NOTHING
    # What stands beyond the titles is of rows with a cell too many: it is no column.
    found[width:] = [Role.NOTHING] * (len(found) - width)
    return _completed(found, rows, region)


def _settle_name(found: list[Role | None], meanings: Sequence[Meaning | None], rows: Sequence[Sequence[str]]) -> None:
    """Leave one column for the whole name, and one for each part of it."""
    wholes = _ranked(meanings, Role.NAME, rows)
    firsts = [place for place, each in enumerate(meanings) if each and each.part == "first" and each.role is Role.GIVEN]
    lasts = [place for place, each in enumerate(meanings) if each and each.role is Role.SURNAME]
    keep = set(wholes[:1])
    for part in ("first", "middle", "last", "second"):
        keep |= set(_ranked(meanings, None, rows, part)[:1])
    for place in {*wholes, *firsts, *lasts, *(p for p, m in enumerate(meanings) if m and m.part)} - keep:
        found[place] = Role.NOTHING
    if wholes and lasts and not firsts:
        _settle_name_and_surname(found, wholes, lasts, rows)


def _settle_name_and_surname(
    found: list[Role | None], wholes: Sequence[int], lasts: Sequence[int], rows: Sequence[Sequence[str]]
) -> None:
    """Beside surnames alone, `Nombre` holds first names, unless the surnames stand in it as well."""
    name, surname = wholes[0], next(place for place in lasts if found[place] is Role.SURNAME)
    both = [(tidy(row[name]), tidy(row[surname])) for row in rows if max(name, surname) < len(row)]
    said = [fold(last) in fold(first) for first, last in both if first and last]
    if said and sum(said) > len(said) * _ENOUGH:
        for place in lasts:
            found[place] = Role.NOTHING


def _ranked(
    meanings: Sequence[Meaning | None], role: Role | None, rows: Sequence[Sequence[str]], part: str = ""
) -> list[int]:
    """Return the columns that say the same, the best first: those that have cells, then as their titles rank."""
    places = [
        (not _filled(rows, place), each.rank, place)
        for place, each in enumerate(meanings)
        if each and (each.part == part if part else each.role is role)
    ]
    return [place for _, _, place in sorted(places)]


def _completed(roles: Sequence[Role | None], rows: Sequence[Sequence[str]], region: str) -> tuple[Role, ...]:
    """Find the numbers and the names where no title says which columns have them; documents are never guessed."""
    found = list(roles)
    names = {Role.NAME, Role.GIVEN, Role.SURNAME}
    for role, share in ((Role.PHONE, _share_of_mobiles), (Role.NAME, _share_of_names)):
        if role in found or (role is Role.NAME and names & set(found)):
            continue
        free = {place: share(_filled(rows, place), region) for place, known in enumerate(found) if known is None}
        best = max(free, key=lambda place: free[place], default=None)
        if best is not None and free[best] >= _ENOUGH:
            found[best] = role
    return tuple(role or Role.NOTHING for role in found)


def _filled(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [tidy_number(row[place]) for row in rows if place < len(row) and row[place].strip()]


def _share_of_mobiles(cells: Sequence[str], region: str) -> float:
    return sum(phone.to_e164(cell, region) is not None for cell in cells) / len(cells) if cells else 0.0


def _share_of_names(cells: Sequence[str], _region: str) -> float:
    if not cells:
        return 0.0
    words = sum(" " in cell and "@" not in cell and not any(map(str.isdecimal, cell)) for cell in cells)
    letters = sum(cell.replace(" ", "").isalpha() for cell in cells)
    return (words + letters * 0.6) / len(cells)
