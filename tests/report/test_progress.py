import io

import pytest
from rich.console import Console

from pipeline.report.progress import Progress, describe, follow_live, follow_plainly


def test_plain_lines_come_at_a_new_stage_and_every_ten_seconds() -> None:
    lines: list[str] = []
    with follow_plainly(lines.append) as update:
        for tick in range(60):
            update(Progress("Stage", tick, 60, tick * 100, tick / 2))
        update(Progress("Verify", 0, None, 0, 30.0))
        update(Progress("Verify", 0, None, 0, 30.5))
    assert [line.split("]")[0] for line in lines] == ["[   0.0 s", "[  10.0 s", "[  20.0 s", "[  30.0 s"]
    assert lines[1] == "[  10.0 s] Stage 20/60, 2,000 documents, 200/s, 20 s left\n"
    assert lines[-1] == "[  30.0 s] Verify\n"


def test_rate_and_time_left_are_those_of_the_stage_and_not_of_the_run() -> None:
    first = Progress("Publish", 2, 12, 1000, 100.0)
    assert describe(Progress("Publish", 7, 12, 3000, 110.0), first) == "Publish 7/12, 3,000 documents, 200/s, 10 s left"


def test_nothing_is_guessed_in_the_first_second_or_without_a_total() -> None:
    first = Progress("Stage", 0, 10, 0, 5.0)
    assert describe(Progress("Stage", 1, 10, 50, 5.5), first) == "Stage 1/10, 50 documents"
    assert describe(Progress("Stage", 3, None, 50, 15.0), Progress("Stage", 0, None, 0, 5.0)) == "Stage, 50 documents, 5/s"


def test_long_waits_are_told_in_minutes_and_hours() -> None:
    first = Progress("Stage", 0, 1000, 0, 0.0)
    assert describe(Progress("Stage", 10, 1000, 0, 10.0), first).endswith("16 min left")
    assert describe(Progress("Stage", 1, 1000, 0, 60.0), first).endswith("16.6 h left")


def test_the_live_line_shows_stage_and_rate_and_leaves_nothing_behind() -> None:
    page = io.StringIO()
    with follow_live(Console(file=page, force_terminal=True, width=120)) as update:
        update(Progress("Stage", 0, 10, 0, 0.0))
        update(Progress("Stage", 5, 10, 5000, 10.0))
        update(Progress("Verify", 1, 4, 0, 12.0))
    assert "Verify" in page.getvalue()
    assert page.getvalue().rstrip("\n").endswith("\x1b[2K")  # the line is wiped


@pytest.mark.parametrize("width", [80, 120])
def test_the_live_line_fits_a_terminal(width: int) -> None:
    page = io.StringIO()
    with follow_live(Console(file=page, force_terminal=True, width=width)) as update:
        update(Progress("Read and repair", 0, 1200, 0, 0.0, "parts"))
        update(Progress("Read and repair", 514, 1200, 518_313, 100.0, "parts"))
    assert "Read and repair 514 of 1200 parts" in page.getvalue()
    assert "518,313 documents, 5,183/s, 2 min left" in page.getvalue()
    assert "…" not in page.getvalue()
