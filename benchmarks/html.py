"""`python benchmarks/html.py PAGES`: runs `html_pages`, which says what is measured.

Python puts the folder of a script first on the path, so that to any script in this folder the standard library's `html` is this file. It
steps aside then.
"""

import importlib.util
import sys
from importlib.machinery import PathFinder
from pathlib import Path

HERE = Path(__file__).resolve().parent
ELSEWHERE = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]


def step_aside() -> None:
    """Put the standard library's module in the place of this one."""
    spec = PathFinder.find_spec("html", ELSEWHERE)
    if spec is None or spec.loader is None:
        raise ImportError("the standard library's html module was not found")
    module = importlib.util.module_from_spec(spec)
    sys.modules["html"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    sys.path[:] = [*ELSEWHERE, str(HERE)]
    from html_pages import main

    main()
else:
    step_aside()
