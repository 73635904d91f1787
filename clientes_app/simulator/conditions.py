"""The conditions the simulator works under: its latency and its faults, which may change while it runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import fsum
from random import Random
from typing import Any

from .injected_faults import FAULTS, Fault

OUT_OF_REACH = 30003
"""What Twilio says of a phone that is switched off: https://www.twilio.com/docs/api/errors/30003"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One set of conditions; raises ValueError for one that makes no sense.

    - `latency`: milliseconds before each answer; `jitter`: up to so many more, drawn evenly.
    - `faults`: fault name -> probability for each creation, together at most 1.
    - `next`: names of the faults of the coming creations, one each, before any probability counts.
    - `retry_after`: seconds that a 429 asks the client to wait.
    - `seed`: makes the draws repeatable.
    - `callback_delay`: milliseconds before each status callback.
    - `undelivered`: numbers that end so are out of reach; none where it is empty.
    """

    latency: float = 0
    jitter: float = 0
    faults: Mapping[str, float] = field(default_factory=dict)
    next: tuple[str, ...] = ()
    retry_after: int | None = None
    seed: int | None = None
    callback_delay: float = 100
    undelivered: str = ""

    def __post_init__(self) -> None:
        _require_number("latency", self.latency)
        _require_number("jitter", self.jitter)
        _require_number("retry_after", 0 if self.retry_after is None else self.retry_after)
        _require_number("seed", 0 if self.seed is None else self.seed)
        _require_number("callback_delay", self.callback_delay)
        if not isinstance(self.undelivered, str):
            raise ValueError("undelivered must be the last digits of numbers")  # noqa: TRY004 - as for the others
        _require_known([*self.faults, *self.next])
        for name, probability in self.faults.items():
            _require_number(f"probability of {name}", probability)
        if fsum(self.faults.values()) > 1:
            raise ValueError("the probabilities of the faults add up to more than 1")


class Conditions:
    """The present settings and the draws made from them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._start_draws()

    def as_json(self) -> dict[str, Any]:
        """Describe the present settings; `next` holds the faults that are still to come."""
        return asdict(self._settings)

    def change(self, changes: Mapping[str, Any]) -> None:
        """Replace the settings that `changes` names and keep the others; a seed starts the draws anew.

        Raises ValueError, and changes nothing, for a setting that does not exist or makes no sense.
        """
        try:
            self._settings = replace(self._settings, **_with_tuple(changes))
        except (TypeError, AttributeError) as error:
            raise ValueError(str(error)) from error
        if "seed" in changes:
            self._start_draws()

    @property
    def retry_after(self) -> int | None:
        """Seconds that a 429 asks the client to wait."""
        return self._settings.retry_after

    @property
    def latency(self) -> float:
        """Seconds that each answer takes at least."""
        return self._settings.latency / 1000

    @property
    def callback_delay(self) -> float:
        """Seconds before each status callback."""
        return self._settings.callback_delay / 1000

    def story_of(self, recipient: str) -> Sequence[tuple[str, int | None]]:
        """Give the statuses that a message to this number goes through, each with its error code."""
        out_of_reach = self._settings.undelivered and recipient.endswith(self._settings.undelivered)
        last = ("undelivered", OUT_OF_REACH) if out_of_reach else ("delivered", None)
        return (("accepted", None), ("sent", None), last)

    def draw_delay(self) -> float:
        """Draw how long the next answer takes, in seconds."""
        jitter = self._delay_draws.uniform(0, self._settings.jitter)
        return (self._settings.latency + jitter) / 1000

    def draw_fault(self) -> Fault | None:
        """Draw the fault of the next creation: the first one that was ordered, else one by chance."""
        if self._settings.next:
            name, *rest = self._settings.next
            self._settings = replace(self._settings, next=tuple(rest))
            return FAULTS[name]
        return self._draw_by_chance()

    def _start_draws(self) -> None:
        # Apart, because answers overtake each other: the faults depend on the order of creations alone.
        self._fault_draws = Random(self._settings.seed)  # noqa: S311 - chance, not secrecy
        self._delay_draws = Random(self._settings.seed)  # noqa: S311

    def _draw_by_chance(self) -> Fault | None:
        if not self._settings.faults:
            return None
        point = self._fault_draws.random()
        for name, probability in self._settings.faults.items():
            if point < probability:
                return FAULTS[name]
            point -= probability
        return None


def _with_tuple(changes: Mapping[str, Any]) -> dict[str, Any]:
    if "next" not in changes:
        return dict(changes)
    return {**changes, "next": tuple(changes["next"])}


def _require_number(name: str, value: object) -> None:
    if not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{name} must be a number, zero or more")


def _require_known(names: Iterable[str]) -> None:
    if unknown := sorted(set(names) - FAULTS.keys()):
        raise ValueError(f"unknown fault {', '.join(unknown)}; known are {', '.join(FAULTS)}")
