"""Files that people take for a list and that are none, told by how they begin."""

from __future__ import annotations

import codecs
import re

from ...values.text import translatable
from ..refusals import Refused

ZIP = b"PK\x03\x04"

NO_LIST = translatable("This is not a list that can be read. Save it as XLSX or CSV and try again.")
_WEB_PAGE = translatable(
    "This is a web page, whatever its name says. Open it in Excel, save it as XLSX or CSV, and upload that."
)
_XML = translatable("This is XML, not a list. Open it in Excel, save it as XLSX or CSV, and upload that.")
_CARDS = translatable("These are contact cards (vCard), not a list. Export the contacts as CSV, and upload that.")
_JSON = translatable("This is JSON, not a list. Export the clients as XLSX or CSV, and upload that.")
_OLD_EXCEL = translatable("This is an Excel file of before 2007. Open it, save it as XLSX or CSV, and upload that.")
_PDF = translatable("This is a PDF, not a list. Export the clients as XLSX or CSV, and upload that.")
_PICTURE = translatable(
    "This is a picture or a recording, not a list. Export the clients as XLSX or CSV, and upload that."
)
_PACKED = translatable("This is a packed file. Unpack it, and upload the list that is in it.")

_BYTES = {
    b"\xd0\xcf\x11\xe0": _OLD_EXCEL,
    b"\x09\x08\x10\x00": _OLD_EXCEL,
    b"%PDF": _PDF,
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"BM": _PICTURE,
    b"II*\x00": _PICTURE,
    b"MM\x00*": _PICTURE,
    b"RIFF": _PICTURE,
    b"OggS": _PICTURE,
    b"ID3": _PICTURE,
    b"\x1f\x8b": _PACKED,
    b"BZh": _PACKED,
    b"Rar!": _PACKED,
    b"7z\xbc\xaf": _PACKED,
    b"\xfd7zXZ": _PACKED,
    b"\x28\xb5\x2f\xfd": _PACKED,
    b"PK": _PACKED,
    b"{\\rtf": NO_LIST,
    b"SQLite format 3": NO_LIST,
    b"\x7fELF": NO_LIST,
}
"""Those that begin with the letters of a text are looked at once more: see `_is_text`."""

_TEXTS = (
    (re.compile(r"<!DOCTYPE\s+html|<html\b", re.IGNORECASE), _WEB_PAGE),
    (re.compile(r"<\?xml\b|<(?:ss:)?Workbook\b|<\w+\s+xmlns", re.IGNORECASE), _XML),
    (
        re.compile(
            r"<!--|<!DOCTYPE|</?(?:head|meta|title|style|script|link|base|body|div|table|thead|tbody|tr|td|th|col\w*|caption"
            r"|font|center|form|span|p|br|hr|b|i|h[1-6]|ul|ol|li|a|img)(?:\s[^>]*)?/?>",
            re.IGNORECASE,
        ),
        _WEB_PAGE,
    ),
    (re.compile(r"BEGIN:V(?:CARD|CALENDAR)\b", re.IGNORECASE), _CARDS),
    (re.compile(r"\[\s*(?:[\[{\"]|\]\s*\Z)|\{\s*(?:\"|\}\s*\Z)"), _JSON),
    (
        re.compile(
            r"ID;P|MIME-Version:|(?:From|Return-Path|Received|Delivered-To): ?\S|dn: ?\S|(?:INSERT INTO|CREATE TABLE) "
            r"|-- (?:MySQL|PostgreSQL|phpMyAdmin|MariaDB)|%!PS|TABLE\s+0,1\s",
            re.IGNORECASE,
        ),
        NO_LIST,
    ),
)
_HEAD = 4096


def refuse_what_is_no_list(head: bytes) -> None:
    """Refuse a file that begins as no list does.

    Raises Refused.
    """
    for begins, sentence in _BYTES.items():
        if head.startswith(begins) and not (begins.isalnum() and _is_text(head)):
            raise Refused(sentence)
    if head[4:8] == b"ftyp":
        raise Refused(_PICTURE)
    text = _readable(head[:_HEAD]).lstrip("\ufeff \t\r\n\x00\x0b\x0c")
    for pattern, sentence in _TEXTS:
        if pattern.match(text):
            raise Refused(sentence)


def _is_text(head: bytes) -> bool:
    """Return whether a file has no control characters at its beginning but those of a text."""
    return not re.search(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]", head[:_HEAD])


def _readable(head: bytes) -> str:
    """Return the beginning as far as its ASCII letters go, whatever it is written in."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    return head.replace(b"\x00", b"").removeprefix(codecs.BOM_UTF8).decode("latin-1")
