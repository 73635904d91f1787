"""Logs without telephone numbers, whoever writes them and whatever error they quote."""

from __future__ import annotations

import logging
from typing import Any

from ..values.masking import masked

_FORMATTER = logging.Formatter()


def mask_numbers() -> None:
    """Let every record of this process be made without numbers; doing it again changes nothing."""
    logging.setLogRecordFactory(_record)


def _record(*args: Any, **options: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **options)
    try:
        said = record.getMessage()
    except (TypeError, ValueError):
        return record  # words and values do not fit: whoever writes it says so
    without = masked(said)
    # What holds no number keeps its parts, by which programs group records.
    if without != said:
        record.msg, record.args = without, ()
    if record.exc_info:
        record.exc_text = masked(_FORMATTER.formatException(record.exc_info))
    return record
