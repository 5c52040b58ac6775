"""Takes the second space out between two words of a sentence. Two spaces after a full stop are a house style and stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.damage import Paragraphs
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "doubled_space", 1
TRIGGER = Trigger(printed=("  ",))

# Between letters only: columns of a table are set apart before figures, and longer runs are columns too.
_DOUBLED = re.compile(r"(?<=[^\W\d_]|[,’”\")]) ( {1,2})(?=[^\W\d_]|[“‘\"(])")


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one deletion per doubled space inside a sentence.

    >>> [e.start for e in find("The ferry  sank in the old harbour.  Nobody was hurt in  it, she said.", None)]
    [10, 56]
    >>> list(find("North  South  3\\nEast  West  4", None))
    []
    """
    paragraphs = Paragraphs(text)
    for match in _DOUBLED.finditer(text):
        if paragraphs.is_sentence(match.start()):
            yield Edit(match.start(1), match.end(1), match[1], "", NAME, NAME, VERSION, "certain", "two spaces between two words")
