"""Runs every measurement of this folder, one after the other, and says which failed.

    python benchmarks/all.py [NAME ...]

Without NAME, all of them; the memory run alone takes most of an hour on two cores. RESULTS.md has the figures that stand.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

COMMANDS = {
    "determinism": ["determinism.py"],
    "loss": ["loss.py"],
    "loss_containers": ["loss_containers.py"],
    "kill": ["kill.py"],
    "repair": ["repair.py"],
    "html": ["html.py"],
    "detect": ["detect.py"],
    "repetition": ["repetition.py"],
    "runners": ["runners.py"],
    "quality": ["quality/measure.py"],
    "candidates": ["candidates.py"],
    "passages": ["passages.py"],
    "nights": ["nights.py"],
    "bomb": ["bomb.py"],
    "scaling": ["scaling.py"],
    "dedup": ["dedup.py"],
    "memory": ["memory.py"],
    "bulk": ["bulk.py"],
}


def main() -> int:
    """Run what the command line names; the exit code is the number of failures."""
    names = sys.argv[1:] or list(COMMANDS)
    unknown = sorted(set(names) - COMMANDS.keys())
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    failed = []
    for name in names:
        print(f"== {name}", flush=True)
        script, *arguments = COMMANDS[name]
        if subprocess.run([sys.executable, str(FOLDER / script), *arguments], check=False).returncode:
            failed.append(name)
    print(f"{len(names) - len(failed)} done, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
