"""The faults the simulator can commit while a message is created."""

from dataclasses import dataclass
from enum import Enum, auto


class Ending(Enum):
    """How a faulty request ends for the client."""

    JSON_ERROR = auto()
    """An error in Twilio's own format."""
    GATEWAY_ERROR = auto()
    """A status with a page that is no JSON, as a proxy in between answers."""
    CUT = auto()
    """The connection is cut without an answer."""
    SILENCE = auto()
    """No answer, and the connection stays open until the client leaves."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request: whether the message is created first, how it ends, and with which code.

    `code` is the Twilio error code of a JSON error, the HTTP status of a gateway error and 0 otherwise.
    """

    created: bool
    ending: Ending
    code: int = 0


FAULTS = {
    "cut_before": Fault(created=False, ending=Ending.CUT),
    "cut_after": Fault(created=True, ending=Ending.CUT),
    "silent": Fault(created=False, ending=Ending.SILENCE),
    "silent_after": Fault(created=True, ending=Ending.SILENCE),
    "401": Fault(created=False, ending=Ending.JSON_ERROR, code=20003),
    "429": Fault(created=False, ending=Ending.JSON_ERROR, code=20429),
    "daily_limit": Fault(created=False, ending=Ending.JSON_ERROR, code=63038),
    "500": Fault(created=False, ending=Ending.JSON_ERROR, code=20500),
    "500_after": Fault(created=True, ending=Ending.JSON_ERROR, code=20500),
    "503": Fault(created=False, ending=Ending.GATEWAY_ERROR, code=503),
}
