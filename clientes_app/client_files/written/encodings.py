"""In which encoding a text is written: as its bytes say, else as charset-normalizer guesses among those in use here.

Spanish is written in few letters beyond ASCII. What gives just these is right, and decides where the library is even:
a list has too few of them for its statistics. A person sees the outcome and may choose another.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..cells import tidy
from ..refusals import Refused
from .kinds import NO_LIST

UTF_8, UTF_8_MARKED, UTF_16, WINDOWS, DOS, MAC = "utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850", "mac_roman"
UTF_16_UNMARKED = ("utf-16-le", "utf-16-be")
KNOWN = (UTF_8, UTF_8_MARKED, UTF_16, *UTF_16_UNMARKED, WINDOWS, "latin-1", DOS, MAC)
"""What a file may be read in."""

_OFFERED = (UTF_8, WINDOWS, DOS, MAC)
_CANDIDATES = (WINDOWS, DOS, MAC)
_CHUNK = 1 << 20
_SAMPLE_LINES = 400
_LONGEST_SAMPLE = 1_000
_WEIGHTS = dict.fromkeys("áéíóúüñÁÉÍÓÚÜÑªº°", 1.0) | {"’": 0.9} | dict.fromkeys("ãõçâêôàèìòùäöåëïîûÃÕÇÂÊÔÀÈÄÖ", 0.7)
"""How much a letter speaks for an encoding: Spanish ones most, those of its neighbours less, all others nothing."""
# A capital within a word, or a small letter before one, is another letter that was misread.
_ODD_CASE = re.compile("[a-zà-ÿ][À-Þ]|[à-ÿ][A-Z]")
_WORD = re.compile(rb"[\w\x80-\xff]*[\x80-\xff][\w\x80-\xff]*(?: [\w\x80-\xff]+)?")
_LONGEST_EXAMPLE = 30


@dataclass(frozen=True)
class Choice:
    """An encoding that a person may choose, and how it reads the file's first accents."""

    encoding: str
    example: str


def encoding_of(path: Path, head: bytes) -> str:
    """Find out in which encoding a text is.

    Raises Refused where it is no text.
    """
    if head.startswith(codecs.BOM_UTF8):
        return UTF_8_MARKED
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF_16
    if without_mark := _utf_16_without_mark(head):
        return without_mark
    return UTF_8 if _is_utf_8(path) else _guess(_lines_beyond_ascii(path))


def choices(path: Path, chosen: str) -> list[Choice]:
    """Return the encodings that a file may be in, the one that is chosen among them."""
    if chosen in (UTF_16, *UTF_16_UNMARKED):
        return [Choice(chosen, "")]
    offered = [chosen if each == UTF_8 and chosen == UTF_8_MARKED else each for each in _OFFERED]
    offered += [] if chosen in offered else [chosen]
    raw = next(iter(_lines_beyond_ascii(path, 1)), b"")
    word = found[0] if (found := _WORD.search(raw)) else b""
    return [Choice(each, tidy(word.decode(each, "replace"))[:_LONGEST_EXAMPLE]) for each in offered]


def _guess(lines: list[bytes]) -> str:
    # UTF-8 with a line of another program in it: read as this, a cell of UTF-8 is mended by itself.
    if 2 * sum(map(_is_readable_utf_8, lines)) > len(lines):
        return WINDOWS
    # Imported here: few files need it, and the start of the app need not wait for it.
    from charset_normalizer import from_bytes

    sample = b"\n".join(word for line in lines for word in _WORD.findall(line))
    ranked = [match.encoding for match in from_bytes(sample, cp_isolation=[*_CANDIDATES])]
    ranked += [each for each in _CANDIDATES if each not in ranked]
    return max(ranked, key=lambda encoding: _fitness(sample, encoding))


def _fitness(sample: bytes, encoding: str) -> float:
    """Return how well the letters beyond ASCII fit, from 0 to 1; of equals, `max` takes the library's first."""
    text = sample.decode(encoding, "replace")
    beyond = [letter for letter in text if not letter.isascii()]
    fitting = sum(_WEIGHTS.get(letter, 0.0) for letter in beyond) - len(_ODD_CASE.findall(text))
    return round(fitting / len(beyond), 1) if beyond else 0.0


def _lines_beyond_ascii(path: Path, most: int = _SAMPLE_LINES) -> list[bytes]:
    with path.open("rb") as file:
        pieces = iter(lambda: file.readline(_CHUNK), b"")
        found = (piece.strip() for piece in pieces if not piece.isascii() and not piece.startswith(codecs.BOM_UTF8))
        return [_around_the_first(piece) for piece in islice(found, most)]


def _around_the_first(line: bytes) -> bytes:
    first = re.search(rb"[\x80-\xff]", line)
    begin = max(first.start() - _LONGEST_SAMPLE // 2, 0) if first else 0
    return line[begin : begin + _LONGEST_SAMPLE]


def _is_readable_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _utf_16_without_mark(head: bytes) -> str | None:
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4:
        return UTF_16_UNMARKED[0]
    if even > len(head) // 4:
        return UTF_16_UNMARKED[1]
    if even + odd > len(head) // 100:
        raise Refused(NO_LIST)
    return None


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder(UTF_8)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
