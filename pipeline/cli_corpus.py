"""What the command does for a corpus: adding a run; and the commands that look through all of its runs."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.config import Config
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.transforms.flow import RunResult

__all__ = ["CorpusOptions", "add_run"]


@dataclasses.dataclass(frozen=True, slots=True)
class CorpusOptions:
    """How a run is added to a corpus; see `transforms.corpus_flow.run_corpus`."""

    window: str | None = None
    date: str | None = None


def add_run(inputs: Sequence[str], output: str, config: Config, *, options: CorpusOptions, overwrite: bool, **how: Any) -> RunResult:
    """Add a run to a corpus, and say so on stderr where it is in the corpus already.

    Raises:
        ConfigError: a run of a corpus replaces nothing.
    """
    from pipeline.transforms.corpus_flow import run_corpus

    if overwrite:
        raise ConfigError("--overwrite goes with --output; what is in a corpus is never replaced")
    result, is_new = run_corpus(inputs, output, config, window=options.window, date=options.date, **how)
    if not is_new:
        sys.stderr.write(f"copydesk: the corpus holds a run over this input already, {result.manifest['run_id']}; nothing was done\n")
    return result
