"""Files and folders that a process is at work on: held by a lock that ends with the process, however it ends.

So what nobody holds and nobody has written down can be deleted at any moment: it was left over.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

SCRATCH = "export-"
"""How the names of folders begin that hold what is written on the way to an answer."""


@contextmanager
def hold(path: Path) -> Iterator[bool]:
    """Hold a file or folder, and return whether it is still there: somebody may have deleted it just before."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield _is_at(path, descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def hold_new(make: Callable[[], Path]) -> Iterator[Path]:
    """Make a file or folder and hold it; another one where a sweep was quicker."""
    with ExitStack() as held:
        yield _made(make, held)


@contextmanager
def left_over(path: Path) -> Iterator[bool]:
    """Return whether nobody holds a file or folder, or it is not there, and let nobody hold it meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield True
        return
    try:
        yield _locked_at_once(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Make a folder for what is written on the way to an answer, and delete it in the end."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold_new(lambda: Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))) as path:
        try:
            yield path
        finally:
            shutil.rmtree(path)


def _made(make: Callable[[], Path], held: ExitStack) -> Path:
    while True:
        path = make()
        with suppress(FileNotFoundError):
            if held.enter_context(hold(path)):
                return path


def _locked_at_once(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
