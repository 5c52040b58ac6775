"""What can be said about the arguments of a run before anything heavy is imported: a typing error is answered at once, not in seconds.

A run checks all of it once more, since a program may call it without the command.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import ConfigError, OutputError
from pipeline.storage import LocalStorage, is_remote

__all__ = ["check_arguments", "check_run", "check_target", "is_dataset"]


def check_run(inputs: Sequence[str], output: str, config: Config, workers: int | None, *, overwrite: bool) -> None:
    """Refuse arguments that cannot be used, as far as this can be seen on this machine and without listing folders.

    Raises:
        ConfigError: an input does not exist, lies in the output or the other way round; a setting names what there is not.
        OutputError: the target must not be touched.
    """
    from pipeline.planning import check_input  # brings pyarrow, which a mistyped setting should not wait for

    check_arguments(inputs, output, config, workers)
    if not is_remote(output):
        check_target(output, overwrite=overwrite)
    for given in inputs:
        if not is_remote(given):
            check_input(given, LocalStorage(), [output])


def check_arguments(inputs: Sequence[str], output: str, config: Config, workers: int | None = None) -> None:
    """Refuse what would only be noticed in the result: an unset shell variable, a misspelled rule, a language by its name."""
    if not output.strip() or not all(given.strip() for given in inputs):
        raise ConfigError("an input or the output is an empty string; name a file or folder ('.' for the current one)")
    if workers is not None and workers < 0:
        raise ConfigError(f"--workers must be 0 (all cores) or more, found {workers}")
    if config.passages.enabled and not config.dedup.enabled:
        raise ConfigError("passages.enabled needs dedup.enabled: passages are looked for between documents that are not copies")
    for language in config.filter.languages:
        if not re.fullmatch(r"[a-z]{2,3}", language):
            raise ConfigError(f"filter.languages: {language!r} is no language code; two or three small letters such as 'en' are accepted")
    if config.repair.disabled:
        from pipeline import desk

        _check_names("repair.disabled", config.repair.disabled, [name for name, _, _ in desk.list_rules()])
    if config.filter.disabled or config.filter.limits:
        from pipeline.filters import FILTERS, check

        _check_names("filter.disabled", config.filter.disabled, [entry.NAME for entry in FILTERS])
        check(config.filter)


def _check_names(setting: str, given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]}?" if close else "`copydesk config --rules` lists them"
            raise ConfigError(f"{setting}: there is no {name!r}; {hint}")


def check_target(output: str, *, overwrite: bool) -> None:
    """Refuse a local folder that must not be replaced: one within a dataset, one that is not ours, or one of ours without `overwrite`.

    Raises:
        OutputError: with what would be accepted.
    """
    target = Path(output).absolute()
    around = next((folder for folder in target.parents if is_dataset(folder)), None)
    if around is not None:
        raise OutputError(f"{target} lies within the dataset {around}; name a folder outside of it")
    if not os.path.lexists(target) or (target.parent / f".{target.name}.copydesk" / "old").exists():
        return
    if not target.is_dir():
        raise OutputError(f"{target} is not a folder; name a folder that does not exist yet")
    if not any(target.iterdir()):
        return
    if not is_dataset(target):
        raise OutputError(f"{target} is not empty and was not written by copydesk; name another folder, or empty it yourself")
    if not overwrite:
        raise OutputError(f"{target} already holds a dataset; name another folder, or give --overwrite to replace it")


def is_dataset(folder: Path) -> bool:
    """Does a local folder hold the manifest of a dataset of ours?"""
    with contextlib.suppress(OSError, ValueError):
        return "copydesk" in json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return False
