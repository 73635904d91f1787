"""What is refused of a file, in sentences that are translated where they are shown."""

from __future__ import annotations

import json
from typing import Self


class Refused(Exception):
    """A file cannot be imported as it is; the sentence says why and what helps, and may name a row of the file."""

    def __init__(self, sentence: str, row: int = 0) -> None:
        super().__init__(sentence, row)
        self.sentence = sentence
        self.row = row

    def __str__(self) -> str:
        return self.sentence % {"row": self.row} if self.row else self.sentence

    def to_text(self) -> str:
        """Return what is stored of it."""
        return json.dumps([self.sentence, self.row]) if self.row else self.sentence

    @classmethod
    def from_text(cls, stored: str) -> Self:
        """Read what `to_text` wrote."""
        if not stored.startswith("["):
            return cls(stored)
        sentence, row = json.loads(stored)
        return cls(sentence, row)
