"""Head, body and tail."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.lines import split_lines
from pipeline.text.zones import edge_lines, edge_text, find_zones

P = "The ferry left the port at noon with all hands on board."


def _names(text: str) -> list[str]:
    zones = find_zones(text)
    return [zones.name(line.number) for line in split_lines(text)]


def test_zones_of_an_ordinary_document() -> None:
    text = "\n".join(["Title", "By Ana Ruiz", *[P] * 8, "Share", "Home"])
    assert _names(text) == ["head"] * 3 + ["body"] * 4 + ["tail"] * 5


def test_a_long_list_of_labels_does_not_move_the_tail() -> None:
    short, long = ("\n".join(["Title", *[P] * 8, *["Share"] * count]) for count in (2, 60))
    assert find_zones(short).tail == find_zones(long).tail == 6


def test_at_most_half_of_the_prose_is_tail() -> None:
    assert _names("\n".join([P, P])) == ["head", "tail"]
    assert find_zones(P) == (0, 0, 1, 1)


def test_without_prose_everything_is_head() -> None:
    zones = find_zones("Bergen 2 Oslo 1\nMolde 0 Viken 0")
    assert zones.first_prose == zones.last_prose == -1
    assert zones.before_prose(1)
    assert _names("Bergen 2 Oslo 1\nMolde 0 Viken 0") == ["head", "head"]


def test_a_standfirst_is_not_the_beginning_of_the_story() -> None:
    text = "\n".join(["Title", "The prime minister and the mayor met on the quay in Bergen.", "Share", "By Ana Ruiz", *[P] * 4])
    assert find_zones(text).first_prose == 4


def test_a_lead_before_a_sub_heading_is_the_story() -> None:
    assert find_zones("\n".join(["Title", P, "What happens next", P, P, P])).first_prose == 1


def test_edge_lines_leave_the_body_out() -> None:
    text = "\n".join(["Title", *[f"{P} {n}." for n in range(10)], "Home"])
    assert [line.number for line in edge_lines(text)] == [0, 1, 8, 9, 10, 11]
    assert edge_text(text).split("\n")[0] == "title"


@settings(max_examples=60)
@given(st.lists(st.sampled_from([P, "Share", "", "Related posts", "Ferry sinks off island"]), max_size=20))
def test_every_line_has_one_zone(rows: list[str]) -> None:
    text = "\n".join(rows)
    zones = find_zones(text)
    assert zones.size == len(split_lines(text))
    names = _names(text)
    assert names == sorted(names, key=["head", "body", "tail"].index), "zones follow one another"
