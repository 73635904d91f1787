"""Claimed messages that wait for a slot: the campaigns take turns, message by message."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from .carrier import Message


class FairQueue:
    """A line of messages for each campaign; a campaign that has just come does not wait for those before it."""

    def __init__(self) -> None:
        self._lines: dict[int, deque[Message]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def add(self, messages: Iterable[Message]) -> None:
        """Let messages wait, each in the line of its campaign."""
        for message in messages:
            self._lines.setdefault(message.campaign_id, deque()).append(message)

    def take(self) -> Message:
        """Take the first of the campaign whose turn it is.

        Raises StopIteration where nothing waits.
        """
        campaign_id = next(iter(self._lines))
        line = self._lines.pop(campaign_id)
        message = line.popleft()
        if line:
            self._lines[campaign_id] = line
        return message

    def drop(self, campaign_id: int) -> list[Message]:
        """Take all messages of a campaign out."""
        return list(self._lines.pop(campaign_id, ()))

    def clear(self) -> list[Message]:
        """Take all messages out."""
        return [message for campaign_id in list(self._lines) for message in self.drop(campaign_id)]
