"""Characters that nobody sees, and those that turn or hide the text around them, taken out of a text.

What languages and emoji write with stays: joiners between letters that have them, the signs that choose an emoji's
look, the letters of a flag.
"""

from __future__ import annotations

import re

# Look like a space and are none: the fillers of Hangul, the blank of Braille.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"
# What Unicode calls ignorable by default, without what is below, and lone surrogates, which databases refuse:
# https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
_IGNORABLE = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
    "\ud800-\udfff"
)
_JOINERS = "\u200c\u200d"
_LOOKS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FLAG_LETTERS = "\U000e0020-\U000e007f"
# Nothing but what is no ASCII is joined, or has a look of its own; and the digits of keys.
_JOINED = rf"[^\x00-\x7f\s{_JOINERS}]"
_LOOKING = rf"(?:{_JOINED}|[0-9#*])"

_MAY_BE_UNSEEN = re.compile(f"[{_BLANK}{_IGNORABLE}{_JOINERS}{_LOOKS}{_FLAG_LETTERS}]")
_NEVER_SEEN = re.compile(f"[{_IGNORABLE}]+")
_BLANKS = re.compile(f"[{_BLANK}]")
_JOINING_NOTHING = re.compile(f"(?<!{_JOINED})[{_JOINERS}]+|[{_JOINERS}]+(?!{_JOINED})")
_LOOK_OF_NOTHING = re.compile(f"(?<!{_LOOKING})[{_LOOKS}]+")
_FLAG = re.compile(f"(\U0001f3f4[\U000e0030-\U000e007a]{{1,6}}\U000e007f)|[{_FLAG_LETTERS}]+")


def without_unseen(text: str) -> str:
    """Return the text without what nobody sees."""
    if text.isascii() or not _MAY_BE_UNSEEN.search(text):
        return text
    text = _BLANKS.sub(" ", _NEVER_SEEN.sub("", text))
    text = _FLAG.sub(lambda found: found[1] or "", text)
    return _JOINING_NOTHING.sub("", _LOOK_OF_NOTHING.sub("", text))
