"""Ties local worker processes to the life of their driver.

A driver that is killed with SIGKILL cannot clean up, and Beam's worker processes would go on writing into a working folder that the next
run already uses.
"""

from __future__ import annotations

import os
import threading
import time

__all__ = ["bind_to_driver"]

_bound: set[int] = set()


def bind_to_driver(pid: int | None, every: float = 0.5) -> None:
    """End this process soon after process `pid` is gone. Does nothing for None, in the driver itself, or when called again."""
    if pid is None or pid == os.getpid() or pid in _bound:
        return
    _bound.add(pid)

    def watch() -> None:
        while _alive(pid):
            time.sleep(every)
        os._exit(1)

    threading.Thread(target=watch, name="copydesk-driver-watch", daemon=True).start()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
