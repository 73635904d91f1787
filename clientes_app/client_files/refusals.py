"""What is refused of a file, in sentences that are translated where they are shown."""

from __future__ import annotations


class Refused(Exception):
    """A file cannot be imported as it is; the sentence says why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
