"""Ends a run at once and whole: on SIGINT or SIGTERM every worker process goes, then the command itself.

Beam's driver cannot be trusted with this: a SIGINT to the driver alone surfaces after some ten seconds and the process then never
exits, and its workers outlive it (measured with Beam 2.77). Nothing needs to be put away: the output folder appears
by one rename at the very end, and what is already staged is found by the next run.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["count_staged", "descendants", "end_on_signals", "kill_descendants"]

_SHOW_CURSOR = b"\x1b[?25h"


@contextlib.contextmanager
def end_on_signals(staged: Callable[[], int] | None = None) -> Iterator[None]:
    """While open, SIGINT ends the process tree with exit code 130 and SIGTERM with 143.

    Args:
        staged: counts the parts that a later try will find; None where that is not known.

    A thread waits for the signals on a pipe, because Python runs a signal handler only when the main thread comes back from C code, and
    inside gRPC that can take as long as it likes. Off the main thread, where Python has no signals, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    receive, send = os.pipe()
    os.set_blocking(send, False)
    threading.Thread(target=_wait_and_end, args=(receive, staged), name="copydesk-signals", daemon=True).start()
    watched = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, _leave_to_the_thread) for number in watched}
    wakeup = signal.set_wakeup_fd(send, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(send)  # the thread reads the end of the pipe and returns


def kill_descendants() -> None:
    """Send SIGKILL to all processes below this one; twice, since one of them may have been starting another."""
    for _ in range(2):
        for pid in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def descendants(root: int) -> list[int]:
    """Ids of all living processes below `root`, parents before their children."""
    children = defaultdict(list)
    for pid, parent in _list_processes():
        children[parent].append(pid)
    found, waiting = [], [root]
    while waiting:
        below = sorted(children.pop(waiting.pop(), []))
        found += below
        waiting += below
    return found


def _list_processes() -> list[tuple[int, int]]:
    """(process, parent) of every process; from /proc where there is one, otherwise (macOS) from ps."""
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        return [(int(pid), int(parent)) for pid, parent in (line.split() for line in listing.splitlines())]
    pairs = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # the process ended while we looked
                # The name in parentheses may itself hold spaces and parentheses.
                state, parent = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
                if state != "Z":
                    pairs.append((int(entry.name), int(parent)))
    return pairs


def _leave_to_the_thread(_number: int, _frame: object) -> None:
    """Python wants a handler before it writes to the pipe."""


def count_staged(output: str) -> int:
    """Parts of a run to a local folder that are staged, and will not be read again by the same command."""
    target = Path(output).absolute()
    return sum(1 for _ in (target.parent / f".{target.name}.copydesk" / "staged").glob("*/*/split.json"))


def _describe(parts: int | None) -> str:
    """What an interrupted run leaves behind.

    >>> _describe(0), _describe(1)
    ('nothing was staged yet', 'the same command continues from the 1 part that is staged')
    """
    if parts is None:
        return "what is finished is kept, and the same command continues from there"
    if not parts:
        return "nothing was staged yet"
    return f"the same command continues from the {parts:,} part{'s that are' if parts > 1 else ' that is'} staged"


def _wait_and_end(receive: int, staged: Callable[[], int] | None) -> None:
    while caught := os.read(receive, 1):
        number = caught[0]
        if number in (signal.SIGINT, signal.SIGTERM):
            kill_descendants()
            word = "interrupted" if number == signal.SIGINT else "terminated"
            cursor = _SHOW_CURSOR if os.isatty(2) else b""
            with contextlib.suppress(OSError):
                os.write(2, cursor + f"\ncopydesk: {word}; {_describe(staged() if staged else None)}\n".encode())
            os._exit(128 + number)
    os.close(receive)
