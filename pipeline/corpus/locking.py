"""One writer at a time. A local folder is locked by the system, which lets go when the process dies; an object store by claims.

A claim is an object with a name of its own. Who wants in writes one, then lists the folder: listings of S3, GCS and Azure show what
was written before, so of two that come together at least one sees the other, takes its own claim back and fails. A claim is written
anew twice a minute with a growing number; a newcomer watches another's number, and where it stands still for three of these turns the
claim belongs to a dead run.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from pathlib import Path
from typing import IO

from pipeline.errors import OutputError
from pipeline.storage import Storage, join

__all__ = ["Lock"]


class Lock:
    """The lock of a corpus.

    Args:
        work: folder for the lock or the claims.
        corpus: what to call it in messages.
        turn: seconds between two signs of life of a claim.
    """

    def __init__(self, work: str, storage: Storage, corpus: str, *, turn: float = 30.0) -> None:
        self._work, self._storage, self._corpus, self._turn = work, storage, corpus, turn
        self._file: IO[str] | None = None
        self._claim = ""
        self._stop = threading.Event()
        self._beat: threading.Thread | None = None

    def take(self) -> None:
        """Take the lock.

        Raises:
            OutputError: somebody else has it, or nothing can be written there.
        """
        if self._storage.is_local:
            self._take_file()
        else:
            self._take_claim()

    def release(self) -> None:
        """Let go."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._claim:
            self._stop.set()
            if self._beat is not None:
                self._beat.join()
            self._storage.delete_tree(self._claim)
            self._claim = ""

    def is_held(self) -> bool:
        """Is it still ours? A claim may have been taken for dead, where this process stood still for minutes."""
        return self._file is not None or bool(self._claim and self._storage.exists(self._claim))

    def _take_file(self) -> None:
        import fcntl

        folder = Path(self._work)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / "lock").open("a+")
        except OSError as error:
            raise OutputError(f"nothing can be written in {self._corpus}: {error.strerror or error}") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise OutputError(f"another run is writing the corpus {self._corpus}; wait for it and run this one again") from None
        self._file = file

    def _take_claim(self) -> None:
        claims = join(self._work, "claims")
        self._clear_dead(claims)
        self._claim = join(claims, f"{uuid.uuid4().hex}.json")
        self._write(0)
        others = [info.uri for info in self._storage.list_files(claims + "/") if info.uri != self._claim]
        if others:
            self.release()
            raise OutputError(f"another run is writing the corpus {self._corpus} ({self._read(others[0])[1]}); wait for it and run again")
        self._beat = threading.Thread(target=self._live, name="copydesk-claim", daemon=True)
        self._beat.start()

    def _clear_dead(self, claims: str) -> None:
        """Watch the claims that are there for three turns; a living one fails this run at once."""
        seen = {info.uri: self._read(info.uri) for info in self._storage.list_files(claims + "/")}
        deadline = time.monotonic() + 3 * self._turn
        while seen and time.monotonic() < deadline:
            time.sleep(self._turn / 4)
            for uri, (number, owner) in list(seen.items()):
                if not self._storage.exists(uri):
                    del seen[uri]
                elif self._read(uri)[0] != number:
                    raise OutputError(f"another run is writing the corpus {self._corpus} ({owner}); wait for it and run this one again")
        for uri in seen:
            self._storage.delete_tree(uri)

    def _read(self, uri: str) -> tuple[int, str]:
        try:
            with self._storage.open(uri) as file:
                content = json.loads(file.read())
        except (FileNotFoundError, ValueError):
            return -1, "unknown"
        return int(content["turn"]), str(content["owner"])

    def _write(self, number: int) -> None:
        owner = f"process {os.getpid()} on {socket.gethostname()}"
        with self._storage.create(self._claim) as file:
            file.write(json.dumps({"turn": number, "owner": owner}).encode())

    def _live(self) -> None:
        number = 0
        while not self._stop.wait(self._turn):
            number += 1
            if not self._storage.exists(self._claim):
                return  # taken for dead; `is_held` says so before the commit
            self._write(number)
