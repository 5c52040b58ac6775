"""Verse and tables keep their line breaks; lists of labels, headlines and paragraphs do not."""

from __future__ import annotations

import pytest

from pipeline.text.blocks import block_lines, kept_breaks, verse_lines

VERSE = "The harbour is closed for the winter,\nthe ferries are tied to the wall,\nthe captain is playing accordion\nto nobody in the hall."
REGULAR = (
    "O ferry of the northern lights\nThat carries men to sea\nThe gulls are crying in the nights\nAnd bring no news to me\n\n"
    "The captain stands beside the wheel\nAnd looks into the grey\nHe cannot say the things I feel\nAnd neither can I say"
)
TABLE = "Team P W D L Pts\nNorway 5 3 1 1 10\nSweden 5 2 2 1 8\nDenmark 5 0 2 3 2"
SCORES = "Bergen 3-1 Oslo\nNarvik 2-2 Bodø\nHamar 0-1 Molde"
CELLS = "Name\tGoals\nAna\t3\nJo\t2"


@pytest.mark.parametrize("text", [VERSE, TABLE, SCORES, CELLS])
def test_a_block_keeps_its_breaks(text: str) -> None:
    assert kept_breaks(text) == {i for i, char in enumerate(text) if char == "\n"}


def test_stanzas_of_one_size_keep_theirs_without_commas() -> None:
    assert len(kept_breaks(REGULAR)) == 6
    assert len(verse_lines(REGULAR)) == 8


@pytest.mark.parametrize(
    "text",
    [
        "Ferry leaves Bergen\nBy Ana Ruiz\nMay 4, 2023",
        "Bridge closes for repair\nMayor visits school\nNew quay opens\nStorm shuts three ports",
        "The ferry left the port at noon with all hands on board.\nIt came back at night.\nNobody was hurt.",
        "• one boat\n• two boats\n• three boats",
        "1. Ana Ruiz\n2. Jo Lind\n3. Kari Holm",
        "North Shore\nSouth Bay",
        "",
    ],
)
def test_lines_that_are_no_block(text: str) -> None:
    assert kept_breaks(text) == frozenset()
    assert block_lines(text) == frozenset()


def test_prose_beside_a_table_stays_apart() -> None:
    text = f"The second round was played on Sunday.\n{SCORES}\nThe next round is played in two weeks, when the stadium is dry."
    assert [text[i - 4 : i] for i in sorted(kept_breaks(text))] == ["Oslo", "Bodø"]
