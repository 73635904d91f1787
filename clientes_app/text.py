"""Text as people type it, made safe to store and easy to find."""

from __future__ import annotations

import re
import unicodedata

# The accents of Latin letters: without them, nearly every name is ASCII.
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]+")
_LINE_BREAKS = {"\r\n": "\n", "\r": "\n"}


def clean_line(text: str | None) -> str:
    """Answer one line: NFC, no control characters, no white space around."""
    if text and text.isascii() and text.isprintable():
        return text.strip()
    return _clean((text or "").replace("\t", " ").replace("\n", " "), keep="")


def clean_block(text: str | None) -> str:
    """Answer lines of text: NFC, no control characters but line breaks, no white space around."""
    text = text or ""
    for found, wanted in _LINE_BREAKS.items():
        text = text.replace(found, wanted)
    return _clean(text.replace("\t", " "), keep="\n")


def fold(text: str) -> str:
    """Answer the text without accents and case, for searching: "María" is found by "maria"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = _LATIN_ACCENTS.sub("", decomposed)
    if plain.isascii():
        return plain
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _clean(text: str, keep: str) -> str:
    if text.isprintable():
        return unicodedata.normalize("NFC", text).strip()
    # Cc and Cs: control characters and lone surrogates, which databases refuse and nobody can see.
    kept = (c for c in text if c in keep or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def translatable(text: str) -> str:
    """Mark a sentence that is stored or declared here and translated where it is shown."""
    return text
