"""What a run says while it works, as JSON lines for a program that collects logs. One object a line; `event` says what it is.

Events: ``stage`` (one has begun), ``progress`` (of a long one, every ten seconds), ``resumed``, ``log`` (a message of any library),
``warning``, ``error``, ``finished``. Clock times stand here and never in the output.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pipeline.report.progress import PLAIN_SECONDS, Progress

__all__ = ["JsonFormatter", "follow_as_json", "json_line"]


def json_line(event: str, **fields: Any) -> str:
    """One line, without its end. `fields` that are None are left out."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    known = {name: value for name, value in fields.items() if value is not None}
    return json.dumps({"time": now, "event": event, **known}, ensure_ascii=False, default=str)


class JsonFormatter(logging.Formatter):
    """A message of the standard library's logging as an event ``log``; its traceback, where it has one, as text."""

    def format(self, record: logging.LogRecord) -> str:
        trace = self.formatException(record.exc_info) if record.exc_info else None
        return json_line("log", level=record.levelname.lower(), logger=record.name, message=record.getMessage(), traceback=trace)


@contextmanager
def follow_as_json(write: Callable[[str], object]) -> Iterator[Callable[[Progress], None]]:
    """Yield a callback that writes a line when the stage changes, and every `PLAIN_SECONDS` of a long stage."""
    stage = ""
    written = 0.0

    def update(now: Progress) -> None:
        nonlocal stage, written
        event = "progress" if now.stage == stage else "stage"
        if event == "progress" and now.seconds - written < PLAIN_SECONDS:
            return
        stage, written = now.stage, now.seconds
        counts = {now.unit: now.documents} if now.documents else {}
        done = now.done if now.total is not None else None
        write(
            json_line(event, stage=now.stage, done=done, total=now.total, of=now.step or None, seconds=round(now.seconds, 1), **counts)
            + "\n"
        )

    yield update
