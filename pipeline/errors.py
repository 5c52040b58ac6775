"""The exceptions of copydesk.

    CopydeskError
    ├── ConfigError        the arguments or the configuration cannot be used; raised before the run (exit code 2)
    ├── OutputError        the target directory cannot be used; raised before the run (exit code 2)
    ├── DocumentError      one document cannot be read; becomes a dead letter and the run goes on
    ├── BooksError         the books of a run do not balance; fails the run (exit code 1)
    └── DatasetError       a finished dataset is not what its manifest says (exit code 1)

Everything else is a bug and fails the run.
"""

from __future__ import annotations


class CopydeskError(Exception):
    """Base of every error that copydesk raises on purpose."""


class ConfigError(CopydeskError):
    """An argument or a setting cannot be used. The message says what was found and what would be accepted."""


class OutputError(ConfigError):
    """The output directory cannot be used, for example because it holds something that is not ours."""


class DocumentError(CopydeskError):
    """One document cannot be read.

    Args:
        code: stable snake_case name of the failure, for example ``bad_json``; see ``docs/dead-letters.md``.
        message: what was found, where, and what would be accepted.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class BooksError(CopydeskError):
    """A record was lost or counted twice."""


class DatasetError(CopydeskError):
    """A dataset on disk does not agree with its manifest."""
