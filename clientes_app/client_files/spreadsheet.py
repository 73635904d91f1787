"""XLSX as CSV, in a process of its own with little memory and time: a small file may declare a giant sheet.

`python -m clientes_app.client_files.spreadsheet IN OUT [SHEET]` writes OUT and says in one line of JSON what it found.
"""

from __future__ import annotations

import csv
import errno
import json
import re
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from ..config import PROJECT_ROOT
from ..files.disk import DISK_FULL, is_full
from ..values.text import translatable
from .conversion_line import turn
from .lifeline import end_with_parent, lifeline
from .number_formats import Show, shown_cells, shows_of
from .plain_numbers import plain
from .reading import MANY_COLUMNS, MANY_ROWS, MAX_BYTES, MAX_COLUMNS, MAX_ROWS
from .refusals import Refused
from .written.kinds import NO_LIST

MAX_MEMORY = 3 << 30
MAX_SECONDS = 120
MAX_WRITTEN = 2 * MAX_BYTES
"""A text that is stored once may stand in a million cells: 5 KB became 1.4 GB."""
MAX_UNPACKED = 20 * MAX_BYTES
MAX_RATIO = 200
"""How many times larger than packed a part may be: a sheet packs 10 to 30 times, a bomb 1,000 times."""
_SMALL = 50 << 20

_DAMAGED = translatable("The spreadsheet is damaged or protected by a password. Save it again and try once more.")
_TOO_LARGE = translatable("The spreadsheet unpacks to more than what can be read. Save the list alone, as CSV.")
_NO_CELLS = translatable("The spreadsheet has no cells.")

_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\shidden="(?:1|true)"')
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Converted:
    """What a spreadsheet has, and which of its sheets was written."""

    sheet: str
    sheets: tuple[str, ...]
    hidden_rows: int


def convert(source: Path, target: Path, sheet: str = "") -> Converted:
    """Write a sheet as CSV: the one that is named, else the first that is visible and has cells.

    Raises Refused; then there may be a part of it.
    """
    check_archive(source)
    with turn(target.parent):
        said = _converted_beside(str(source), str(target), sheet)
    if "refused" in said:
        raise Refused(said["refused"])
    return Converted(said["sheet"], tuple(said["sheets"]), said["hidden_rows"])


def _converted_beside(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "clientes_app.client_files.spreadsheet", *arguments]
    try:
        with lifeline() as standard_input:
            done = subprocess.run(  # noqa: S603 (the names of the files are ours)
                command, cwd=PROJECT_ROOT, stdin=standard_input, capture_output=True, timeout=MAX_SECONDS, check=False
            )
        return dict(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError) as slow_or_killed:
        raise Refused(_TOO_LARGE) from slow_or_killed


def check_archive(path: Path) -> None:
    """Refuse a file whose directory says that it unpacks to something absurd.

    Raises Refused.
    """
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError) as error:
        raise Refused(_DAMAGED) from error
    bombs = [part for part in parts if part.file_size > _SMALL and part.file_size > MAX_RATIO * part.compress_size]
    if bombs or len(parts) > 10_000 or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused(_TOO_LARGE)
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Refused(NO_LIST)


def main() -> None:
    """Convert within the limits, and say what was found or why it is refused."""
    end_with_parent()
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    source, target, wanted = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    try:
        answer = _write(source, target, wanted)
    except Refused as refusal:
        answer = {"refused": refusal.sentence}
    except MemoryError:
        answer = {"refused": _TOO_LARGE}
    print(json.dumps(answer))  # noqa: T201 (the answer)


def _write(source: Path, target: Path, wanted: str) -> dict[str, Any]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum, ZipError

    try:
        book = CalamineWorkbook.from_path(source)
        visible = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        for name in [wanted] if wanted in visible else visible:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is not None:
                _write_rows(sheet.iter_rows(), _shown_cells(source, name), target)
                return {"sheet": name, "sheets": visible, "hidden_rows": hidden_rows(source, name)}
    except OSError as error:
        raise Refused(_reason(error)) from error
    except (CalamineError, ZipError) as error:
        raise Refused(_DAMAGED) from error
    raise Refused(_NO_CELLS)


def _reason(error: OSError) -> str:
    if error.errno == errno.EFBIG:
        return _TOO_LARGE
    return DISK_FULL if is_full(error) else _DAMAGED


def _shown_cells(source: Path, sheet: str) -> Iterator[tuple[int, dict[int, Show]]]:
    """Return the cells of a sheet whose format shows more than their numbers, row by row."""
    with ZipFile(source) as archive:
        if part := _part_of(archive, sheet):
            yield from shown_cells(archive, part, shows_of(archive))


def _write_rows(rows: Iterator[Sequence[Any]], shown: Iterator[tuple[int, dict[int, Show]]], target: Path) -> None:
    """Write the rows, blank ones as well: so each keeps its number."""
    next_shown, shows = next(shown, (MAX_ROWS * 2, {}))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, row in enumerate(rows):
            cells = [written(cell) for cell in row]
            if number == next_shown:
                _show(cells, row, shows)
                next_shown, shows = next(shown, (MAX_ROWS * 2, {}))
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MAX_COLUMNS:
                raise Refused(MANY_COLUMNS)
            if number > MAX_ROWS and cells:
                raise Refused(MANY_ROWS)
            writer.writerow(cells)


def _show(cells: list[str], row: Sequence[Any], shows: Mapping[int, Show]) -> None:
    """Put in place of cells what the sheet shows."""
    for place, show in shows.items():
        if place < len(row) and row[place] != "" and (text := show(row[place])) is not None:
            cells[place] = text


def written(cell: Any) -> str:
    """Write a cell as the person who typed it meant it: 3001234567.0 is a number without decimals."""
    if isinstance(cell, float) and abs(cell) < 1e15:
        return plain(cell)
    if isinstance(cell, datetime | date | time | timedelta):
        return cell.isoformat() if not isinstance(cell, timedelta) else str(cell)
    return str(cell)


def hidden_rows(path: Path, sheet: str) -> int:
    """Count a sheet's hidden rows, which are read like the others: the reader does not tell them apart."""
    with ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return 0
        count, rest = 0, b""
        with archive.open(part) as file:
            while chunk := file.read(1 << 20):
                found = rest + chunk
                begun = found.rfind(b"<")
                count += len(_HIDDEN_ROW.findall(found[:begun]))
                rest = found[begun:]
        return count


def _part_of(archive: ZipFile, sheet: str) -> str | None:
    try:
        # The file's size was checked before, and this parser does not fetch what a document refers to.
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return None
    wanted = {each.get("name"): each.get(_RELATION) for each in book.iter(f"{_MAIN}sheet")}.get(sheet)
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    target = targets.get(wanted, "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in archive.namelist() else None


if __name__ == "__main__":
    main()
