from __future__ import annotations

import time
from pathlib import Path

from pipeline.progressing import ProgressLog
from pipeline.report.progress import Progress, describe
from pipeline.transforms.follow import follow


def reading_of(folder: Path, splits: int) -> Progress:
    seen: list[Progress] = []
    with follow(ProgressLog(str(folder)), splits, seen.append, time.monotonic()):
        pass
    return seen[-1]


def words(now: Progress) -> str:
    return describe(now, now)


def test_each_stage_has_its_units_and_totals(tmp_path: Path) -> None:
    log = ProgressLog(str(tmp_path))
    assert words(reading_of(tmp_path, 20)) == "Read and repair 0 of 20 parts"
    log.add("resumed", 17, 9000)
    log.add("shards", 30)
    log.add("read", 2, 1200)
    now = reading_of(tmp_path, 20)
    assert (words(now), now.resumed) == ("Read and repair 2 of 3 parts, 1,200 documents", 17)
    log.add("verify", 1, 12_000)
    assert words(reading_of(tmp_path, 20)) == "Verify, 12,000 pairs"
    log.add("shards", 10)
    log.add("publish", 20, 5000)
    now = reading_of(tmp_path, 20)
    assert (words(now), now.resumed) == ("Publish 20 of 40 shards, 5,000 documents", 17)


def test_a_run_of_which_all_is_staged_has_no_parts_to_count(tmp_path: Path) -> None:
    ProgressLog(str(tmp_path)).add("resumed", 3, 10)
    assert words(reading_of(tmp_path, 3)) == "Read and repair"
