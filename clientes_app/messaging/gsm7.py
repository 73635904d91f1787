"""The GSM 7-bit alphabet, and the closest text within it.

Source: 3GPP TS 23.038 (formerly GSM 03.38), the default alphabet and its extension table.
"""

import re
import unicodedata

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
"""Characters that take two septets: an escape and a letter of the second table."""

EXTENDED = re.compile(f"[{re.escape(EXTENSION)}]")
FOREIGN = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")
"""One character that the alphabet lacks, so that a text with it is sent as UCS-2."""

# Accents, emoji variation selectors and the keycap, but no strokes (U+0334 to U+0338): they negate a sign.
_MARK = r"[\u0300-\u0333\u0339-\u036f\ufe0e\ufe0f\u20e3]"
_MARKS = re.compile(_MARK)
_REPLACEABLE = re.compile(rf".{_MARK}+|{FOREIGN.pattern}", re.DOTALL)

# Unicode's own decompositions that would change what is read: a power or a fraction becomes other digits.
_MISLEADING = ("<super>", "<sub>", "<fraction>")

_SUBSTITUTES = {
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
    "\N{DOUBLE HIGH-REVERSED-9 QUOTATION MARK}": '"',
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{DOUBLE PRIME}": '"',
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
    "\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}": "'",
    "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}": "'",
    "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}": "'",
    "\N{MODIFIER LETTER APOSTROPHE}": "'",
    "\N{PRIME}": "'",
    "\N{GRAVE ACCENT}": "'",
    "\N{ACUTE ACCENT}": "'",
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{FIGURE DASH}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{HORIZONTAL BAR}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{BULLET}": "-",
    "\N{MIDDLE DOT}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{FEMININE ORDINAL INDICATOR}": "a",
    "\N{MASCULINE ORDINAL INDICATOR}": "o",
    # It stands for the ordinal indicator in Colombian addresses: Calle 10 N° 5-20.
    "\N{DEGREE SIGN}": "o",
    "\N{COPYRIGHT SIGN}": "(c)",
    "\N{REGISTERED SIGN}": "(R)",
    "\N{TRADE MARK SIGN}": "(TM)",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
    "\N{LATIN CAPITAL LETTER L WITH STROKE}": "L",
    "\N{LATIN SMALL LETTER D WITH STROKE}": "d",
    "\N{LATIN CAPITAL LETTER D WITH STROKE}": "D",
    "\N{LATIN SMALL LIGATURE OE}": "oe",
    "\N{LATIN CAPITAL LIGATURE OE}": "OE",
    "\t": " ",
    "\N{LINE SEPARATOR}": "\n",
    "\N{PARAGRAPH SEPARATOR}": "\n",
    "\N{SOFT HYPHEN}": "",
    "\N{ZERO WIDTH SPACE}": "",
    "\N{LEFT-TO-RIGHT MARK}": "",
    "\N{WORD JOINER}": "",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "",
}


def approximate(text: str) -> str:
    """Replace each foreign character of an NFC text by its closest form; one that has none stays as it is."""
    return _REPLACEABLE.sub(lambda match: _closest(match[0]), text)


def _closest(cluster: str) -> str:
    base = cluster[0]
    if not FOREIGN.match(base):
        return base
    substitute = _SUBSTITUTES.get(base, _decomposed(base))
    return cluster if FOREIGN.search(substitute) else substitute


def _decomposed(character: str) -> str:
    if unicodedata.decomposition(character).startswith(_MISLEADING):
        return character
    plain = unicodedata.normalize("NFKD", character)
    return _MARKS.sub("", plain) if plain[0].isalpha() else plain
