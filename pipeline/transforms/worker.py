"""Entry of a local worker process: `python -m pipeline.transforms.worker DRIVER_PID`. Beam's own worker, quiet and bound to its driver.

A driver that is killed with SIGKILL cannot clean up, and its worker processes would go on writing into a working folder that the next run
already uses. Each worker therefore watches its driver and ends when it is gone.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time

__all__ = ["main", "watch_driver"]


def main(arguments: list[str]) -> None:
    """Run a Beam worker until its driver lets it go, or is gone."""
    # Before Beam is imported: its import logs, and would send all chatter to the terminal. What matters reaches the driver.
    logging.basicConfig(handlers=[logging.NullHandler()])
    threading.Thread(target=watch_driver, args=(int(arguments[1]),), name="copydesk-driver-watch", daemon=True).start()
    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main(arguments[:1])


def watch_driver(pid: int, every: float = 0.5) -> None:
    """End this process soon after process `pid` is gone."""
    while _alive(pid):
        time.sleep(every)
    os._exit(1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main(sys.argv)
