from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity import doc_id, framed_digest

FIELD = st.one_of(st.none(), st.text(max_size=6))


@given(st.lists(FIELD, max_size=4).map(tuple), st.lists(FIELD, max_size=4).map(tuple))
def test_different_fields_never_share_their_framing(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> None:
    assert (framed_digest(one) == framed_digest(other)) == (one == other)


def test_golden_ids_hold_on_every_machine() -> None:
    assert doc_id("news/a.jsonl", None, 1024, "e3b0") == "666d44a99dd60c6bdb3e07b04b1b71fd"
    assert doc_id("news/a.xml", "item-1", 0, None) == "6978a802b3d17f1da70b203d3c77440c"
