"""What is measured, and what the system says of a process (Linux)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rate:
    """How many messages in what time; `cpu_seconds` is what the sending process alone used."""

    messages: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU a message."""
        return 1_000 * self.cpu_seconds / self.messages


def cpu_seconds(process: int | str) -> float:
    """Read the CPU time that a process has used so far."""
    # The name in parentheses may hold blanks: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(process: int) -> float:
    """Read the most memory that a process has had resident so far, in MB of 10^6 bytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kibibytes = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kibibytes) * 1024 / 1e6


def child_of(process: int) -> int:
    """Find the one child of a process: gunicorn's worker, for one."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    assert len(children) == 1, children
    return int(children[0])
